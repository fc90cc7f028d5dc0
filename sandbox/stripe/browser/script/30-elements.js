// Elements: frames in the merchant's page, with Stripe's methods and events.

const WALLET_NAMES = {apple_pay: 'applePay', google_pay: 'googlePay', link: 'link'};
const NO_WALLETS = {amazonPay: false, applePay: false, googlePay: false, klarna: false, link: false, paypal: false};

class MountedElement extends Events {
  _frame = null;
  _destroyed = false;

  constructor(checkout, kind, path, title, options) {
    super();
    this._checkout = checkout;
    this._kind = kind;
    this._path = path;
    this._title = title;
    this._options = options ?? {};
  }

  mount(target) {
    if (this._destroyed) throw new IntegrationError('This Element has been destroyed. Please create a new one.');
    const node = typeof target === 'string' ? document.querySelector(target) : target;
    if (!(node instanceof HTMLElement)) {
      const text = 'Please make sure that the node exists before calling mount.';
      throw new IntegrationError(`The selector you specified (${target}) applies to no DOM elements. ${text}`);
    }
    this.unmount();
    const frame = new Frame(this._path, this._title, () => this._start());
    this._frame = frame;
    for (const type of ['focus', 'blur', 'escape']) frame.on(type, () => this.emit(type, {elementType: this._kind}));
    frame.on('loaderror', () => this._failed('The element could not be loaded. Please check your connection.'));
    this._listen(frame);
    node.replaceChildren(frame.node);
    this.emit('loaderstart', {elementType: this._kind});
    this._checkout._load().then((page) => page.error && this._failed(page.error.message));
  }

  _listen(frame) {
    void frame;
  }

  _failed(message) {
    this.emit('loaderror', {elementType: this._kind, error: {type: 'api_error', message}});
  }

  async _start() {
    const page = await this._checkout._load();
    return page.error ? null : {...this._checkout._context(page), options: this._options};
  }

  unmount() {
    this._frame?.node.remove();
    this._frame = null;
  }

  destroy() {
    this.unmount();
    this._destroyed = true;
    this._checkout._forget(this);
  }

  update(options) {
    this._options = {...this._options, ...options};
    this._frame?.send('options', this._options);
  }

  focus() {
    this._frame?.node.focus();
    this._frame?.send('focus');
  }

  blur() {
    this._frame?.send('blur');
  }

  clear() {
    this._frame?.send('clear');
  }
}

class PaymentElement extends MountedElement {
  _complete = false;

  constructor(checkout, options) {
    super(checkout, 'payment', '/elements/payment', 'Secure payment input frame', options);
  }

  _listen(frame) {
    frame.on('ready', () => this.emit('ready', {elementType: 'payment'}));
    frame.on('change', (data) => {
      this._complete = data.complete;
      this.emit('change', {elementType: 'payment', ...data});
      this._checkout._changed();
    });
  }

  unmount() {
    super.unmount();
    this._complete = false;
  }

  collapse() {
    this._frame?.send('collapse');
    return this;
  }
}

class ExpressCheckoutElement extends MountedElement {
  constructor(checkout, options) {
    super(checkout, 'expressCheckout', '/elements/express', 'Secure express checkout frame', options);
  }

  _listen(frame) {
    frame.node.style.height = '0';
    frame.on('ready', (wallets) => {
      const found = wallets.length ? {...NO_WALLETS} : undefined;
      for (const wallet of wallets) found[WALLET_NAMES[wallet]] = true;
      this.emit('ready', {elementType: 'expressCheckout', availablePaymentMethods: found});
    });
    frame.on('press', (wallet) => this._sheet(wallet));
  }

  // The wallet's sheet stays until the payment is through or has failed.
  async _sheet(wallet) {
    const page = await this._checkout._load();
    const start = () => ({...this._checkout._context(page), wallet});
    const cancelled = () => this.emit('cancel', {elementType: 'expressCheckout'});
    const {frame, end} = openDialog('/elements/wallet', 'Pay with your wallet', start, cancelled);
    frame.on('cancel', () => {
      end();
      cancelled();
    });
    frame.on('pay', ({billingDetails, card}) => {
      const event = {
        elementType: 'expressCheckout',
        expressPaymentType: wallet,
        billingDetails,
        paymentFailed: () => end(),
      };
      this._checkout._wallets.set(event, {end, card, wallet});
      this.emit('confirm', event);
    });
  }
}
