// What the other parts stand on: errors, events, requests to the sandbox, and frames with a private channel.

const ORIGIN = new URL(document.currentScript.src).origin;
const FRAME_PATIENCE = 5000;

class IntegrationError extends Error {
  constructor(message) {
    super(message);
    this.name = 'IntegrationError';
  }
}

class Events {
  #handlers = new Map();

  on(type, handler) {
    if (typeof handler !== 'function') throw new IntegrationError(`The handler of ${type} must be a function.`);
    this.#handlers.set(type, [...(this.#handlers.get(type) ?? []), handler]);
    return this;
  }

  once(type, handler) {
    const first = (event) => {
      this.off(type, first);
      handler(event);
    };
    return this.on(type, first);
  }

  off(type, handler) {
    const left = handler ? (this.#handlers.get(type) ?? []).filter((known) => known !== handler) : [];
    this.#handlers.set(type, left);
    return this;
  }

  emit(type, event) {
    for (const handler of this.#handlers.get(type) ?? []) handler(event);
  }
}

// Bracketed form encoding: docs.stripe.com/api.
function encoded(value, name = '', pairs = new URLSearchParams()) {
  if (value === null || value === undefined) return pairs;
  if (typeof value !== 'object') {
    pairs.append(name, String(value));
    return pairs;
  }
  for (const [key, inner] of Object.entries(value)) encoded(inner, name ? `${name}[${key}]` : key, pairs);
  return pairs;
}

// The answer, or {error}; it never throws.
async function request(path, given) {
  try {
    const answer = await fetch(ORIGIN + path, {method: 'POST', body: encoded(given)});
    return await answer.json();
  } catch {
    const message = 'We are experiencing issues connecting to our payments provider. Please try again.';
    return {error: {type: 'api_connection_error', message}};
  }
}

// An iframe of the sandbox's own origin. Each load gets a fresh channel; only that frame holds its other end.
class Frame extends Events {
  #port = null;
  #calls = new Map();
  #next = 0;
  #start;

  constructor(path, title, start) {
    super();
    this.#start = start;
    this.node = document.createElement('iframe');
    this.node.src = ORIGIN + path;
    this.node.title = title;
    this.node.setAttribute('allow', 'payment *');
    this.node.setAttribute('frameborder', '0');
    const style = {border: '0', width: '100%', display: 'block', margin: '0', padding: '0', colorScheme: 'light'};
    Object.assign(this.node.style, style);
    this.node.addEventListener('load', () => this.#connect());
  }

  // Patience begins when there is something to start with: a merchant may be slow to bring the client secret.
  async #connect() {
    const data = await this.#start();
    if (!data || !this.node.contentWindow) return;
    const {port1, port2} = new MessageChannel();
    this.#port?.close();
    this.#port = port1;
    port1.onmessage = (event) => this.#heard(event.data);
    const timer = setTimeout(() => this.emit('loaderror'), FRAME_PATIENCE);
    this.once('ready', () => clearTimeout(timer));
    this.node.contentWindow.postMessage({type: 'start', data}, ORIGIN, [port2]);
  }

  #heard({type, id, data}) {
    if (type === 'answer') {
      this.#calls.get(id)?.(data);
      this.#calls.delete(id);
    } else if (type === 'height') {
      this.node.style.height = `${data}px`;
    } else {
      this.emit(type, data);
    }
  }

  send(type, data) {
    this.#port?.postMessage({type, data});
  }

  call(type, data) {
    const id = (this.#next += 1);
    return new Promise((resolve) => {
      this.#calls.set(id, resolve);
      this.#port?.postMessage({type, id, data});
    });
  }
}
