"""The calls about money that goes back. Each raises StripeUnavailable (unknown: repeat the same) or StripeRefused."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from station.payments.gateway.client import _plain, _v1
from station.payments.gateway.errors import translated
from station.payments.gateway.returns.returned import (
    DisputeSeen,
    RefundSeen,
    WarningSeen,
    dispute_of,
    refund_of,
    warning_of,
)

WITH_CHARGE = {"expand": ["charge"]}
MOST = 1000  # refunds, disputes or warnings of one charge


def create_refund(params: Mapping[str, Any], key: str) -> RefundSeen:
    """Give a charge, or a part of it, back, under our idempotency key (docs.stripe.com/api/refunds/create)."""
    with translated():
        return refund_of(_plain(_v1().refunds.create(dict(params), {"idempotency_key": key})))


def fetch_refund(refund_id: str) -> RefundSeen:
    """A refund as it is now."""
    with translated():
        return refund_of(_plain(_v1().refunds.retrieve(refund_id, WITH_CHARGE)))


def refunds_of(charge_id: str) -> list[RefundSeen]:
    """Every refund of a charge, whoever made it, newest first."""
    with translated():
        found = _v1().refunds.list({"charge": charge_id, "limit": 100})
        return [refund_of(_plain(each)) for each in islice(found.auto_paging_iter(), MOST)]


def fetch_dispute(dispute_id: str) -> DisputeSeen:
    """A dispute as it is now, with its movements."""
    with translated():
        return dispute_of(_plain(_v1().disputes.retrieve(dispute_id, WITH_CHARGE)))


def disputes_of(charge_id: str) -> list[DisputeSeen]:
    """Every dispute of a charge, newest first."""
    with translated():
        found = _v1().disputes.list({"charge": charge_id, "limit": 100})
        return [dispute_of(_plain(each)) for each in islice(found.auto_paging_iter(), MOST)]


def answer_dispute(dispute_id: str, params: Mapping[str, Any], key: str) -> DisputeSeen:
    """Send evidence to the bank, once and for all (docs.stripe.com/api/disputes/update)."""
    with translated():
        return dispute_of(_plain(_v1().disputes.update(dispute_id, dict(params), {"idempotency_key": key})))


def accept_dispute(dispute_id: str, params: Mapping[str, Any], key: str) -> DisputeSeen:
    """Accept that the money is lost (docs.stripe.com/api/disputes/close). It cannot be taken back."""
    with translated():
        return dispute_of(_plain(_v1().disputes.close(dispute_id, dict(params), {"idempotency_key": key})))


def fetch_warning(warning_id: str) -> WarningSeen:
    """An early fraud warning as it is now."""
    with translated():
        return warning_of(_plain(_v1().radar.early_fraud_warnings.retrieve(warning_id, WITH_CHARGE)))
