"""What people see: the hosted Checkout page, an overview, and the controls for tests."""
