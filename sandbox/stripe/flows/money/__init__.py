"""Money that moves after the payment: the balance, refunds, disputes, fraud warnings, payouts."""
