"""Deposits: every movement of Stripe's balance is tied to a row of ours, and every payout to its movements."""
