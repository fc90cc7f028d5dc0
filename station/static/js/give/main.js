// The pledge form with its payment in the page. Without this script, and whenever Stripe's is blocked, slow or broken,
// the same form goes to Stripe's own page: nothing here is needed to give.

import { ask } from "./ask.js";
import { makeCheckout } from "./checkout.js";
import { clearProblems, link, markField, showProblems } from "./problems.js";
import { buttonWords, isWhole, learn, tellCommitment, wish } from "./summary.js";
import { say, sayDecline } from "./words.js";

/** @typedef {import("./ask.js").Answer} Answer */
/** @typedef {import("./checkout.js").State} State */
/** @typedef {import("./checkout.js").WalletEvent} WalletEvent */

const element = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const form = /** @type {HTMLFormElement} */ (element("pledge-form"));
const button = /** @type {HTMLButtonElement} */ (form.querySelector("button.button-big"));
const attempt = /** @type {HTMLInputElement} */ (form.elements.namedItem("attempt"));
const other = /** @type {HTMLInputElement} */ (form.elements.namedItem("other_amount"));
const payment = element("payment");
const status = element("payment-status");

const NEAR = "600px"; // how far below the window the payment part may be when Stripe's script is fetched
const PAUSE = 400; // milliseconds that a typed amount rests before the checkout follows
const CARD = "#payment-element";
const SETS = new Set(["frequency", "charge_day", "amount", "other_amount", "cover", "station"]);
let begun = false;
let busy = false;
let moved = false; // whether the form was changed while a payment was on its way
let done = "";
let timer = 0;

const checkout = makeCheckout(form, showPayment, (event) => void give(walletFacts(event), event));

/** @param {State} state @param {Answer} [answer] */
function showPayment(state, answer) {
  const here = state === "ready";
  payment.dataset.state = state;
  element("payment-box").hidden = false;
  element("payment-element").hidden = state === "blocked" || state === "paused" || state === "choose";
  element("promise-here").hidden = !here;
  element("promise-elsewhere").hidden = here;
  status.textContent = here ? "" : say(state, { message: answer?.message ?? say("offline") });
  if (answer) learn(form, answer);
  for (const [name, messages] of Object.entries(answer?.errors ?? {})) markField(name, messages.join(" "));
  nameButton();
}

function nameButton() {
  if (!busy) button.textContent = payment.dataset.state === "ready" ? buttonWords(form) : say("continue");
}

/** @param {boolean} now */
function setBusy(now) {
  busy = now;
  button.setAttribute("aria-busy", String(now));
  if (now) button.textContent = say("working");
  else nameButton();
}

function begin() {
  if (begun) return;
  begun = true;
  void checkout.follow();
}

/** @param {Event} event */
function changed(event) {
  const field = /** @type {HTMLInputElement} */ (event.target);
  if (!SETS.has(field.name)) return;
  if (field.name === "amount") other.value = "";
  if (field === other && other.value.trim()) {
    for (const tile of form.querySelectorAll('input[name="amount"]')) /** @type {HTMLInputElement} */ (tile).checked = false;
  }
  tellCommitment(form);
  nameButton();
  clearTimeout(timer);
  if (busy) moved = true; // what is being confirmed stays as it was pressed
  else if (begun) timer = setTimeout(() => void checkout.follow(), field === other ? PAUSE : 0);
}

/**
 * The pledge as the form stands: written down by our server, then confirmed at Stripe.
 * @param {Record<string, string>} [more] who a wallet says the donor is
 * @param {WalletEvent} [wallet]
 */
async function give(more = {}, wallet) {
  if (busy) return;
  moved = false;
  setBusy(true);
  clearProblems();
  clearTimeout(timer);
  try {
    await pay(more, wallet);
  } catch {
    wallet?.paymentFailed({ reason: "fail" });
    status.textContent = "";
    showProblems([say("unsure")]);
  }
  if (done) return;
  setBusy(false);
  if (moved) void checkout.follow();
}

/** @param {Record<string, string>} more @param {WalletEvent} [wallet] */
async function pay(more, wallet) {
  const pressed = wish(form).cents;
  await checkout.follow();
  if (payment.dataset.state !== "ready") {
    wallet?.paymentFailed({ reason: "fail" });
    return showProblems([status.textContent ?? ""]);
  }
  const answer = await checkout.within(() => ask(form.dataset.pledge ?? "", form, more));
  if (answer.status !== 200) {
    wallet?.paymentFailed({ reason: "fail" });
    await refuse(answer, more);
  } else if (!checkout.agrees() || (wish(form).gift !== null && answer.amount_cents !== pressed)) {
    wallet?.paymentFailed({ reason: "fail" });
    showProblems([say("amount-moved")]);
  } else {
    status.textContent = say("sending");
    const result = await checkout.confirm(answer, wallet);
    status.textContent = "";
    if (result?.type === "success") return arrive(answer.thanks_url ?? "");
    showProblems([reason(result?.error), link(CARD, say("to-card"))]);
  }
}

/**
 * Why Stripe took nothing: a bank's no in our words, what the donor can mend in Stripe's.
 * @param {{code: string | null, message?: string, paymentFailed?: {declineCode: string | null}}} [error]
 */
function reason(error) {
  const declined = error?.paymentFailed?.declineCode;
  return declined ? sayDecline(declined) : error?.message || sayDecline(null);
}

/** @param {string} url */
function arrive(url) {
  done = url;
  location.assign(url);
}

/** @param {Answer} answer @param {Record<string, string>} more */
async function refuse(answer, more) {
  if (answer.attempt) attempt.value = answer.attempt;
  if (answer.again) return askAgain(answer, more);
  if (answer.errors) return showProblems((await checkout.missing()).map((each) => link(CARD, each)), answer.errors);
  showProblems([answer.message ?? say("offline")]);
  if (answer.attempt) void checkout.follow();
}

/** A gift like this one has reached us: nobody gives twice by accident. @param {Answer} answer @param {Record<string, string>} more */
function askAgain(answer, more) {
  const yes = document.createElement("button");
  Object.assign(yes, { type: "button", className: "button button-plain", textContent: buttonWords(form, "again") });
  yes.addEventListener("click", () => void give(more));
  /** @type {(string | Node)[]} */
  const lines = [answer.message ?? "", yes];
  if (answer.see) lines.splice(1, 0, link(answer.see, say("see")));
  showProblems(lines, {}, say("sure"));
}

/** @param {WalletEvent} event */
function walletFacts(event) {
  const { name, email } = event.billingDetails ?? {};
  return { wallet_name: name ?? "", email: email ?? "" };
}

form.addEventListener("input", changed);
form.addEventListener("focusin", begin);
form.addEventListener("submit", (event) => {
  if (busy) return event.preventDefault();
  if (payment.dataset.state !== "ready" || event.submitter?.id === "elsewhere") return;
  event.preventDefault();
  void give();
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted && done) location.replace(done); // back from the thank-you page: what was given is given
  else if (event.persisted) setBusy(false);
});
new IntersectionObserver((seen) => seen.some((each) => each.isIntersecting) && begin(), { rootMargin: NEAR }).observe(payment);
tellCommitment(form);
if (isWhole(wish(form))) element("payment-box").hidden = false; // its room is there before Stripe's fields are
else showPayment("choose");
