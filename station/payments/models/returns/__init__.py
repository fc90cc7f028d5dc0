"""What goes back to donors: refunds, disputes and fraud warnings."""
