"""What Stripe runs in a donor's browser: Stripe.js, the elements' frames, and the private endpoints they call."""
