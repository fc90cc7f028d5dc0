// A wallet's sheet: who pays, with which of the wallet's cards.

import {connect} from './frame.js';

const LABELS = {apple_pay: 'Apple Pay', google_pay: 'Google Pay', link: 'Link'};
const form = document.getElementById('form');
let wallet = '';

const send = connect({
  start({page, wallet: name}) {
    wallet = name;
    document.getElementById('wallet').textContent = LABELS[name];
    document.getElementById('amount').textContent = page.session.total.total.amount;
    document.getElementById('pay').focus();
    send('ready');
  },
});

form.addEventListener('submit', (event) => {
  event.preventDefault();
  document.getElementById('pay').disabled = true;
  document.getElementById('state').textContent = 'Processing…';
  const line = {line1: '510 Townsend St', line2: null, city: 'San Francisco', state: 'CA'};
  const billingDetails = {
    name: form.elements.name.value,
    email: form.elements.email.value,
    phone: '+14155550100',
    address: {...line, postal_code: '94103', country: 'US'},
  };
  // A wallet hands over a token; here it names the test card that stands behind it.
  const card = {number: form.elements.card.value, exp_month: 12, exp_year: 2040, wallet: {type: wallet}};
  send('pay', {billingDetails, card});
});
document.getElementById('cancel').addEventListener('click', () => send('cancel'));
