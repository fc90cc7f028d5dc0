// The page's own sentences: they stand in its <template id="words">, beside all its other words.

const words = /** @type {HTMLTemplateElement} */ (document.getElementById("words")).content;

/**
 * A sentence of the page with its blanks filled in.
 * @param {string} name
 * @param {Record<string, string>} [filled]
 * @returns {string}
 */
export function say(name, filled = {}) {
  const text = words.querySelector(`[data-word="${name}"]`)?.textContent ?? "";
  return text.replace(/\{(\w+)\}/g, (blank, key) => filled[key] ?? blank);
}

/**
 * A decline in plain words: never the code, and never Stripe's reason for fraud or a stolen card, which is not ours to tell.
 * @param {string | null} code
 * @returns {string}
 */
export function sayDecline(code) {
  const known = words.querySelector(`[data-decline="${CSS.escape(code ?? "")}"]`);
  return (known ?? words.querySelector('[data-decline=""]'))?.textContent ?? "";
}
