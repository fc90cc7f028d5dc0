// Asking our own server: the form as it stands goes out, an answer in JSON comes back.

const PATIENCE = 90_000; // milliseconds; our server waits for Stripe, a few times at most

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {Record<string, string[]>} [errors] by field
 * @property {string} [message]
 * @property {string} [attempt] the token with which to send the form once more
 * @property {string} [see] a gift that has reached us already
 * @property {boolean} [again] sending once more gives a second time
 * @property {string} [client_secret]
 * @property {string} [thanks_url]
 * @property {number} [amount_cents]
 * @property {string} [email]
 * @property {number} [gift_cents]
 * @property {number} [cover_cents] what may be added to that gift
 * @property {{token: string, salt: string, target: string, most: number}} [challenge] work that shows a browser is there
 */

/**
 * Send the form to one of our addresses; work that the server asks for first is done on the way.
 * @param {string} url
 * @param {HTMLFormElement} form
 * @param {Record<string, string>} [more] what a wallet said in place of empty fields
 * @returns {Promise<Answer>} status 0 when the server could not be reached
 */
export async function ask(url, form, more = {}) {
  const answer = await post(url, form, more);
  if (answer.status !== 428 || !answer.challenge) return answer;
  const proof = /** @type {HTMLInputElement} */ (form.elements.namedItem("proof"));
  const { solve } = await import("./proof.js"); // few are asked, so few fetch it
  proof.value = await solve(answer.challenge);
  return post(url, form, more);
}

/** @param {string} url @param {HTMLFormElement} form @param {Record<string, string>} more @returns {Promise<Answer>} */
async function post(url, form, more) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) body.append(name, String(value));
  for (const [name, value] of Object.entries(more)) if (!body.get(name)) body.set(name, value);
  try {
    const response = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" }, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    return { ...(await response.json()), status: response.status };
  } catch {
    return { status: 0 };
  }
}
