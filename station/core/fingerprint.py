"""Which environment a database belongs to, so that a copy of it neither charges nor writes to anybody by mistake.

The first process that acts for a database leaves the environment's mark in it: production or not, live money or not,
and the Stripe account. A process whose settings say otherwise holds money calls and mail until a person accepts it
(`station fingerprint accept`). The site's address is kept for people to read; a site may move.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core import clock
from station.core.columns import Utc
from station.core.db import Base, db, transaction
from station.core.places import Place
from station.core.runtime import settings
from station.core.upsert import insert_missing

LOOK_AGAIN = 60.0  # seconds after which a process that belongs looks once more
log = logging.getLogger(__name__)

ACCOUNT: Place[Callable[[], str]] = Place("whose account the payment key is of")


class Fingerprint(Base):
    """The mark: one row. `account` is empty until Stripe has told it."""

    __tablename__ = "fingerprint"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mode: Mapped[str] = mapped_column(sa.String(20))
    livemode: Mapped[bool]
    account: Mapped[str] = mapped_column(sa.String(255), default="")
    base_url: Mapped[str] = mapped_column(sa.String(300))
    taken_at: Mapped[datetime] = mapped_column(Utc)


@dataclass(frozen=True)
class Environment:
    """Where a database is, or was, at work. `account` is empty while nobody knows it."""

    mode: str
    livemode: bool
    account: str
    base_url: str

    def __str__(self) -> str:
        money = f"{'live' if self.livemode else 'test'} keys of {self.account or 'an unknown account'}"
        return f"{self.mode} with {money}, at {self.base_url}"


def present() -> Environment:
    """The environment of this process; its account is asked of whoever knows."""
    known = settings()
    account = next((ask() for ask in ACCOUNT), "")
    return Environment(known.mode, known.livemode, account, known.base_url)


def stored() -> Environment | None:
    """The environment whose mark is in the database; None before anything acted for it."""
    mark = sa.select(Fingerprint.mode, Fingerprint.livemode, Fingerprint.account, Fingerprint.base_url)
    with db.engine.connect() as connection:  # one of its own: what the caller has read stays read
        row = connection.execute(mark).first()
    return Environment(*row) if row else None


def difference(mark: Environment, here: Environment) -> str:
    """Why a process here must not act for a database with this mark, in words; "" when it belongs."""
    places = (mark.mode == "production", mark.livemode), (here.mode == "production", here.livemode)
    accounts = {mark.account, here.account} - {""}
    if places[0] == places[1] and len(accounts) < 2:
        return ""
    return (
        f"This database is that of {mark}; this process runs in {here}. So money calls and mail are held. "
        "If that is meant, type: station fingerprint accept"
    )


_fits: tuple[Environment, float] | None = None


def foreign() -> str:
    """Why this process must not act for its database; "" when it belongs there. Outside of transactions.

    Looks once a minute while it belongs, and each time while it does not. A database without a mark gets one.
    """
    global _fits
    known = settings()
    if _fits and _belonged(_fits[0], known.mode, known.livemode) and time.monotonic() < _fits[1]:
        return ""
    here, mark = present(), stored()
    if mark is None or (here.account and not mark.account and not difference(mark, here)):
        imprint(here)
        mark = stored() or here
    reason = difference(mark, here)
    _fits = None if reason else (here, time.monotonic() + LOOK_AGAIN)
    if reason:
        log.error("%s", reason)
    return reason


def _belonged(here: Environment, mode: str, livemode: bool) -> bool:
    return (here.mode, here.livemode) == (mode, livemode)


def imprint(here: Environment, *, anew: bool = False) -> None:
    """Leave the mark of an environment where there is none, or add its account; `anew` puts it over another one's."""
    values = {"mode": here.mode, "livemode": here.livemode, "account": here.account, "base_url": here.base_url}
    with transaction() as session:
        insert_missing(Fingerprint, id=1, taken_at=clock.now(), **values)
        change = sa.update(Fingerprint) if anew else sa.update(Fingerprint).where(Fingerprint.account == "")
        session.execute(change.values(taken_at=clock.now(), **values).execution_options(synchronize_session=False))


def forget() -> None:
    """Look again at the next question: the settings or the database were exchanged."""
    global _fits
    _fits = None
