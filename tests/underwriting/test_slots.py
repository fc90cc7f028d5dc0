"""Who is in the slot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from station.core import bulletin, clock
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.places import INVARIANTS
from station.members.services import add_organisation
from station.underwriting import policies, services, slots
from station.underwriting.models import Credit, CreditState
from station.underwriting.policies import FlightState, copy_problem, fingerprint, flight_state
from station.underwriting.queries import flights_of_member
from tests.conftest import House


def book(station_id: UUID, name: str, starts: date, ends: date, copy: str = "Words.", approved: bool = True) -> UUID:
    """A flight of a new sponsor."""
    sponsor = services.make_sponsor(add_organisation(name, "", COMMAND), name, "", COMMAND)
    flight = services.add_flight(sponsor, station_id, starts, ends, COMMAND)
    credit = services.write_credit(flight, copy, COMMAND)
    if approved:
        services.approve_credit(credit, fingerprint(copy), COMMAND)
    return flight


def breaches() -> list[str]:
    return [line for item in INVARIANTS if item.name == "slot-approved" for line in item.broken()]


def test_only_approved_live_credits_of_this_station(house: House) -> None:
    today = clock.today(house.licensee.timezone)
    assert slots.credit_for(house.news.id) is None
    book(house.news.id, "Draft", today, today, approved=False)
    book(house.news.id, "Tomorrow", today + timedelta(days=1), today + timedelta(days=1))
    book(house.classical.id, "Other station", today, today)
    assert slots.credit_for(house.news.id) is None
    live = book(house.news.id, "Live", today, today)
    credit = slots.credit_for(house.news.id)
    assert credit is not None
    assert (credit.sponsor_name, credit.flight_id) == ("Live", live)
    services.stop_flight(live, COMMAND)
    assert slots.credit_for(house.news.id) is None
    assert breaches() == []


def test_several_take_turns_fairly(house: House) -> None:
    today = clock.today(house.licensee.timezone)
    for name in ("A", "B", "C"):
        book(house.news.id, name, today, today)
    shown = Counter(credit.sponsor_name for _ in range(301) if (credit := slots.credit_for(house.news.id)))
    assert set(shown) == {"A", "B", "C"}
    assert max(shown.values()) - min(shown.values()) <= 1


@pytest.mark.parametrize(
    "start",
    [
        datetime(2026, 3, 7, 20, 0, tzinfo=UTC),  # the night the clocks go forward
        datetime(2026, 10, 31, 20, 0, tzinfo=UTC),  # and back
        datetime(2026, 12, 31, 20, 0, tzinfo=UTC),
    ],
)
def test_days_are_the_stations_own(house: House, later: Callable[..., None], start: datetime) -> None:
    zone = house.licensee.timezone
    later(seconds=(start - clock.now()).total_seconds())
    tomorrow = clock.today(zone) + timedelta(days=1)
    book(house.news.id, "One day", tomorrow, tomorrow)
    begins, ends = clock.day_bounds(tomorrow, zone)
    for instant, there in (
        (begins - timedelta(seconds=1), False),
        (begins, True),
        (ends - timedelta(seconds=1), True),
        (ends, False),
    ):
        assert (slots.credit_for(house.news.id, instant) is not None) is there, instant


def test_the_slot_asks_the_database_nothing_when_warm(house: House) -> None:
    today = clock.today(house.licensee.timezone)
    book(house.news.id, "Live", today, today)
    assert slots.credit_for(house.news.id) is not None
    sent: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", note := lambda *args: sent.append(args[2]))
    for _ in range(50):
        assert slots.credit_for(house.news.id) is not None
    sa.event.remove(db.engine, "before_cursor_execute", note)
    assert sent == []


def test_the_invariant_sees_a_credit_that_lost_its_approval(house: House) -> None:
    today = clock.today(house.licensee.timezone)
    book(house.news.id, "Live", today, today)
    assert slots.live_credits()
    assert breaches() == []
    with transaction() as session:
        session.execute(sa.update(Credit).values(state=CreditState.DRAFT, approved_at=None))
    assert len(breaches()) == 1
    bulletin.forget()
    bulletin.refresh()
    assert slots.credit_for(house.news.id) is None


def test_a_sponsor_on_its_members_page(house: House, desk: Callable[..., FlaskClient]) -> None:
    today = clock.today(house.licensee.timezone)
    member = add_organisation("Basin Books LLC", "", COMMAND)
    assert flights_of_member(member) is None
    sponsor = services.make_sponsor(member, "Basin Books", "", COMMAND)
    services.add_flight(sponsor, house.news.id, today, today, COMMAND)
    found = flights_of_member(member)
    assert found is not None
    assert [flight.state for flight in found[1]] == [FlightState.WAITING_FOR_COPY]
    with pytest.raises(services.NotPossible, match="already"):
        services.make_sponsor(member, "Basin Books", "", COMMAND)


@given(
    st.dates(date(1900, 1, 1), date(2200, 1, 1)),
    st.integers(0, 40),
    st.integers(-60, 60),
    st.booleans(),
    st.booleans(),
)
def test_flight_states(starts: date, length: int, away: int, has_copy: bool, stopped: bool) -> None:
    ends, today = starts + timedelta(days=length), starts + timedelta(days=away)
    state = flight_state(starts, ends, datetime(2026, 1, 1, tzinfo=UTC) if stopped else None, has_copy, today)
    assert (state is FlightState.LIVE) == (starts <= today <= ends and has_copy and not stopped)
    assert (state is FlightState.STOPPED) == stopped
    if not stopped:
        assert (state is FlightState.ENDED) == (today > ends)


@given(st.text(max_size=450))
def test_copy_that_passes_is_plain(text: str) -> None:
    if not copy_problem(text):
        assert 0 < len(text.strip()) <= policies.LONGEST_COPY
        assert "<" not in text
        assert "\x00" not in text
