// The bank's challenge: the answer goes from this frame to the sandbox, its outcome to Stripe.js.

import {connect, post} from './frame.js';

let access = null;

const send = connect({
  start(data) {
    access = data;
    document.getElementById('amount').textContent = data.amount ?? '';
    document.getElementById('complete').focus();
    send('ready');
  },
});

for (const answer of ['complete', 'fail']) {
  document.getElementById(answer).addEventListener('click', async () => {
    for (const button of document.querySelectorAll('button')) button.disabled = true;
    document.getElementById('state').textContent = 'One moment…';
    send('done', await post(`/v1/payment_pages/${access.id}/authenticate`, {...access.keys, answer}));
  });
}
