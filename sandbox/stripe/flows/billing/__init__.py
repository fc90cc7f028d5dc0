"""Stripe Billing: invoices, how they are collected, and the life of subscriptions."""
