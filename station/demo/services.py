"""Loading the demonstration."""

from __future__ import annotations

import os
import random
import shlex
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.accounts.models import Role, Staff
from station.accounts.services import add_staff, open_work_item
from station.accounts.services.doors import hash_password
from station.core import bulletin, clock, events
from station.core.actor import COMMAND, Actor, ActorKind
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.money import Money
from station.core.runtime import settings
from station.demo import house
from station.demo.counter import Keyed, counter
from station.demo.deposits import deposits
from station.demo.generator.airtime import airtime
from station.demo.generator.calendar import Calendar
from station.demo.generator.coming_out import coming_out
from station.demo.generator.letters import NO_MAILBOX, receipts
from station.demo.generator.money.books import Books
from station.demo.generator.money.plans import plans
from station.demo.generator.money.unpaid import CASES, unpaid
from station.demo.generator.newsroom import newsroom
from station.demo.generator.people import Person, people
from station.demo.generator.rows import Rows
from station.demo.generator.traffic import traffic
from station.demo.generator.writing import writing
from station.demo.goes_back import goes_back, nothing_is_at_stripe
from station.demo.letters_to_many import letters_to_many
from station.demo.queries import house_is_empty
from station.demo.returned import returned
from station.demo.statements import freeze_last_year
from station.licensee.models import Licensee
from station.licensee.queries import LicenseeView, StationView, stations, the_licensee
from station.licensee.services import establish
from station.mail.models import OutgoingMail
from station.news.models import Story
from station.news.services import RedirectDraft, index_all, keep_redirect
from station.payments.services.deposits.reading import note_unmatched
from station.receipts.models import Receipt
from station.underwriting.models import Sponsor

MEMBERS = 300
BULLETINS = ("stories", "credits", "asks", "schedule", "playlist")


class DemoRefused(Exception):
    """Why the demonstration cannot be loaded, in one line."""


@dataclass(frozen=True)
class DemoSummary:
    """What was loaded."""

    stories: int
    sponsors: int
    members: int
    gifts: int
    given: Money
    receipts: int
    mails: int


def load_demo(actor: Actor = COMMAND) -> DemoSummary:
    """Load the demonstration into an empty house, in one transaction and in bulk.

    A house that has its licensee already keeps it, when it has the stations that the stories are for. Raises
    DemoRefused in production, and in a house where somebody has worked; then nothing is changed.
    """
    if settings().production:
        raise DemoRefused("Production refuses demo data: it belongs to development and tests.")
    with transaction() as session:
        if not house_is_empty():
            raise DemoRefused("This house is not empty, so no demo data was loaded and nothing was changed.")
        if session.scalar(sa.select(Licensee.id)) is None:
            establish(house.LICENSEE, house.STATIONS, actor)
        licensee, air = the_licensee(), _stations()
        staff = _staff(actor)
        rows = Rows(random.Random(house.SEED))  # noqa: S311  # a seed, so that each load of a day is alike
        summary, donors = _fill(rows, licensee, air, staff)
        calendar = Calendar(clock.now(), licensee.timezone)
        airtime(rows, calendar, air)  # the last to draw, so that people and gifts stay who and what they were
        rows.write(session)
        keyed = counter(calendar, donors, air, staff[Role.DEVELOPMENT])
        note_unmatched(actor)
        summary = _with(summary, keyed, goes_back(calendar, staff[Role.DEVELOPMENT]))
        returned()
        letters_to_many(staff[Role.DEVELOPMENT])
        nothing_is_at_stripe(actor)
        freeze_last_year(calendar, actor)
        summary = replace(summary, stories=summary.stories + _desk_of_the_news(calendar, air[0], staff))
        session.execute(sa.text("ANALYZE"))  # the planner has seen none of these rows
        for name in BULLETINS:
            bulletin.bump(name)
        events.record(
            "demo.house.loaded",
            actor,
            [Subject("licensee", licensee.id)],
            {"members": summary.members, "gifts": summary.gifts},
        )
        return summary


def _desk_of_the_news(calendar: Calendar, station: StationView, staff: dict[Role, Actor]) -> int:
    """A redirect, stories about to come out, and one in the making; returns how many stories that makes more."""
    keep_redirect(None, RedirectDraft(None, *house.MOVED), staff[Role.NEWS])
    more = coming_out(calendar, station, staff[Role.NEWS])
    index_all()
    writing(station.id, staff[Role.ADMIN], staff[Role.NEWS])
    return more


def sign_in_lines() -> list[str]:
    """How to sign in at the desk of the demonstration, for whoever prints it."""
    return [f"sign in   {house.EMAIL}", f"password  {house.PASSWORD}", f"code      {_this_command()} demo code"]


def _this_command() -> str:
    """The `station` command as it was started here, to be typed again in the same folder."""
    script = Path(sys.argv[0]).absolute()
    itself = script if script.name == "station" else Path(sys.executable)
    near = os.path.relpath(itself) if itself.is_relative_to(Path.cwd()) else str(itself)
    typed = shlex.quote(near if os.sep in near else f".{os.sep}{near}")
    return typed if itself is script else f"{typed} -m station"


def _stations() -> tuple[StationView, ...]:
    """The two stations of the stories, in their order."""
    known = {station.slug: station for station in stations()}
    wanted = [facts.slug for facts in house.STATIONS]
    missing = [slug for slug in wanted if slug not in known]
    if missing:
        raise DemoRefused(f"This house has no station {' and no station '.join(missing)}, so nothing was changed.")
    return tuple(known[slug] for slug in wanted)


def _staff(actor: Actor) -> dict[Role, Actor]:
    """The demo staff, one a role, with one password and one second factor for all; those who are there stay as is."""
    session, found = db.session(), {}
    hashed = hash_password(house.PASSWORD)
    for name, email, role in house.STAFF:
        staff_id = session.scalar(sa.select(Staff.id).where(Staff.email == email))
        if staff_id is None:
            staff_id = add_staff(name, email, [role], actor)
            session.execute(
                sa.update(Staff)
                .where(Staff.id == staff_id)
                .values(password_hash=hashed, totp_secret=house.TOTP_SECRET)
                .execution_options(synchronize_session=False)
            )
        found[role] = Actor(ActorKind.STAFF, name, staff_id)
    return found


def _fill(
    rows: Rows, licensee: LicenseeView, air: tuple[StationView, ...], staff: dict[Role, Actor]
) -> tuple[DemoSummary, list[Person]]:
    calendar = Calendar(clock.now(), licensee.timezone)
    sources = newsroom(rows, calendar, air, staff[Role.NEWS])
    traffic(rows, calendar, air, staff[Role.UNDERWRITING])
    everyone = people(rows.chance, MEMBERS + len(CASES))
    donors, others = everyone[:MEMBERS], everyone[MEMBERS:]
    books = Books(rows, calendar, air)
    books.enter(plans(rows.chance, calendar, donors, sources))
    unpaid(rows, calendar, others, air)
    deposits(rows, calendar, air, staff[Role.DEVELOPMENT])
    lost = receipts(rows, calendar, licensee, books.given)
    _work(rows, books, lost)
    summary = DemoSummary(
        stories=rows.count(Story),
        sponsors=rows.count(Sponsor),
        members=MEMBERS,
        gifts=len(books.given),
        given=Money(sum(gift.amount.cents for gift in books.given), licensee.currency),
        receipts=rows.count(Receipt),
        mails=rows.count(OutgoingMail),
    )
    return summary, donors


def _with(summary: DemoSummary, keyed: Keyed, replaced: int) -> DemoSummary:
    """What was loaded, together with what was keyed afterwards, and the receipts that were replaced."""
    return replace(
        summary,
        gifts=summary.gifts + keyed.gifts,
        given=summary.given + keyed.given,
        receipts=summary.receipts + keyed.receipts + replaced,
        mails=summary.mails + keyed.receipts + replaced,
    )


def _work(rows: Rows, books: Books, lost: list[UUID]) -> None:
    """What waits for a person: a declined monthly charge, and a receipt that did not arrive."""
    for declined in books.orders.declined:
        open_work_item(
            "giving.renewal_failed",
            f"renewal:{declined.subscription_id}",
            Role.DEVELOPMENT,
            f"A charge of {declined.person.name} was declined",
            f"{declined.why} A note or a call may help.",
            Subject("member", declined.member_id),
            {"subscription": str(declined.subscription_id)},
        )
    for mail_id in lost:
        letter: dict[str, Any] = rows.find(OutgoingMail, mail_id)
        open_work_item(
            "mail.failed",
            f"mail:{mail_id}",
            Role.DEVELOPMENT,
            f"“{letter['subject']}” did not reach {letter['recipient']}",
            f"The mail server said: {NO_MAILBOX}. Correct the address, then send the message again.",
            Subject("mail", mail_id),
            {"mail_id": str(mail_id)},
        )
