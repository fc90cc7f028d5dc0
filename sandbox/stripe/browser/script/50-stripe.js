// The global: docs.stripe.com/js/initializing.

function Stripe(publishableKey, options = {}) {
  if (typeof publishableKey !== 'string' || !publishableKey) {
    throw new IntegrationError('Missing value for Stripe(): apiKey should be a string.');
  }
  if (!publishableKey.startsWith('pk_')) {
    throw new IntegrationError('You should not use your secret key with Stripe.js. Please pass a publishable key.');
  }
  void options;
  return {initCheckoutElementsSdk: (given) => new Checkout(publishableKey, given).api()};
}
Stripe.version = 'endive';
window.Stripe = Stripe;
