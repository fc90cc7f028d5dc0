"""What somebody hostile tries at the desk's doors: guessing, locking others out, stolen links, races."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from station.accounts import queries, services
from station.accounts.cli import group
from station.accounts.models import Role, Staff, StaffSession
from station.accounts.services import doors
from station.core import clock, ratelimit
from station.core.actor import COMMAND, VISITOR
from station.core.db import db
from station.core.events import recent_events
from station.core.ids import public_id
from station.core.ratelimit import Limit
from tests.browsing import send

EMAIL, PASSWORD = "nora@desk.example.org", "copper kettle sings at dawn"


class Nora:
    """An admin who has joined, with her phone in her hand."""

    def __init__(self) -> None:
        self.id = services.add_staff("Nora Quist", EMAIL, [Role.ADMIN], COMMAND)
        token = services.make_link(self.id, "join").rpartition("/")[2]
        self.secret = services.offered_secret(token)
        self.recovery_codes = services.join(token, PASSWORD, self.code(), "").recovery_codes
        self.page = f"/desk/staff/{public_id('staff', self.id)}"

    def code(self) -> str:
        return pyotp.TOTP(self.secret).at(clock.now())


@pytest.fixture
def nora(app: Flask, later: Callable[..., None]) -> Nora:
    person = Nora()
    later(minutes=1)  # the code of joining is spent
    return person


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Comparing passwords without Argon2, whose sixty milliseconds are not what is tested."""
    monkeypatch.setattr(doors, "password_fits", lambda stored, typed: stored is not None and typed == PASSWORD)


def knock(client: str) -> None:
    with pytest.raises(services.SignInRefused):
        services.sign_in(EMAIL, "a guess", client, "")


def test_a_stranger_cannot_lock_somebody_out(nora: Nora, quick: None) -> None:
    for _ in range(10):
        knock("192.0.2.66")
    with pytest.raises(services.TooManyTries):
        services.sign_in(EMAIL, PASSWORD, "192.0.2.66", "")
    assert services.sign_in(EMAIL, PASSWORD, "198.51.100.1", ""), "from her own place she still gets in"


def test_many_strangers_together_are_stopped(nora: Nora, quick: None) -> None:
    for turn in range(100):
        knock(f"192.0.2.{turn % 50}")
    with pytest.raises(services.TooManyTries):
        services.sign_in(EMAIL, "a guess", "192.0.2.250", "")


def test_the_addresses_of_one_ipv6_network_are_one_client(nora: Nora, quick: None) -> None:
    for turn in range(10):
        knock(f"2001:db8:1:2::{turn + 1:x}")
    with pytest.raises(services.TooManyTries):
        services.sign_in(EMAIL, "a guess", "2001:db8:1:2:ffff::9", "")


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_what_an_address_is_counted_as(address: str, counted: str) -> None:
    assert ratelimit.network(address) == counted


def test_a_second_factor_is_not_guessed_for_weeks(nora: Nora, later: Callable[..., None]) -> None:
    refused = 0
    for _ in range(12):
        for _ in range(10):
            try:
                doors.limit_second_factor(nora.id)
            except services.TooManyTries:
                refused += 1
        later(minutes=15)
    assert refused >= 60, "no more than about fifty codes in three hours"


def test_a_refused_try_writes_nothing(app: Flask) -> None:
    limit = Limit("test", 1, timedelta(hours=1))
    assert ratelimit.allow(limit, "somebody")
    written: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *call: written.append(call[2].split()[0]))
    assert not ratelimit.allow(limit, "somebody")
    assert set(written) == {"SELECT"}, "a flood must not take the write lock from the money"


def test_the_first_step_is_used_once(nora: Nora, quick: None) -> None:
    token = services.sign_in(EMAIL, PASSWORD, "192.0.2.1", "")
    assert services.second_step(token, nora.code(), "")
    with pytest.raises(services.SignInRefused):
        services.second_step(token, nora.recovery_codes[0], "")


def test_a_first_step_that_ends_meanwhile_opens_nothing(
    nora: Nora, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = services.sign_in(EMAIL, PASSWORD, "192.0.2.1", "")
    read = queries.session_of

    def overtaken(*args: Any) -> Any:
        found = read(*args)
        services.set_roles(nora.id, [Role.ADMIN, Role.NEWS], COMMAND)  # every session of hers ends here
        return found

    monkeypatch.setattr(queries, "session_of", overtaken)
    with pytest.raises(services.SignInRefused):
        services.second_step(token, nora.code(), "")
    alive = sa.select(sa.func.count()).where(StaffSession.staff_id == nora.id, StaffSession.revoked_at.is_(None))
    assert db.session.scalar(alive) == 0
    monkeypatch.undo()
    assert db.session.get_one(Staff, nora.id, populate_existing=True).totp_last_step < clock.now().timestamp() // 30


@pytest.mark.parametrize("change", ["second-factor", "start-over", "disable"])
def test_the_only_admin_cannot_be_shut_out(nora: Nora, desk: Any, change: str) -> None:
    answer = send(desk("admin"), nora.page, to=f"{nora.page}/{change}")
    assert answer.status_code == 422
    assert "only admin who can sign in" in answer.get_data(as_text=True)
    assert db.session.get_one(Staff, nora.id, populate_existing=True).totp_secret


def test_every_link_to_the_desk_is_written_down(nora: Nora, app: Flask, desk: Any) -> None:
    app.test_cli_runner().invoke(group, ["join-link", EMAIL])
    made = recent_events(1)[0]
    assert (made.name, made.actor_label) == ("accounts.link.made", "the station command")
    send(desk("news"), "/desk/account", to="/desk/account/second-factor")
    made = recent_events(1)[0]
    assert (made.name, made.actor_label) == ("accounts.link.made", "News Person")
    trail = desk("auditor").get("/desk/audit").get_data(as_text=True)
    assert "The station command made a link for Nora Quist to join the desk" in trail
    assert "News Person made a link for News Person to set up a new second factor" in trail


def test_a_link_is_told_to_nobody_by_the_browser(app: Flask, client: FlaskClient) -> None:
    staff_id = services.add_staff("Maya", "maya@desk.example.org", [Role.NEWS], COMMAND)
    path = "/desk/join/" + services.make_link(staff_id, "join").rpartition("/")[2]
    for page in (path, f"{path}/code.svg"):
        assert client.get(page).headers["Referrer-Policy"] == "strict-origin", page


@pytest.mark.parametrize(
    "password",
    ["Sunshine2026!!", "footballfootball", "administrator1", "princess-princess", "changeme12345", "Summer2026Fall"],
)
def test_first_guesses_are_refused(nora: Nora, password: str) -> None:
    token = services.make_link(nora.id, "join").rpartition("/")[2]
    with pytest.raises(services.PasswordRefused):
        services.join(token, password, "000000", "")


def test_events_of_the_staff_are_for_those_who_may_read_them(nora: Nora, desk: Any) -> None:
    services.disable_staff(services.add_staff("Maya Peña", "maya@desk.example.org", [], VISITOR), COMMAND)
    assert "Disabled the account of Maya" in desk("auditor").get("/desk/").get_data(as_text=True)
    assert "Disabled the account of Maya" not in desk("development").get("/desk/").get_data(as_text=True)
