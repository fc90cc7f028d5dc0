// The Payment Element's frame: card or US bank account, sent from here to the sandbox and nowhere else.

import {CHECKS, digits, monthAndYear, spaced} from './fields.js';
import {connect, dress, post} from './frame.js';

const ROUTING = document.getElementById('routing').placeholder;
const form = document.getElementById('form');
const [card, bank, other] = ['card', 'bank', 'other'].map((id) => document.getElementById(id));
const value = (name) => form.elements[name].value;
let context = null;
let options = {};

const send = connect({
  start(data) {
    context = data;
    const [first] = types();
    form.querySelector(`[name=type][value=${first}]`).checked = true;
    show();
    send('ready');
    changed();
  },
  page(data) {
    context = {...context, ...data, options};
    show();
    changed();
  },
  options(data) {
    options = data;
    context = {...context, options};
    show();
    changed();
  },
  appearance: dress,
  focus: () => form.querySelector('input:not([hidden])').focus(),
  blur: () => document.activeElement?.blur(),
  clear() {
    form.reset();
    show();
    changed();
  },
  collapse() {
    if (document.getElementById('tabs').hidden) return;
    for (const radio of form.querySelectorAll('[name=type]')) radio.checked = false;
    show();
    changed();
  },
  validate: () => problems({tell: true}),
  confirm,
});

// What is asked for -------------------------------------------------------------------------------------------

// `never` for a part means that the merchant hands it over with confirm().
function wanted(part, inner) {
  const told = options.fields?.billingDetails ?? 'auto';
  const told_part = typeof told === 'string' ? told : (told[part] ?? 'auto');
  const last = inner && typeof told_part === 'object' ? (told_part[inner] ?? 'auto') : told_part;
  return last !== 'never';
}

// What the session offers, in the order that the merchant prefers.
function types() {
  const there = context.page.payment_method_types ?? ['card'];
  const wish = (context.options?.paymentMethodOrder ?? []).filter((name) => there.includes(name));
  return [...wish, ...there.filter((name) => !wish.includes(name))];
}

function asked() {
  if (!value('type')) return [];
  if (value('type') === 'card') {
    const address = [wanted('address', 'country') && 'country', wanted('address', 'postalCode') && 'postal_code'];
    return ['number', 'expiry', 'cvc', ...address.filter(Boolean)];
  }
  const who = [wanted('name') && 'name', wanted('email') && !context.email && 'email'].filter(Boolean);
  return [...who, 'institution', ...(value('institution') === 'other' ? ['routing', 'account'] : [])];
}

function show() {
  options = context.options ?? options;
  dress(context.appearance);
  const offered = types();
  document.getElementById('tabs').hidden = offered.length < 2;
  for (const radio of form.querySelectorAll('[name=type]')) {
    radio.parentElement.hidden = !offered.includes(radio.value);
    radio.parentElement.style.order = offered.indexOf(radio.value);
  }
  card.hidden = value('type') !== 'card';
  bank.hidden = value('type') !== 'us_bank_account';
  const again = context.page.mode !== 'payment';
  document.getElementById('allowance').hidden = options.terms?.card === 'never' || !again;
  document.getElementById('mandate').hidden = options.terms?.usBankAccount === 'never';
  other.hidden = value('institution') !== 'other';
  const now = asked();
  for (const field of form.querySelectorAll('[data-field]')) {
    const inactive = field.closest('#card') ? card.hidden : bank.hidden;
    if (!inactive) field.hidden = !now.includes(field.dataset.field);
  }
  const zip = value('country') === 'US';
  document.querySelector('label[for=postal_code]').textContent = zip ? 'ZIP code' : 'Postal code';
  for (const input of form.querySelectorAll('input, select')) input.disabled = options.readOnly === true;
}

// What is wrong -----------------------------------------------------------------------------------------------

function problems({tell}) {
  if (!value('type')) return ['Please choose a payment method.'];
  const found = asked().map((name) => [name, CHECKS[name]?.(value(name), value) ?? '']);
  const wrong = found.filter(([, message]) => message);
  if (tell) {
    for (const [name, message] of found) note(name, message);
    if (wrong.length) form.elements[wrong[0][0]].focus();
  }
  return wrong.map(([, message]) => message);
}

function note(name, message) {
  const line = document.getElementById(`${name}-error`);
  if (!line) return;
  line.textContent = message;
  if (message) form.elements[name].setAttribute('aria-invalid', 'true');
  else form.elements[name].removeAttribute('aria-invalid');
}

function changed() {
  const names = asked().filter((name) => name !== 'country');
  const address = {country: value('country'), postalCode: value('postal_code') || null};
  send('change', {
    collapsed: !value('type'),
    complete: problems({tell: false}).length === 0,
    empty: names.every((name) => !value(name)),
    value: {type: value('type'), billingDetails: {address}},
  });
}

form.addEventListener('input', ({target}) => {
  if (target.name === 'number') target.value = spaced(target.value);
  if (target.name === 'expiry' && target.value.length > 1) target.value = monthAndYear(target.value);
  if (['cvc', 'routing', 'account'].includes(target.name)) target.value = digits(target.value);
  if (target.hasAttribute('aria-invalid')) note(target.name, CHECKS[target.name](target.value, value));
  show();
  changed();
});
form.addEventListener('focusout', ({target}) => {
  if (target.value && CHECKS[target.name]) note(target.name, CHECKS[target.name](target.value, value));
});
form.addEventListener('submit', (event) => event.preventDefault());

// Paying ------------------------------------------------------------------------------------------------------

async function confirm({path, given, said}) {
  const wrong = problems({tell: true});
  if (wrong.length) return {error: {code: 'incomplete', type: 'validation_error', message: wrong[0]}};
  const type = value('type');
  const details = type === 'card' ? cardDetails() : bankDetails();
  const answer = await post(path, {...given, payment_method_data: {type, ...details, billing_details: who(type, said)}});
  const field = {number: 'number', cvc: 'cvc', exp_month: 'expiry', exp_year: 'expiry'}[answer.error?.param];
  if (field) note(field, answer.error.message);
  return answer;
}

function cardDetails() {
  const all = digits(value('expiry'));
  const [exp_month, exp_year] = [all.slice(0, 2), `20${all.slice(2, 4)}`];
  return {card: {number: digits(value('number')), exp_month, exp_year, cvc: value('cvc')}};
}

function bankDetails() {
  const typed = value('institution') === 'other';
  const account_number = typed ? value('account') : value('institution');
  const routing_number = typed ? value('routing') : ROUTING;
  return {us_bank_account: {account_holder_type: 'individual', account_number, routing_number}};
}

function who(type, said) {
  const now = asked();
  const address = {...said.billingAddress?.address};
  if (now.includes('country')) address.country = value('country');
  if (now.includes('postal_code')) address.postal_code = value('postal_code').trim();
  const name = now.includes('name') ? value('name').trim() : said.billingAddress?.name;
  const email = now.includes('email') ? value('email').trim() : context.email;
  return {name, email, phone: said.phoneNumber, address};
}
