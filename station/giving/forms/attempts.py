"""One form that was shown: the signed token that names it, and where it was sent from."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from itsdangerous import BadSignature, URLSafeTimedSerializer

from station.core import runtime
from station.core.ids import public_id, row_id
from station.giving.queries import PledgeView
from station.giving.services.givers import HouseTime

ATTEMPT_LASTS = 2 * 24 * 3600  # seconds; a form left open for longer is looked over once more


@dataclass(frozen=True)
class Attempt:
    """One form that was shown. `again`: the donor was told of an equal gift minutes ago, and means a second one.

    `instead`: the pledge that the donor came back from to this form. `shown_at`: when it was shown, to the second.
    """

    id: str
    shown_at: datetime
    again: bool = False
    instead: UUID | None = None


def _attempts() -> URLSafeTimedSerializer:
    settings = runtime.settings()
    return URLSafeTimedSerializer(
        [*settings.secret_key_fallbacks, settings.secret_key], salt="giving.attempt", signer=HouseTime
    )


def fresh_attempt(*, again: bool = False, instead: PledgeView | None = None) -> str:
    """A signed token for one form that is shown now. Only an unpaid pledge can be replaced by it."""
    replaces = instead.public_id if instead and instead.open else ""
    return _attempts().dumps([secrets.token_urlsafe(18), again, replaces])


def repeated(attempt: Attempt, *, again: bool) -> str:
    """A token for the same shown form, now that its donor has been asked whether a second gift is meant."""
    replaces = public_id("pledge", attempt.instead) if attempt.instead else ""
    return _attempts().dumps([attempt.id, again, replaces])


def read_attempt(token: str) -> Attempt | None:
    """The attempt behind a token; None for a foreign, altered or old one."""
    try:
        (attempt_id, again, instead), shown_at = _attempts().loads(
            token, max_age=ATTEMPT_LASTS, return_timestamp=True
        )
    except (BadSignature, ValueError, TypeError):
        return None
    return Attempt(attempt_id, shown_at, again is True, row_id("pledge", instead))


def sent_from_here(headers: Mapping[str, str], host: str) -> bool:
    """Whether a POST comes from our own page, by what browsers say (Fetch Metadata, or Origin in older ones).

    A client that says neither carries nobody's cookies and can do no more than its own user could.
    """
    site = headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == host
