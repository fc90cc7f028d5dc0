// How many words there are, and which address the headline makes. Both are hints: the server decides.

const LONGEST = 100; // letters of a slug, as station/news/policies/words.py has it
const counted = /** @type {HTMLElement} */ (document.getElementById("counted"));

/** @param {HTMLFormElement} form */
export function count(form) {
  let words = 0;
  for (const field of form.querySelectorAll('#blocks textarea[name$="-text"], #blocks input[name$="-text"]')) {
    words += /** @type {HTMLInputElement} */ (field).value.match(/[\p{L}\p{N}][^\s]*/gu)?.length ?? 0;
  }
  counted.textContent = `${words.toLocaleString("en-US")} word${words === 1 ? "" : "s"}`;
}

/** @param {HTMLFormElement} form of a story that never was out: its address follows the headline */
export function showSlug(form) {
  const shown = document.getElementById("slug");
  const headline = /** @type {HTMLInputElement} */ (form.elements.namedItem("headline"));
  if (!shown || !form.dataset.slug || headline.value === headline.defaultValue) return;
  const plain = headline.value.replace(/['’]/g, "").toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
  let slug = "";
  for (const word of plain.replace(/\b([a-z])\./g, "$1").match(/[a-z0-9]+/g) ?? []) {
    if (slug.length + word.length + 1 > LONGEST) break;
    slug = slug ? `${slug}-${word}` : word;
  }
  shown.textContent = slug || "story";
}
