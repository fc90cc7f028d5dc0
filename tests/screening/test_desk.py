"""The desk's page: numbers, the switch, and what turns it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from station.core import clock
from station.core.events import recent_events
from station.core.ids import new_id
from station.screening import policies, queries
from station.screening.policies import Reason, Verdict
from station.screening.services import note_decline, sender
from tests.screening.conftest import STRANGER

Desk = Callable[..., FlaskClient]
Try = Callable[..., Verdict]
GUARD = "/desk/giving/guard"


def turn(browser: FlaskClient, choice: str) -> Any:
    token = browser.get(GUARD).text.partition('name="csrf_token" value="')[2].partition('"')[0]
    return browser.post(GUARD, data={"choice": choice, "csrf_token": token})


def events() -> list[tuple[str, str]]:
    return [(e.name, e.actor_label) for e in recent_events(prefix="screening.")]


def test_everyone_is_asked_for_an_hour(desk: Desk, knock: Try, later: Callable[..., None]) -> None:
    browser = desk("development")
    assert turn(browser, "hour").status_code == 303
    assert knock().reason is Reason.EVERYONE
    page = browser.get(GUARD).text
    assert "Asking everyone" in page
    assert "Switched on at the desk." in page
    later(minutes=61)
    assert knock().welcome
    assert "Off. Only what looks suspicious is asked." in desk("admin").get(GUARD).text
    assert events() == [("screening.challenge.started", "Development Person")]


def test_everyone_is_asked_until_it_is_switched_off(desk: Desk, knock: Try, later: Callable[..., None]) -> None:
    turn(desk("development"), "on")
    later(days=3)
    assert knock().reason is Reason.EVERYONE
    admin = desk("admin")
    turn(admin, "off")
    assert knock().welcome
    assert [name for name, _ in events()] == ["screening.challenge.ended", "screening.challenge.started"]
    audit = admin.get("/desk/audit").text
    assert "began to ask everyone who gives for a proof, until it is switched off: at the desk" in audit
    assert "stopped asking everyone who gives for a proof" in audit


def test_a_person_who_switches_off_is_not_overruled_for_an_hour(
    desk: Desk, knock: Try, later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policies, "OPENED_BY_ALL", 1)
    browser = desk("development")
    assert [knock(address=f"198.51.100.{n}").welcome for n in range(3)] == [True, True, False]
    page = browser.get(GUARD).text
    assert "It ends by itself after an hour of calm." in page
    assert "1 payment pages were opened within ten minutes." in page
    turn(browser, "off")
    assert all(knock(address=f"198.51.100.{n}").welcome for n in range(10, 14))
    assert "It will not switch itself on before" in browser.get(GUARD).text
    later(minutes=61)
    assert [knock(address=f"198.51.100.{n}").welcome for n in range(20, 23)] == [True, True, False]


def test_a_crowd_does_not_end_what_a_person_began(
    desk: Desk, knock: Try, later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    turn(desk("development"), "on")
    monkeypatch.setattr(policies, "OPENED_BY_ALL", 0)
    knock()
    assert [stance.automatic for stance in queries.stances()] == [False]


def test_the_switch_in_force_is_the_one_turned_last_whatever_the_clock_said(
    desk: Desk, knock: Try, later: Callable[..., None]
) -> None:
    browser = desk("development")
    turn(browser, "on")
    later(minutes=-20)
    turn(browser, "off")
    assert knock().welcome


def test_the_numbers_name_nobody(desk: Desk, knock: Try) -> None:
    knock()
    for _ in range(3):
        knock(trap="x")
    page = desk("auditor").get(GUARD).text
    assert STRANGER not in page
    assert "maria" not in page
    rows = {label: (hour, day) for label, hour, day in policies.table(queries.house_counts(clock.now()))}
    assert rows["Asked: the hidden field was filled in"] == (3, 3)
    assert rows["Welcome at once"] == (1, 1)
    assert "<button" not in page.partition("<main")[2].partition("</main")[0], "an auditor turns nothing"


@pytest.mark.parametrize("role", ["news", "underwriting", "volunteer"])
def test_others_do_not_see_it(desk: Desk, role: str) -> None:
    assert desk(role).get(GUARD).status_code == 403


@pytest.mark.parametrize("choice", ["", "nonsense", "HOUR"])
def test_a_strange_choice_changes_nothing(desk: Desk, choice: str) -> None:
    browser = desk("development")
    assert turn(browser, choice).status_code == 303
    assert "Choose one of the three buttons." in browser.get(GUARD).text
    assert queries.stances() == []


def test_every_counter_has_a_line(knock: Try) -> None:
    lines = {name for name, _ in policies.COUNTERS}
    paused = {Reason.PACE, Reason.DECLINED, Reason.CARDS}
    assert {f"paused:{reason}" if reason in paused else f"prove:{reason}" for reason in Reason} <= lines


def test_the_review_list_says_why_and_since_when(desk: Desk, knock: Try, later: Callable[..., None]) -> None:
    browser = desk("development")
    assert "No network had three declined cards within a day." in browser.get(GUARD).text
    for number in range(3):
        note_decline(sender(STRANGER), new_id(), f"card-{number % 2}")
    for _ in range(2):
        note_decline(sender("192.0.2.99"), new_id(), "")
    page = browser.get(GUARD).text
    assert ("3 declines, 2 different cards" in page, "Asked for a proof" in page) == (True, True)
    assert (sender(STRANGER)[:8] in page, STRANGER in page, sender("192.0.2.99")[:8] in page) == (True, False, False)
    (found,) = queries.reviews(clock.now())
    assert found.last - found.first <= timedelta(minutes=5)
    later(minutes=70)
    assert "Nothing any more" in desk("admin").get(GUARD).text
    for number in range(policies.CARDS_OF_NETWORK):
        note_decline(sender(STRANGER), new_id(), f"other-{number}")
    page = desk("auditor").get(GUARD).text
    assert ("13 declines, 12 different cards" in page, "Paused" in page) == (True, True)
    later(hours=25)
    assert queries.reviews(clock.now()) == []
