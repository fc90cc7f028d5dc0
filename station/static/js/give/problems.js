// What went wrong, first on the page and again at its field: the same words and the same marks that the server prints.

import { say } from "./words.js";

const holder = /** @type {HTMLElement} */ (document.getElementById("problems"));

/** Take away every error that is shown. */
export function clearProblems() {
  holder.replaceChildren();
  document.title = document.title.replace(/^Error: /, "");
  for (const mark of document.querySelectorAll(".field-error")) mark.remove();
  for (const box of document.querySelectorAll(".has-error")) box.classList.remove("has-error");
  for (const field of document.querySelectorAll('[aria-invalid="true"]')) {
    field.removeAttribute("aria-invalid");
    describe(field, `${fieldOf(field)}-error`, false);
  }
}

/**
 * @param {string} href
 * @param {string} textContent
 * @returns {HTMLAnchorElement}
 */
export function link(href, textContent) {
  return Object.assign(document.createElement("a"), { href, textContent });
}

/**
 * Show what is wrong, and bring the reader there.
 * @param {(string | Node)[]} sentences about the whole form, or about what comes after its fields
 * @param {Record<string, string[]>} [errors] by field
 * @param {string} [title]
 */
export function showProblems(sentences, errors = {}, title = say("problem")) {
  clearProblems();
  const list = document.createElement("ul");
  for (const [name, messages] of Object.entries(errors)) {
    const text = messages.join(" ");
    list.append(item(link(`#${firstControl(name)?.id ?? name}`, text)));
    markField(name, text);
  }
  for (const sentence of sentences) list.append(item(sentence));
  const heading = document.createElement("h2");
  heading.id = "error-summary-title";
  heading.textContent = title;
  const summary = document.createElement("div");
  Object.assign(summary, { className: "error-summary", id: "error-summary", tabIndex: -1 });
  summary.setAttribute("role", "alert");
  summary.setAttribute("aria-labelledby", heading.id);
  summary.append(heading, list);
  holder.replaceChildren(summary);
  document.title = `Error: ${document.title}`;
  summary.focus();
}

/**
 * Mark one field, without a summary.
 * @param {string} name
 * @param {string} text
 */
export function markField(name, text) {
  const control = firstControl(name);
  const box = control?.closest(".field-set, .field");
  if (!control || !box) return;
  const mark = document.createElement("p");
  Object.assign(mark, { className: "field-error", id: `${name}-error` });
  const prefix = document.createElement("span");
  Object.assign(prefix, { className: "sr-only", textContent: "Error: " });
  mark.append(prefix, text);
  box.querySelector(".field-error")?.remove();
  box.classList.add("has-error");
  (box.querySelector(".hint") ?? box.querySelector("legend, label"))?.after(mark);
  const controls = box.matches("fieldset") ? box.querySelectorAll("input") : [control];
  for (const each of controls) each.setAttribute("aria-invalid", "true");
  describe(box.matches("fieldset") ? box : control, mark.id, true);
}

/** @param {string} name @returns {HTMLElement | null} */
function firstControl(name) {
  return document.getElementById(`${name}-0`) ?? document.getElementById(name);
}

/** @param {Element} control @returns {string} */
function fieldOf(control) {
  return control.getAttribute("name") ?? control.id;
}

/** @param {Element} control @param {string} id @param {boolean} add */
function describe(control, id, add) {
  const target = control.closest("fieldset") ?? control;
  const ids = (target.getAttribute("aria-describedby") ?? "").split(" ").filter((each) => each && each !== id);
  if (add) ids.push(id);
  if (ids.length) target.setAttribute("aria-describedby", ids.join(" "));
  else target.removeAttribute("aria-describedby");
}

/** @param {string | Node} content */
function item(content) {
  const line = document.createElement("li");
  line.append(content);
  return line;
}
