"""What donors pay with, and invoices that stayed open: how Stripe tells of them, and the calls about them."""
