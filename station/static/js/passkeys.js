/* Passkeys at the desk. A form with data-passkey ("add" or "use") is shown where the browser can do that; its button
   asks the browser, and the browser's answer goes to the server in the form's own field, as JSON. */

const Key = window.PublicKeyCredential;
const RENEW_MS = 4 * 60 * 1000; // a challenge lasts five minutes
const WORDS = {
  NotAllowedError: "No passkey was chosen. Try again, or use your password and a code.",
  InvalidStateError: "This device has a passkey of yours for this desk already.",
  SecurityError: "Passkeys of this desk work at its own address only. Open it there and try again.",
  NotSupportedError: "This device cannot make a passkey for this desk.",
};
const ways = {
  add: { read: (json) => Key.parseCreationOptionsFromJSON(json), ask: (what) => navigator.credentials.create(what) },
  use: { read: (json) => Key.parseRequestOptionsFromJSON(json), ask: (what) => navigator.credentials.get(what) },
};
let waiting = new AbortController();
let renewal;

/* Ask the server for a challenge and the browser for an answer, and send that. A later question ends this one. */
async function answer(form, more = {}) {
  waiting.abort();
  waiting = new AbortController();
  const { signal } = waiting;
  const way = ways[form.dataset.passkey];
  const options = await fetch(form.dataset.options, { signal, redirect: "error" });
  if (!options.ok) throw new Error(`${options.status} ${form.dataset.options}`);
  const publicKey = way.read(await options.json());
  const credential = await way.ask({ publicKey, signal, ...more });
  form.elements.answer.value = JSON.stringify(credential.toJSON());
  form.submit();
}

/* Offer passkeys among the suggestions of the email field, for as long as the page is open. */
async function suggest(form) {
  if (form.dataset.passkey !== "use" || !(await Key.isConditionalMediationAvailable?.())) return;
  clearTimeout(renewal);
  renewal = setTimeout(suggest, RENEW_MS, form);
  await answer(form, { mediation: "conditional" }).catch(() => {}); // nothing chosen: the other ways in stay open
}

async function onSubmit(event) {
  event.preventDefault();
  clearTimeout(renewal);
  const form = event.currentTarget;
  const problem = form.querySelector("[role=alert]");
  problem.textContent = "";
  try {
    await answer(form);
  } catch (error) {
    if (error.name === "AbortError") return; // the button was pressed again
    problem.textContent = WORDS[error.name] ?? "That did not work. Load the page again, then try once more.";
    await suggest(form);
  }
}

function start(form) {
  if (!Key?.parseCreationOptionsFromJSON || !Key.parseRequestOptionsFromJSON) return;
  form.addEventListener("submit", onSubmit);
  form.closest("[data-with-passkeys]").hidden = false;
  for (const each of document.querySelectorAll("[data-without-passkeys]")) each.hidden = true;
  suggest(form);
}

document.querySelectorAll("form[data-passkey]").forEach(start);
