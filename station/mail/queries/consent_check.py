"""Whether what counts today is what was said last."""

from __future__ import annotations

import sqlalchemy as sa

from station.core.db import db
from station.mail.models import Consent, Preference
from station.mail.policies.choices.consent import masked

SHOWN = 20


def broken_preferences() -> list[str]:
    """Addresses and topics for which the standing answer is not the last line of the log, one line each."""
    same = sa.and_(Consent.address == Preference.address, Consent.topic == Preference.topic)
    last = sa.exists().where(
        same, Consent.id == Preference.consent_id, Consent.given == Preference.given, Consent.at == Preference.at
    )
    newer = sa.exists().where(same, Consent.at > Preference.at)
    wrong = sa.select(Preference.address, Preference.topic).where(sa.or_(~last, newer))
    lost = sa.select(Consent.address, Consent.topic).where(~sa.exists().where(same))
    rows = db.session().execute(wrong.union(lost).limit(SHOWN))
    return [f"{masked(address)}: the answer about “{topic}” is not the last one given" for address, topic in rows]
