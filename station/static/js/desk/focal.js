/* The focal point of a picture: a click on it fills in the two numbers, a ring shows where it lies, and the crops show
   what they will keep. Without this file the numbers do the same once they are kept. */

const frame = /** @type {HTMLElement | null} */ (document.querySelector("[data-focal]"));
const [across, down] = ["focal_x", "focal_y"].map((id) => /** @type {HTMLInputElement | null} */ (document.getElementById(id)));

/** @param {HTMLInputElement} field */
function percent(field) {
  const value = Number(field.value);
  return Number.isFinite(value) ? Math.min(100, Math.max(0, value)) : 50;
}

/** @param {number} share */
const whole = (share) => String(Math.round(Math.min(1, Math.max(0, share)) * 100));

if (frame && across && down) {
  const picture = /** @type {HTMLImageElement} */ (frame.querySelector("img"));
  const ring = frame.appendChild(document.createElement("span"));
  ring.className = "media-ring";
  const show = () => {
    const [x, y] = [percent(across), percent(down)];
    ring.style.left = `${x}%`;
    ring.style.top = `${y}%`;
    for (const crop of /** @type {NodeListOf<HTMLImageElement>} */ (document.querySelectorAll("img[data-crop]"))) {
      if (crop.src !== picture.src && (x !== start[0] || y !== start[1])) crop.src = picture.src;
      crop.style.aspectRatio = crop.dataset.crop ?? "";
      crop.style.objectFit = "cover";
      crop.style.objectPosition = `${x}% ${y}%`;
    }
  };
  const start = [percent(across), percent(down)];
  frame.addEventListener("click", (event) => {
    const box = picture.getBoundingClientRect();
    across.value = whole((event.clientX - box.left) / box.width);
    down.value = whole((event.clientY - box.top) / box.height);
    show();
  });
  for (const field of [across, down]) field.addEventListener("input", show);
  document.querySelector("[data-focal-hint]")?.removeAttribute("hidden");
  frame.classList.add("is-live");
  show();
}
