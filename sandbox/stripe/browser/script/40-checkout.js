// A Checkout Session in the merchant's page: docs.stripe.com/js/custom_checkout.

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const UPDATE_PATIENCE = 20000;

const failure = (message, code = null, more = {}) => ({type: 'error', error: {message, code, ...more}});

// The buyer's error that an answer of the sandbox means.
function refused(error) {
  const failed = error.type === 'card_error' || String(error.code).endsWith('_authentication_failure');
  if (!failed) return failure(error.message);
  return failure(error.message, 'paymentFailed', {paymentFailed: {declineCode: error.decline_code ?? null}});
}

class Checkout {
  #events = new Events();
  #key;
  #options;
  #page = null;
  #loading = null;
  #said = {};
  #busy = false;
  #shown = '';
  #appearance;
  #payment = null;
  #express = null;
  _wallets = new WeakMap();

  constructor(key, options) {
    if (!options?.clientSecret) throw new IntegrationError('initCheckoutElementsSdk needs a clientSecret.');
    this.#key = key;
    this.#options = options;
    this.#appearance = options.elementsOptions?.appearance ?? {};
    const {email, phoneNumber, billingAddress} = options.defaultValues ?? {};
    this.#said = {email: email ?? null, phoneNumber: phoneNumber ?? null, billingAddress: billingAddress ?? null};
  }

  // The session as the sandbox has it, fetched once; {error} when it cannot be had.
  _load() {
    this.#loading ??= this.#fetch();
    return this.#loading;
  }

  async #fetch() {
    let secret;
    try {
      secret = await this.#options.clientSecret;
    } catch (error) {
      return {error: {message: String(error?.message ?? error)}};
    }
    const id = String(secret).split('_secret_')[0];
    if (!/^cs_test_\w+$/.test(id) || !String(secret).includes('_secret_')) {
      return {error: {message: 'The clientSecret is not one of a Checkout Session.'}};
    }
    this.access = {id, keys: {key: this.#key, client_secret: secret}};
    return this.#again();
  }

  async #again() {
    const page = await request(`/v1/payment_pages/${this.access.id}/init`, this.access.keys);
    if (!page.error) this.#page = page;
    return page;
  }

  _context(page) {
    return {access: this.access, page, appearance: this.#appearance, email: this.#email(), said: this.#said};
  }

  _changed() {
    if (!this.#page) return;
    const session = this.#session();
    const shown = JSON.stringify(session);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#events.emit('change', session);
  }

  _forget(element) {
    if (element === this.#payment) this.#payment = null;
    if (element === this.#express) this.#express = null;
  }

  #email() {
    return this.#page?.session.email ?? this.#said.email;
  }

  #session() {
    const session = structuredClone(this.#page.session);
    session.email = this.#email();
    session.phoneNumber ??= this.#said.phoneNumber;
    session.billingAddress ??= structuredClone(this.#said.billingAddress);
    const ready = Boolean(this.#payment?._complete && session.email);
    session.canConfirm = session.status.type === 'open' && ready && !this.#busy;
    return session;
  }

  #show(page) {
    this.#page = page;
    for (const element of [this.#payment, this.#express]) element?._frame?.send('page', this._context(page));
    this._changed();
  }

  #say(values) {
    this.#said = {...this.#said, ...values};
    this.#show(this.#page);
    return {type: 'success', session: this.#session()};
  }

  // What the merchant calls ---------------------------------------------------------------------------------

  api() {
    return {
      on: (type, handler) => void this.#events.on(type, handler),
      loadActions: () => this.#loadActions(),
      changeAppearance: (appearance) => this.#changeAppearance(appearance),
      loadFonts: () => undefined,
      createPaymentElement: (options) => {
        this.#onlyOne(this.#payment, 'Payment');
        return (this.#payment = new PaymentElement(this, options));
      },
      getPaymentElement: () => this.#payment,
      createExpressCheckoutElement: (options) => {
        this.#onlyOne(this.#express, 'Express Checkout');
        return (this.#express = new ExpressCheckoutElement(this, options));
      },
      getExpressCheckoutElement: () => this.#express,
    };
  }

  #onlyOne(there, name) {
    if (there) throw new IntegrationError(`Can only create one ${name} Element.`);
  }

  #changeAppearance(appearance) {
    this.#appearance = appearance ?? {};
    for (const element of [this.#payment, this.#express]) element?._frame?.send('appearance', this.#appearance);
  }

  async #loadActions() {
    const page = await this._load();
    if (page.error) return failure(page.error.message);
    const actions = {
      getSession: () => this.#session(),
      runServerUpdate: (work) => this.#runServerUpdate(work),
      updateEmail: (email) => this.#updateEmail(email),
      updatePhoneNumber: async (phoneNumber) => this.#say({phoneNumber}),
      updateBillingAddress: async (billingAddress) => this.#say({billingAddress}),
      validateElements: () => this.#validateElements(),
      confirm: (args) => this.#confirm(args ?? {}),
    };
    return {type: 'success', actions};
  }

  async #updateEmail(email) {
    if (email !== null && !String(email).includes('@')) return failure('Your email is incomplete.', 'incompleteEmail');
    if (email !== null && !EMAIL.test(email)) return failure('Your email is invalid.', 'invalidEmail');
    return this.#say({email});
  }

  // An error of the merchant's own function, or a time-out, rejects; `error` means the session was not reloaded.
  async #runServerUpdate(work) {
    if (this.#busy) return failure('Another update or confirmation is in progress.');
    this.#busy = true;
    this._changed();
    let page;
    try {
      let timer;
      const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error('runServerUpdate timed out.')), UPDATE_PATIENCE);
      });
      await Promise.race([work(), late]).finally(() => clearTimeout(timer));
      page = await this.#again();
    } finally {
      this.#busy = false;
      this._changed();
    }
    if (page.error) return failure(page.error.message);
    this.#show(page);
    return {type: 'success', session: this.#session()};
  }

  async #validateElements() {
    const frame = this.#payment?._frame;
    if (!frame) return failure('There are no mounted Elements.', 'no_elements', {validation_errors: []});
    const errors = (await frame.call('validate')).map((message) => ({message, element: 'payment'}));
    if (errors.length) return failure(errors[0].message, 'validation_error', {validation_errors: errors});
    return {type: 'success', session: this.#session()};
  }

  async #confirm(args) {
    if (this.#busy) return failure('Another update or confirmation is in progress.');
    if (this.#page.session.status.type !== 'open') return failure('This Checkout Session is no longer open.');
    const wallet = args.expressCheckoutConfirmEvent ? this._wallets.get(args.expressCheckoutConfirmEvent) : null;
    if (args.expressCheckoutConfirmEvent && !wallet) {
      throw new IntegrationError('expressCheckoutConfirmEvent must be the event that the Element emitted.');
    }
    if (!wallet && !this.#payment?._frame) {
      throw new IntegrationError('confirm needs a mounted Payment Element, or expressCheckoutConfirmEvent.');
    }
    this.#said = {...this.#said, ...(args.email ? {email: args.email} : {})};
    if (args.phoneNumber) this.#said.phoneNumber = args.phoneNumber;
    if (args.billingAddress) this.#said.billingAddress = args.billingAddress;
    this.#busy = true;
    this._changed();
    try {
      return await this.#finish(await this.#attempt(args, wallet), args, wallet);
    } finally {
      this.#busy = false;
      this._changed();
    }
  }

  #attempt(args, wallet) {
    const given = {
      ...this.access.keys,
      expected_amount: this.#page.amount_total === null ? null : this.#page.session.total.total.minorUnitsAmount,
      email: this.#email() ?? args.expressCheckoutConfirmEvent?.billingDetails.email,
      return_url: args.returnUrl,
    };
    const path = `/v1/payment_pages/${this.access.id}/confirm`;
    if (!wallet) return this.#payment._frame.call('confirm', {path, given, said: this.#said});
    const billing_details = args.expressCheckoutConfirmEvent.billingDetails;
    return request(path, {...given, payment_method_data: {type: 'card', card: wallet.card, billing_details}});
  }

  async #finish(first, args, wallet) {
    let answer = first;
    if (answer.next_action) answer = await challenge(this.access, this.#page.session.total.total.amount);
    wallet?.end();
    if (answer.error) {
      if (answer.error.code !== 'incomplete') this.#show(await this.#fresh());
      return refused(answer.error);
    }
    this.#show(answer);
    if ((args.redirect ?? 'always') === 'always') {
      window.location.assign(args.returnUrl?.replace('{CHECKOUT_SESSION_ID}', this.access.id) ?? answer.return_url);
      return new Promise(() => {});
    }
    return {type: 'success', session: this.#session()};
  }

  async #fresh() {
    const page = await this.#again();
    return page.error ? this.#page : page;
  }
}
