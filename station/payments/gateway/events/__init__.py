"""Events: what a body tells by itself, how one is shown, and those that Stripe has kept."""
