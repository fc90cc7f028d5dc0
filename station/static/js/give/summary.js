// The commitment in words, wherever the page states it: the button, the summary beside the form, one quiet sentence.

import { say } from "./words.js";

const money = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });

/**
 * What the form is set to. `cents` is null while no amount can be read; the server has the last word on it.
 * @param {HTMLFormElement} form
 * @returns {{frequency: string, station: string, cents: number | null}}
 */
export function wish(form) {
  const data = new FormData(form);
  const typed = String(data.get("other_amount") ?? "").trim() || String(data.get("amount") ?? "");
  const plain = typed.replace(/[$,\s]/g, "");
  const cents = /^\d{1,7}(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : null;
  const chosen = form.querySelector('input[name="station"]:checked')?.closest("label")?.textContent?.trim();
  return { frequency: String(data.get("frequency") ?? ""), station: chosen ?? "", cents };
}

/**
 * Whether a checkout can be opened for it.
 * @param {ReturnType<typeof wish>} wished
 */
export function isWhole({ frequency, station, cents }) {
  return Boolean(frequency && station && cents !== null);
}

/** @param {number} cents */
function shown(cents) {
  return money.format(cents / 100).replace(/\.00$/, "");
}

/**
 * The words of a button that gives: the whole commitment.
 * @param {HTMLFormElement} form
 * @param {"give" | "again"} [verb]
 * @returns {string}
 */
export function buttonWords(form, verb = "give") {
  const { frequency, cents } = wish(form);
  if (cents === null || !frequency) return say("give");
  return say(`${verb}-${frequency}`, { amount: shown(cents) });
}

let timer = 0;

/**
 * Bring the summary up to date; the sentence under the button, which is read aloud, waits until the donor has paused.
 * @param {HTMLFormElement} form
 */
export function tellCommitment(form) {
  const { frequency, station, cents } = wish(form);
  const box = /** @type {HTMLElement} */ (document.getElementById("gift-now"));
  const spoken = /** @type {HTMLElement} */ (document.getElementById("commitment"));
  box.hidden = cents === null || !frequency;
  if (cents === null || !frequency) return;
  const amount = /** @type {HTMLElement} */ (document.getElementById("gift-amount"));
  const when = /** @type {HTMLElement} */ (document.getElementById("gift-when"));
  amount.textContent = money.format(cents / 100);
  when.textContent = station ? say(`when-${frequency}`, { station }) : "";
  clearTimeout(timer);
  const tell = () => (spoken.textContent = station && say(`commitment-${frequency}`, { amount: money.format(cents / 100), station }));
  if (spoken.textContent) timer = setTimeout(tell, 400);
  else tell();
}
