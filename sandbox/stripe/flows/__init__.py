"""What happens inside Stripe when somebody pays, a period ends, or a promise runs out."""
