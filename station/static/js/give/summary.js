// The commitment in words, wherever the page states it: the button, the summary beside the form, one quiet sentence.

import { say } from "./words.js";

const money = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });

const row = /** @type {HTMLElement} */ (document.getElementById("cover-row"));
/** What covers the fee of a gift, in cents: of the tiles at first, then of whatever the server has told. */
const covers = new Map((row.dataset.covers ?? "").split(",").map((pair) => /** @type {[number, number]} */ (pair.split(":").map(Number))));

/**
 * What the form is set to. `gift` is null while no amount can be read, `cents` (with what covers the fee) also while
 * the server has not told that; it has the last word on both.
 * @param {HTMLFormElement} form
 * @returns {{frequency: string, station: string, gift: number | null, cents: number | null, next: string}}
 */
export function wish(form) {
  const data = new FormData(form);
  const typed = String(data.get("other_amount") ?? "").trim() || String(data.get("amount") ?? "");
  const plain = typed.replace(/[$,\s]/g, "");
  const gift = /^\d{1,7}(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : null;
  const chosen = form.querySelector('input[name="station"]:checked')?.closest("label")?.textContent?.trim();
  const cover = gift !== null && data.has("cover") ? covers.get(gift) : 0;
  const cents = gift === null || cover === undefined ? null : gift + cover;
  const frequency = String(data.get("frequency") ?? "");
  const day = /** @type {HTMLSelectElement} */ (form.elements.namedItem("charge_day"));
  const next = day.selectedOptions[0]?.dataset[frequency] ?? ""; // the server has reckoned it for every day
  return { frequency, station: chosen ?? "", gift, cents, next };
}

/**
 * Whether a checkout can be opened for it.
 * @param {ReturnType<typeof wish>} wished
 */
export function isWhole({ frequency, station, gift }) {
  return Boolean(frequency && station && gift !== null);
}

/**
 * Take in what the server says may be added to a gift.
 * @param {HTMLFormElement} form
 * @param {{gift_cents?: number, cover_cents?: number}} answer
 */
export function learn(form, { gift_cents, cover_cents }) {
  if (gift_cents === undefined || cover_cents === undefined) return;
  covers.set(gift_cents, cover_cents);
  tellCommitment(form);
}

/** @param {number | null} gift */
function nameCover(gift) {
  const cover = gift === null ? undefined : covers.get(gift);
  const words = /** @type {HTMLElement} */ (row.querySelector("label span"));
  words.textContent = cover ? say("cover", { amount: money.format(cover / 100) }) : say("cover-some");
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
  const { frequency, station, gift, cents, next } = wish(form);
  nameCover(gift);
  const box = /** @type {HTMLElement} */ (document.getElementById("gift-now"));
  const spoken = /** @type {HTMLElement} */ (document.getElementById("commitment"));
  box.hidden = cents === null || !frequency;
  if (cents === null || !frequency) return;
  const amount = /** @type {HTMLElement} */ (document.getElementById("gift-amount"));
  const when = /** @type {HTMLElement} */ (document.getElementById("gift-when"));
  amount.textContent = money.format(cents / 100);
  when.textContent = station ? say(`when-${frequency}`, { station, next }) : "";
  clearTimeout(timer);
  const tell = () => (spoken.textContent = station && say(`commitment-${frequency}`, { amount: money.format(cents / 100), station, next }));
  if (spoken.textContent) timer = setTimeout(tell, 400);
  else tell();
}
