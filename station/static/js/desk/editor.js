// The editor with a script: blocks come and go without a reload, what is typed is kept by itself, Markdown by buttons and
// keys. Without it the same buttons send the form, and the page comes back with all that was typed.

import { begin, changed, sending } from "./autosave.js";
import { addBlock, moveBlock, removeBlock, say } from "./blocks.js";
import { count, showSlug } from "./counting.js";
import { giveTools, onKey } from "./markdown.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("editor"));

/** @param {MouseEvent} event */
function onClick(event) {
  const button = /** @type {HTMLElement} */ (event.target).closest("button");
  if (!button || button.name !== "do") return;
  const part = /** @type {HTMLElement | null} */ (button.closest("[data-key]"));
  const { add, tool } = button.dataset;
  if (!add && !tool) return;
  event.preventDefault();
  if (add) giveTools(addBlock(add, part));
  else if (part && tool === "remove") removeBlock(part);
  else if (part) moveBlock(part, tool === "up" ? -1 : 1, button);
  changed();
  count(form);
}

/** @param {KeyboardEvent} event */
function onDown(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.isComposing) return;
  if (event.key === "Enter") {
    event.preventDefault();
    form.requestSubmit(/** @type {HTMLElement} */ (form.querySelector('button[value="save"]')));
  } else if (onKey(event)) {
    event.preventDefault();
  }
}

form.addEventListener("click", onClick);
form.addEventListener("keydown", onDown);
form.addEventListener("submit", sending);
form.addEventListener("input", () => {
  changed();
  count(form);
  showSlug(form);
});
giveTools(form);
count(form);
begin(form, say);
