// Buttons and keys for Markdown: bold (Ctrl+B), italic (Ctrl+I), a link (Ctrl+K), in whatever field takes it.

/** @typedef {[name: string, key: string, before: string, after: string]} Way */
/** @type {Way[]} */
const WAYS = [
  ["Bold", "b", "**", "**"],
  ["Italic", "i", "*", "*"],
  ["Link", "k", "[", "](https://)"],
];

/** @param {ParentNode} where every Markdown field in there gets its buttons */
export function giveTools(where) {
  for (const each of where.querySelectorAll("textarea[data-markdown]")) {
    const field = /** @type {HTMLTextAreaElement} */ (each);
    const tools = document.createElement("div");
    tools.className = "markdown-tools";
    tools.setAttribute("role", "group");
    tools.setAttribute("aria-label", `Mark words of: ${field.labels?.[0]?.textContent?.trim() ?? ""}`);
    for (const way of WAYS) tools.append(made(way, field));
    field.before(tools);
  }
}

/**
 * @param {KeyboardEvent} event with Ctrl or the command key
 * @returns {boolean} whether it was one of ours
 */
export function onKey(event) {
  const field = /** @type {HTMLElement} */ (event.target);
  const way = WAYS.find((each) => each[1] === event.key.toLowerCase());
  if (!way || event.shiftKey || !(field instanceof HTMLTextAreaElement) || !field.dataset.markdown) return false;
  mark(field, way);
  return true;
}

/** @param {Way} way @param {HTMLTextAreaElement} field */
function made(way, field) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "button button-plain", textContent: way[0], title: `Ctrl+${way[1].toUpperCase()}` });
  button.setAttribute("aria-keyshortcuts", `Control+${way[1].toUpperCase()}`);
  button.addEventListener("click", () => mark(field, way));
  return button;
}

/** @param {HTMLTextAreaElement} field @param {Way} way */
function mark(field, [, , before, after]) {
  const { selectionStart: from, selectionEnd: to, value } = field;
  const chosen = value.slice(from, to);
  field.focus();
  // the browser's own way to type, so that undo takes it back
  if (!document.execCommand("insertText", false, `${before}${chosen}${after}`)) field.setRangeText(before + chosen + after);
  const link = after.startsWith("]");
  const start = link && chosen ? from + before.length + chosen.length + 2 : from + before.length;
  field.setSelectionRange(start, link && chosen ? start + after.length - 3 : start + chosen.length);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
