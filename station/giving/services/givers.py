"""Who is proven to sit before the form: a signed token in the links of a member's own mails and of their own page.

An address that somebody types proves nothing. Only a form with such a token is asked about a gift that runs already.
"""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer

from station.core import clock, runtime
from station.giving import policies
from station.giving.queries import Sustainer

GIVER_LASTS = 90 * 24 * 3600  # seconds


class HouseTime(TimestampSigner):
    """A signer by the house's clock."""

    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())


def giver_token(member_id: UUID) -> str:
    """What a link to the form carries in a member's own mail."""
    return _givers().dumps(member_id.hex)


def read_giver(token: str) -> UUID | None:
    """The member behind such a token; None for a foreign, altered or old one."""
    try:
        return UUID(_givers().loads(token, max_age=GIVER_LASTS))
    except (BadSignature, ValueError, TypeError, AttributeError):
        return None


def again_link(donor: Sustainer) -> str:
    """The form for a gift like one that is over, opened by the donor of it: who reads this link is proven."""
    said = {
        "station": policies.BOTH if donor.second else donor.station.slug,
        "amount": policies.plain(donor.amount),
        "frequency": donor.frequency.value,
        "source": "own",
        "giver": giver_token(donor.member_id) if donor.member_id else "",
    }
    given = {name: value for name, value in said.items() if value}
    return f"{runtime.settings().base_url}/give?{urlencode(given)}"


def _givers() -> URLSafeTimedSerializer:
    settings = runtime.settings()
    return URLSafeTimedSerializer(
        [*settings.secret_key_fallbacks, settings.secret_key], salt="giving.giver", signer=HouseTime
    )
