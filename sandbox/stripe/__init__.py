"""A local stand-in for Stripe that speaks the API version pinned by the installed SDK.

No real money, no outside network: it listens on the loopback only and posts webhooks to the loopback only.
It is written from Stripe's documentation and from the SDK's own types, and knows nothing of the product.
"""
