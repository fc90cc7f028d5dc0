// Blocks of the editor: one is copied from its empty template, moved among its neighbours, or taken out.

const blocks = /** @type {HTMLElement} */ (document.getElementById("blocks"));
const said = /** @type {HTMLElement} */ (document.getElementById("said"));
const SLACK = 900000; // keys of the empty templates are past this

/** @param {string} words for those who hear the page */
export function say(words) {
  said.textContent = words;
}

/**
 * A new block of a type, after another one or at the end. The cursor goes into its first field.
 * @param {string} kind
 * @param {HTMLElement | null} after
 * @returns {HTMLElement}
 */
export function addBlock(kind, after) {
  const blank = /** @type {HTMLTemplateElement} */ (document.querySelector(`template[data-kind="${kind}"]`));
  const key = nextKey();
  const holder = document.createElement("template");
  holder.innerHTML = blank.innerHTML.replaceAll(blank.dataset.key ?? "", key);
  const part = /** @type {HTMLElement} */ (holder.content.querySelector("[data-key]"));
  if (after) after.after(part);
  else blocks.append(part);
  after?.querySelector(".part-add")?.removeAttribute("open");
  number();
  /** @type {HTMLElement} */ (part.querySelector(".input") ?? part).focus();
  say(`${part.dataset.name} added, ${place(part)}.`);
  return part;
}

/** @param {HTMLElement} part */
export function removeBlock(part) {
  const beside = part.nextElementSibling ?? part.previousElementSibling;
  const next = /** @type {HTMLElement} */ (beside?.matches("[data-key]") ? beside : parts().find((each) => each !== part) ?? blocks);
  part.remove();
  number();
  next.focus();
  say(`${part.dataset.name} removed.`);
}

/**
 * @param {HTMLElement} part
 * @param {number} step -1 is up, 1 is down
 * @param {HTMLElement} button keeps the focus, or gives it to the other one at an end
 */
export function moveBlock(part, step, button) {
  const all = parts();
  const other = all[all.indexOf(part) + step];
  if (!other) return;
  if (step < 0) other.before(part);
  else other.after(part);
  number();
  const stays = button.hidden ? part.querySelector(`[data-tool="${step < 0 ? "down" : "up"}"]`) : button;
  /** @type {HTMLElement} */ (stays ?? part).focus();
  part.scrollIntoView({ block: "nearest" });
  say(`${part.dataset.name} moved ${step < 0 ? "up" : "down"}, ${place(part)}.`);
}

/** @returns {HTMLElement[]} */
function parts() {
  return [...blocks.querySelectorAll(":scope > [data-key]")].map((each) => /** @type {HTMLElement} */ (each));
}

function nextKey() {
  const numbers = parts().map((each) => Number((each.dataset.key ?? "b0").slice(1))).filter((each) => each < SLACK);
  return `b${Math.max(0, ...numbers) + 1}`;
}

/** Say again where each block stands, and hide what it cannot do there. */
function number() {
  const all = parts();
  all.forEach((part, at) => {
    const words = part.querySelector(".part-place");
    if (words) words.textContent = `${at + 1} of ${all.length}`;
    for (const [tool, end] of /** @type {[string, number][]} */ ([["up", 0], ["down", all.length - 1]])) {
      const button = /** @type {HTMLElement | null} */ (part.querySelector(`[data-tool="${tool}"]`));
      if (button) button.hidden = at === end;
    }
  });
  /** @type {HTMLElement} */ (document.getElementById("no-blocks")).hidden = all.length > 0;
}

/** @param {HTMLElement} part */
function place(part) {
  return part.querySelector(".part-place")?.textContent ?? "";
}
