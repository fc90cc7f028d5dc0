/* Passkeys at the desk. A form with data-passkey ("add" or "use") is shown where the browser can do that; its button
   asks the browser, and the browser's answer goes to the server in the form's own field, as JSON. */

const Key = window.PublicKeyCredential;
const RENEW_MS = 4 * 60 * 1000; // a challenge lasts five minutes
/** @type {Record<string, string>} */
const WORDS = {
  NotAllowedError: "No passkey was chosen. Try again, or use your password and a code.",
  InvalidStateError: "This device has a passkey of yours for this desk already.",
  SecurityError: "Passkeys of this desk work at its own address only. Open it there and try again.",
  NotSupportedError: "This device cannot make a passkey for this desk.",
};
/** @typedef {(json: any, more: object) => Promise<Credential | null>} Way the server's JSON and options, to an answer */
/** @type {Record<string, Way>} */
const ways = {
  add: (json, more) => navigator.credentials.create({ publicKey: Key.parseCreationOptionsFromJSON(json), ...more }),
  use: (json, more) => navigator.credentials.get({ publicKey: Key.parseRequestOptionsFromJSON(json), ...more }),
};
let waiting = new AbortController();
let renewal = 0;

/**
 * Ask the server for a challenge and the browser for an answer, and send that. A later question ends this one.
 * @param {HTMLFormElement} form
 */
async function answer(form, more = {}) {
  waiting.abort();
  waiting = new AbortController();
  const { signal } = waiting;
  const way = ways[form.dataset.passkey ?? ""];
  const options = await fetch(form.dataset.options ?? "", { signal, redirect: "error" });
  if (!options.ok) throw new Error(`${options.status} ${form.dataset.options}`);
  const credential = /** @type {PublicKeyCredential} */ (await way(await options.json(), { signal, ...more }));
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem(form.dataset.field ?? "answer"));
  field.value = JSON.stringify(credential.toJSON());
  form.submit();
}

/**
 * Offer passkeys among the suggestions of the email field, for as long as the page is open.
 * @param {HTMLFormElement} form
 */
async function suggest(form) {
  if (form.dataset.passkey !== "use" || !(await Key.isConditionalMediationAvailable?.())) return;
  clearTimeout(renewal);
  renewal = setTimeout(suggest, RENEW_MS, form);
  await answer(form, { mediation: "conditional" }).catch(() => {}); // nothing chosen: the other ways in stay open
}

/** @param {SubmitEvent} event */
async function onSubmit(event) {
  event.preventDefault();
  clearTimeout(renewal);
  const form = /** @type {HTMLFormElement} */ (event.currentTarget);
  const problem = /** @type {HTMLElement} */ (form.querySelector("[role=alert]"));
  problem.textContent = "";
  try {
    await answer(form);
  } catch (error) {
    const name = error instanceof Error || error instanceof DOMException ? error.name : "";
    if (name === "AbortError") return; // the button was pressed again
    problem.textContent = WORDS[name] ?? "That did not work. Load the page again, then try once more.";
    await suggest(form);
  }
}

/** @param {HTMLFormElement} form */
function start(form) {
  if (!Key?.parseCreationOptionsFromJSON || !Key.parseRequestOptionsFromJSON) return;
  form.addEventListener("submit", onSubmit);
  const box = /** @type {HTMLElement} */ (form.closest("[data-with-passkeys]"));
  box.hidden = false;
  for (const each of document.querySelectorAll("[data-without-passkeys]")) /** @type {HTMLElement} */ (each).hidden = true;
  suggest(form);
}

for (const form of document.querySelectorAll("form[data-passkey]")) start(/** @type {HTMLFormElement} */ (form));
