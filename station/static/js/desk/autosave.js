// What is typed is kept some seconds after a change, and when the page is left. When that fails the words stay in the
// page, the status says so, and it is tried again.

const REST = 3000; // milliseconds without a key
const AGAIN = 15000;
const BEACON = 60000; // letters that a browser sends while it leaves (64 KB, as the Fetch standard has it)
const SIGNED_OUT = "Not kept: you are signed out. Everything is still in this page. Sign in in another tab, then go on here.";
const SILENT = "Not kept: the desk does not answer. Everything is still in this page; it is tried again.";

const status = /** @type {HTMLElement} */ (document.getElementById("kept"));
/** @type {HTMLFormElement} */
let form;
/** @type {(words: string) => void} */
let tell;
let timer = 0;
let dirty = false;
/** @type {Promise<void> | undefined} */
let running;
let failed = false;
let told = false;
let leaving = false;
let heard = "";

/** @param {HTMLFormElement} itself @param {(words: string) => void} say */
export function begin(itself, say) {
  [form, tell] = [itself, say];
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") atLast();
  });
  window.addEventListener("pagehide", atLast);
  window.addEventListener("pageshow", () => (leaving = false));
  window.addEventListener("beforeunload", (event) => {
    if (dirty && !leaving && (failed || body().length > BEACON)) event.preventDefault();
  });
  if (form.dataset.changed) changed();
}

/** Something was changed: keep it in a while. */
export function changed() {
  dirty = true;
  clearTimeout(timer);
  timer = window.setTimeout(() => void keep(), REST);
  if (!failed) show("Not kept yet");
}

/**
 * The form itself is being sent: what is not kept is kept first, and when that fails the page stays.
 * @param {SubmitEvent} event
 */
export async function sending(event) {
  clearTimeout(timer);
  if (!dirty && !running) {
    leaving = true;
    return;
  }
  event.preventDefault();
  await running;
  await keep();
  if (!failed) form.requestSubmit(/** @type {HTMLElement | null} */ (event.submitter));
}

async function keep() {
  if (running || leaving) return running;
  dirty = false;
  running = post().then(send).catch(() => bad(SILENT));
  await running;
  running = undefined;
  if (!failed && dirty) changed();
}

/** @param {Response} answer @returns {Promise<void>} */
async function send(answer) {
  if (answer.type === "opaqueredirect") return bad(SIGNED_OUT);
  if (answer.status === 400) return renew();
  if (answer.status === 413) return bad("Not kept: this is too long to take. Everything is still in this page.");
  if (!answer.ok) return bad("Not kept: the desk could not take it. Everything is still in this page; it is tried again.");
  const { kept, others } = await answer.json();
  if (failed || !told || others !== heard) tell(`Kept at ${kept}. ${others}`);
  [failed, told, heard] = [false, true, others];
  show(`Kept at ${kept}${others ? `. ${others}` : ""}`);
}

/** The form's token belongs to a session that ended: take the one of the session that there is now.
 * @returns {Promise<void>} */
async function renew() {
  const page = await fetch(location.href, { redirect: "manual" });
  if (page.type === "opaqueredirect" || !page.ok) return bad(SIGNED_OUT);
  const read = new DOMParser().parseFromString(await page.text(), "text/html");
  const fresh = /** @type {HTMLInputElement | null} */ (read.querySelector('input[name="csrf_token"]'));
  for (const each of document.querySelectorAll('input[name="csrf_token"]')) {
    if (fresh) /** @type {HTMLInputElement} */ (each).value = fresh.value;
  }
  const answer = await post();
  if (answer.status === 400) return bad(SIGNED_OUT);
  return send(answer);
}

/** @param {boolean} [keepalive] @returns {Promise<Response>} */
function post(keepalive = false) {
  return fetch(form.dataset.autosave ?? "", { method: "POST", body: body(), redirect: "manual", keepalive,
    headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "application/json" } });
}

function body() {
  return new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)])).toString();
}

function atLast() {
  if (!dirty || leaving || running || body().length > BEACON) return;
  clearTimeout(timer);
  dirty = false;
  post(true).then(send).catch(() => bad(SILENT));
}

/** @param {string} words */
function show(words) {
  status.textContent = words;
  status.classList.toggle("editor-bad", failed);
}

/** @param {string} words */
function bad(words) {
  failed = dirty = true;
  if (status.textContent !== words) tell(words);
  show(words);
  clearTimeout(timer);
  timer = window.setTimeout(() => void keep(), AGAIN);
}
