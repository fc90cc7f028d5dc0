"""Whether a house is empty enough for the demonstration, and the second factor of its staff."""

from __future__ import annotations

import pyotp
import sqlalchemy as sa

from station.accounts.policies import STEP_SECONDS
from station.core import clock
from station.core.db import db
from station.demo.house import TOTP_SECRET
from station.members.models import Member
from station.news.models import Story
from station.payments.models import Payment
from station.underwriting.models import Sponsor


def house_is_empty() -> bool:
    """Whether nobody has worked here: no members, stories, payments or sponsors. A licensee may be entered."""
    tables = (Member, Story, Payment, Sponsor)
    return all(db.session().scalar(sa.select(table.id).limit(1)) is None for table in tables)


def demo_code() -> tuple[str, int]:
    """The six digits that the demo staff's second factor shows now, and for how many seconds more."""
    now = clock.now()
    left = STEP_SECONDS - int(now.timestamp()) % STEP_SECONDS
    return pyotp.TOTP(TOTP_SECRET).at(now), left
