"""What goes back to donors, at Stripe: refunds, disputes and fraud warnings."""
