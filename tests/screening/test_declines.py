"""Declined cards: held against the network, the pledge and whoever brings a card again; a flood asks everyone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from station.accounts.models import WorkItem
from station.core import clock
from station.core.db import db
from station.core.events import recent_events
from station.core.ids import new_id
from station.screening import policies, queries
from station.screening.models import Tally
from station.screening.policies import Answer, Reason, Verdict
from station.screening.services import note_decline, sender
from tests.screening.conftest import STRANGER, solve

Try = Callable[..., Verdict]
THIEF = STRANGER


def declined(pledge: UUID | None = None, card: str = "", address: str = THIEF) -> bool:
    return note_decline(sender(address), pledge or new_id(), card)


def test_declines_ask_the_network_and_then_pause_it(knock: Try, later: Callable[..., None]) -> None:
    for _ in range(policies.DECLINES_SUSPICIOUS - 1):
        declined()
    assert knock().welcome
    declined()
    asked = knock(attempt="mine")
    assert (asked.answer, asked.reason) == (Answer.PROVE, Reason.DECLINES)
    assert knock(attempt="mine", proof=solve(asked.challenge)).welcome
    for _ in range(policies.DECLINES_OF_NETWORK - policies.DECLINES_SUSPICIOUS):
        declined()
    stopped = knock(attempt="mine", proof=solve(asked.challenge))
    assert (stopped.answer, stopped.reason) == (Answer.PAUSED, Reason.DECLINED)
    assert "cards were declined from your network" in policies.sentence(stopped, "702-555-0188")
    assert knock(address="192.0.2.8").welcome
    later(seconds=stopped.wait)
    assert knock().welcome


def test_many_cards_from_one_network_pause_it(knock: Try, later: Callable[..., None]) -> None:
    pledge = new_id()
    for _ in range(policies.CARDS_OF_NETWORK):
        declined(pledge, card="the same")
    assert knock().answer is Answer.PROVE
    for number in range(policies.CARDS_OF_NETWORK - 1):
        declined(card=f"another {number}")
    stopped = knock()
    assert (stopped.answer, stopped.reason) == (Answer.PAUSED, Reason.CARDS)
    assert "Several cards were declined" in policies.sentence(stopped, "702-555-0188")
    assert knock(address="192.0.2.8").welcome
    later(seconds=stopped.wait)
    assert knock().welcome


def test_a_page_closes_with_the_sixth_declined_card_of_an_hour(app: Flask, later: Callable[..., None]) -> None:
    pledge = new_id()
    assert [declined(pledge) for _ in range(6)] == [False] * 5 + [True]
    assert not declined(), "another pledge is another count"
    later(minutes=61)
    assert not declined(pledge)


def test_one_card_on_many_pledges_asks_whoever_brings_it(knock: Try, later: Callable[..., None]) -> None:
    for number in range(3):
        assert knock(address="203.0.113.9").welcome
        declined(card="Xt5EWLLDS7FJjR1c", address=f"198.51.100.{number}" if number < 2 else "203.0.113.9")
    assert knock(address="203.0.113.9").reason is Reason.CARD
    assert knock(address="198.51.100.1").welcome, "who came before is not asked"
    later(minutes=61)
    assert knock(address="203.0.113.9").welcome


def test_one_card_again_and_again_on_one_pledge_is_a_donor_with_a_typing_error(knock: Try) -> None:
    pledge = new_id()
    for _ in range(2):
        declined(pledge, card="Xt5EWLLDS7FJjR1c")
    declined(card="Xt5EWLLDS7FJjR1c", address="198.51.100.1")
    assert knock().welcome
    assert knock(address="198.51.100.1").welcome


def test_a_flood_from_everywhere_asks_everyone_and_tells_the_staff(
    knock: Try, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policies, "DECLINES_OF_ALL", 4)
    for number in range(7):
        declined(address=f"198.51.100.{number}")
    assert knock(address="203.0.113.1").reason is Reason.EVERYONE
    items = db.session().scalars(sa.select(WorkItem)).all()
    assert [(item.kind, item.role.value) for item in items] == [("screening.challenge", "development")]
    assert items[0].detail.startswith("4 cards were declined within ten minutes.")
    assert [e.name for e in recent_events(prefix="screening.")] == ["screening.challenge.started"]
    assert len(queries.stances()) == 1


def test_a_decline_of_nobody_known_is_counted_for_the_house_alone(knock: Try) -> None:
    for _ in range(12):
        note_decline("", new_id(), "")
    assert knock().welcome
    assert queries.house_counts(clock.now())["declined"] == (12, 12)
    assert not any(row.key.startswith("lost:") for row in db.session().scalars(sa.select(Tally)))


def test_no_fingerprint_is_kept(app: Flask) -> None:
    declined(card="Xt5EWLLDS7FJjR1c")
    keys = [row.key for row in db.session().scalars(sa.select(Tally))]
    known = {"house", "losses", "bill", "lost", "plastic", "pair", "held", "wallet"}
    assert {key.partition(":")[0] for key in keys} == known
    assert not any("Xt5E" in key for key in keys)


def test_declines_at_once_are_all_counted(app: Flask) -> None:
    pledge, closed = new_id(), list[bool]()
    start = threading.Barrier(8)

    def tell() -> None:
        with app.app_context():
            start.wait()
            closed.append(declined(pledge, card="one"))
            db.session.remove()

    threads = [threading.Thread(target=tell) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(closed) == [False] * 5 + [True] * 3
