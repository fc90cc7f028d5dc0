// One checkout of Stripe's in the page: opened when somebody comes near, brought along when the form changes.
//
// Each frequency, station and attempt has a checkout of its own; another amount is an update of the one that stands
// open, wrapped in `runServerUpdate`, so that Stripe never takes an amount that this page has not shown.

import { ask } from "./ask.js";
import { appearance, loadStripe } from "./stripe.js";
import { isWhole, wish } from "./summary.js";

/** @typedef {import("./ask.js").Answer} Answer */
/** @typedef {import("@stripe/stripe-js").StripeCheckoutElementsSdk} Sdk */
/** @typedef {import("@stripe/stripe-js").StripeCheckoutLoadActionsSuccess} Actions */
/** @typedef {import("@stripe/stripe-js").StripeExpressCheckoutElementConfirmEvent} WalletEvent */
/** @typedef {"choose" | "loading" | "slow" | "blocked" | "paused" | "ready"} State */

const SLOW = 8000; // milliseconds until the page says that the form is slow
const ALL = undefined; // Stripe's own choice

/**
 * @param {HTMLFormElement} form
 * @param {(state: State, answer?: Answer) => void} show
 * @param {(event: WalletEvent) => void} onWallet
 */
export function makeCheckout(form, show, onWallet) {
  const attempt = /** @type {HTMLInputElement} */ (form.elements.namedItem("attempt"));
  const wallets = /** @type {HTMLElement} */ (document.getElementById("wallets"));
  let secret = "";
  let stands = ""; // what the checkout that stands here was opened for
  /** @type {number | null} */
  let cents = null; // what it was last brought to, by the server's answer
  /** @type {Sdk | null} */
  let sdk = null;
  /** @type {Actions | null} */
  let actions = null;
  let queue = Promise.resolve();

  /** Bring the checkout to what the form says now; one step after the other. */
  function follow() {
    queue = queue.then(step, step);
    return queue;
  }

  async function step() {
    const wanted = wish(form);
    if (!isWhole(wanted)) return show(actions ? "ready" : "choose");
    const what = `${attempt.value} ${wanted.frequency} ${wanted.station}`;
    if (actions && what === stands) return wanted.cents === cents ? undefined : bring();
    await open(what);
  }

  async function bring() {
    const answer = await within(() => ask(form.dataset.checkout ?? "", form));
    show(answer.status === 200 || answer.errors ? "ready" : "paused", answer);
  }

  /** @param {string} what */
  async function open(what) {
    show("loading");
    const slow = setTimeout(() => show("slow"), SLOW);
    try {
      const stripe = await loadStripe(form.dataset.script ?? "", form.dataset.key ?? "");
      const answer = await ask(form.dataset.checkout ?? "", form);
      if (answer.status !== 200 || !answer.client_secret) return refused(answer);
      if (answer.client_secret !== secret) await mount(stripe, answer.client_secret);
      [stands, cents] = [what, answer.amount_cents ?? null];
      show("ready", answer);
    } catch {
      leave();
      show("blocked");
    } finally {
      clearTimeout(slow);
    }
  }

  /** @param {Answer} answer */
  function refused(answer) {
    leave();
    if (answer.errors) return show("choose", answer);
    if (answer.attempt) attempt.value = answer.attempt;
    show("paused", answer);
  }

  function leave() {
    sdk?.getPaymentElement()?.destroy();
    sdk?.getExpressCheckoutElement()?.destroy();
    wallets.hidden = true;
    [sdk, actions, secret, stands, cents] = [null, null, "", "", null];
  }

  /** @param {import("@stripe/stripe-js").Stripe} stripe @param {string} clientSecret */
  async function mount(stripe, clientSecret) {
    leave();
    sdk = stripe.initCheckoutElementsSdk({ clientSecret, elementsOptions: { appearance: appearance() } });
    const element = sdk.createPaymentElement({ layout: { type: "tabs" }, fields: { billingDetails: { email: "never" } } });
    const ready = new Promise((resolve, reject) => {
      element.on("ready", resolve);
      element.on("loaderror", reject);
    });
    element.mount("#payment-element");
    offerWallets(sdk);
    const loaded = await sdk.loadActions();
    if (loaded.type === "error") throw new Error(loaded.error.message);
    await ready;
    [actions, secret] = [loaded.actions, clientSecret];
  }

  /** @param {Sdk} from */
  function offerWallets(from) {
    const express = from.createExpressCheckoutElement({
      buttonHeight: 44,
      buttonTheme: ALL,
      buttonType: { applePay: "donate", googlePay: "donate" },
      layout: ALL,
      paymentMethodOrder: ALL,
      paymentMethods: ALL,
    });
    express.on("ready", ({ availablePaymentMethods }) => {
      wallets.hidden = !availablePaymentMethods;
    });
    express.on("loaderror", () => {
      wallets.hidden = true;
    });
    express.on("confirm", onWallet);
    express.mount("#wallet-buttons");
  }

  /**
   * Ask our server for something that may change the checkout, and have Stripe's state follow.
   * @param {() => Promise<Answer>} question
   * @returns {Promise<Answer>}
   */
  async function within(question) {
    /** @type {Answer} */
    let answer = { status: 0 };
    cents = null;
    const result = await actions
      ?.runServerUpdate(async () => {
        answer = await question();
      })
      .catch(() => null);
    if (result?.type !== "success") return { ...answer, status: answer.status === 200 ? 0 : answer.status };
    if (answer.status === 200) cents = answer.amount_cents ?? null;
    return answer;
  }

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => sdk?.changeAppearance(appearance()));

  return {
    follow,
    within,
    /** Whether Stripe's total is the one that our server answered with. */
    agrees: () => cents !== null && actions?.getSession().total.total.minorUnitsAmount === cents,
    /** @returns {Promise<string[]>} what is missing in Stripe's fields, in Stripe's words */
    async missing() {
      const checked = await actions?.validateElements();
      return checked?.type === "error" ? checked.error.validation_errors.map((each) => each.message) : [];
    },
    /**
     * @param {Answer} answer of our server to the pledge
     * @param {WalletEvent} [expressCheckoutConfirmEvent]
     */
    confirm: (answer, expressCheckoutConfirmEvent) =>
      actions?.confirm({
        email: answer.email,
        returnUrl: answer.thanks_url,
        redirect: "if_required",
        ...(expressCheckoutConfirmEvent ? { expressCheckoutConfirmEvent } : {}),
      }),
  };
}
