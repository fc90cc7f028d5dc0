// The Express Checkout Element's frame: a button for each wallet of this browser, none without.

import {connect, dress} from './frame.js';

const LABELS = {apple_pay: 'Apple Pay', google_pay: 'Google Pay', link: 'Link'};
const OPTIONS = {apple_pay: 'applePay', google_pay: 'googlePay', link: 'link'};
const buttons = document.getElementById('buttons');

const send = connect({
  start({page, appearance, options}) {
    dress(appearance);
    const wanted = (page.wallets ?? []).filter((name) => options.paymentMethods?.[OPTIONS[name]] !== 'never');
    const usable = page.payment_method_types.includes('card') ? wanted : [];
    document.getElementById('main').hidden = usable.length === 0;
    buttons.replaceChildren(...usable.map((name) => button(name, options.buttonHeight)));
    send('ready', usable);
  },
  appearance: dress,
  focus: () => buttons.querySelector('button')?.focus(),
  blur: () => document.activeElement?.blur(),
});

function button(name, height) {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = LABELS[name];
  if (height >= 40 && height <= 55) made.style.minHeight = `${height}px`;
  made.addEventListener('click', () => send('press', name));
  return made;
}
