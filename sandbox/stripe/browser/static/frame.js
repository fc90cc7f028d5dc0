// The frame's end of the channel to Stripe.js in the page that shows it.

const THEMES = {
  night: {
    colorPrimary: '#7fb2ff', colorBackground: '#30313d', colorText: '#f4f5f7', colorDanger: '#ffa1ad',
    colorTextSecondary: '#c3cad4', colorTextPlaceholder: '#b0b5c0', borderColor: '#8d93a1',
  },
};
const VARIABLES = [
  'colorPrimary', 'colorBackground', 'colorText', 'colorDanger', 'colorTextSecondary', 'colorTextPlaceholder',
  'borderRadius', 'fontFamily', 'fontSizeBase', 'spacingUnit',
];

// `handlers` by type of message; what one returns is the answer to a call. Nothing is shown before `start`. As with
// Stripe's own elements, what is ready is fully rendered: its height is told first.
export function connect(handlers) {
  let port = null;
  const send = (type, data) => {
    if (type === 'ready') send('height', document.body.scrollHeight);
    port?.postMessage({type, data});
  };
  addEventListener('message', (event) => {
    if (event.source !== parent || event.data?.type !== 'start' || !event.ports.length) return;
    [port] = event.ports;
    port.onmessage = async ({data: {type, id, data}}) => {
      const answer = await handlers[type]?.(data);
      if (id !== undefined) port.postMessage({type: 'answer', id, data: answer});
    };
    document.getElementById('main').hidden = false;
    handlers.start(event.data.data);
    new ResizeObserver(() => send('height', document.body.scrollHeight)).observe(document.body);
  });
  for (const type of ['focusin', 'focusout']) {
    addEventListener(type, ({relatedTarget}) => {
      if (!relatedTarget) send(type === 'focusin' ? 'focus' : 'blur');
    });
  }
  addEventListener('keydown', ({key}) => key === 'Escape' && send('escape'));
  return send;
}

// The appearance option's theme and variables: docs.stripe.com/elements/appearance-api. `rules` have no effect here.
export function dress(appearance) {
  const root = document.documentElement;
  root.removeAttribute('style');
  const wanted = {...THEMES[appearance?.theme], ...appearance?.variables};
  for (const [name, value] of Object.entries(wanted)) {
    if (VARIABLES.includes(name) || name === 'borderColor') root.style.setProperty(`--${name}`, String(value));
  }
}

export async function post(path, given) {
  const pairs = new URLSearchParams();
  const add = (value, name) => {
    if (value === null || value === undefined) return;
    if (typeof value === 'object') {
      for (const [key, inner] of Object.entries(value)) add(inner, name ? `${name}[${key}]` : key);
    } else pairs.append(name, String(value));
  };
  add(given, '');
  try {
    const answer = await fetch(path, {method: 'POST', body: pairs});
    return await answer.json();
  } catch {
    const message = 'We are experiencing issues connecting to our payments provider. Please try again.';
    return {error: {type: 'api_connection_error', message}};
  }
}
