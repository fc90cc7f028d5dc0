"""Operations on money that has been paid: balance, refunds, disputes, fraud warnings, payouts."""

from sandbox.stripe.api.money import disputes, movements, payouts, refunds, warnings

__all__ = ["disputes", "movements", "payouts", "refunds", "warnings"]
