// Stripe's own script, fetched only by this page and only once somebody comes near its payment part.

/** @typedef {import("@stripe/stripe-js").Stripe} Stripe */
/** @typedef {import("@stripe/stripe-js").Appearance} Appearance */

/** @type {Promise<Stripe> | null} */
let loading = null;

/**
 * @param {string} url
 * @param {string} key
 * @returns {Promise<Stripe>} rejected when the script is blocked or broken; then it may be asked for again
 */
export function loadStripe(url, key) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.addEventListener("load", () => (window.Stripe ? resolve(window.Stripe(key)) : reject(new Error("no Stripe"))));
    script.addEventListener("error", () => reject(new Error("blocked")));
    document.head.append(script);
  });
  loading.catch(() => (loading = null));
  return loading;
}

/**
 * Stripe's elements in our colours, by day and by night.
 * @returns {Appearance}
 */
export function appearance() {
  const style = getComputedStyle(document.documentElement);
  const token = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  return {
    theme: dark ? "night" : "stripe",
    labels: "above",
    disableAnimations: matchMedia("(prefers-reduced-motion: reduce)").matches,
    variables: {
      colorPrimary: token("--brand"),
      colorBackground: token("--bg"),
      colorText: token("--ink"),
      colorTextSecondary: token("--ink3"),
      colorDanger: token("--danger"),
      fontFamily: "system-ui, sans-serif",
      fontSizeBase: "16px",
      spacingUnit: "4px",
      borderRadius: "6px",
    },
    rules: { ".Input": { border: `1px solid ${token("--line-strong")}`, boxShadow: "none" } },
  };
}
