"""Two steps into the desk, and everything that must not get in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import argon2
import pyotp
import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from station.accounts import policies, services
from station.accounts.models import Role, Staff, StaffSession
from station.accounts.services import doors
from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db
from station.core.events import recent_events
from tests.browsing import send

EMAIL, PASSWORD = "nora@desk.example.org", "copper kettle sings at dawn"
OF_PEOPLE = doors._hasher  # before the tests put a quick one there


class Nora:
    """Someone who has joined the desk, with her phone in her hand."""

    def __init__(self, *roles: Role) -> None:
        self.id = services.add_staff("Nora Quist", EMAIL, roles, COMMAND)
        token = services.make_link(self.id, "join").rpartition("/")[2]
        self.secret = services.offered_secret(token)
        self.recovery_codes = services.join(token, PASSWORD, self.code(), "").recovery_codes

    def code(self) -> str:
        return pyotp.TOTP(self.secret).at(clock.now())

    def first_step(self, browser: FlaskClient, password: str = PASSWORD, page: str = "/desk/sign-in") -> Any:
        return send(browser, page, {"email": EMAIL, "password": password})

    def both_steps(self, browser: FlaskClient) -> Any:
        self.first_step(browser)
        return send(browser, "/desk/second-factor", {"code": self.code()})


@pytest.fixture
def nora(app: Flask, later: Callable[..., None]) -> Nora:
    person = Nora(Role.DEVELOPMENT)
    later(minutes=1)  # the code of joining is spent
    return person


def test_password_and_code_open_the_desk(nora: Nora, client: FlaskClient) -> None:
    first = nora.first_step(client, page="/desk/sign-in?next=/desk/account")
    assert (first.status_code, first.headers["Location"]) == (303, "/desk/second-factor?next=/desk/account")
    assert client.get("/desk/account").status_code == 303, "the password alone opens nothing"
    second = send(client, first.headers["Location"], {"code": nora.code()})
    assert (second.status_code, second.headers["Location"]) == (303, "/desk/account")
    assert "Nora Quist" in client.get("/desk/account").get_data(as_text=True)
    assert recent_events(1)[0].name == "accounts.session.started"


def test_the_cookie_stays_at_the_desk_and_changes_at_each_step(nora: Nora, client: FlaskClient) -> None:
    header = nora.first_step(client).headers["Set-Cookie"]
    assert "Path=/desk" in header
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    with client.session_transaction("/desk/") as cookie:
        before = cookie["desk"]
    send(client, "/desk/second-factor", {"code": nora.code()})
    with client.session_transaction("/desk/") as cookie:
        assert cookie["desk"] != before
    stored = set(db.session.scalars(sa.select(StaffSession.token_hash)))
    assert before not in stored
    assert policies.digest(before) in stored


@pytest.mark.parametrize("email", [EMAIL, "nobody@desk.example.org"])
def test_a_wrong_password_and_an_unknown_email_sound_the_same(nora: Nora, client: FlaskClient, email: str) -> None:
    answer = send(client, "/desk/sign-in", {"email": email, "password": "not the right one"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "do not belong together" in page
    assert f'value="{email}"' in page
    assert "not the right one" not in page
    assert "<title>Error:" in page


def test_an_unknown_email_still_costs_a_hash(nora: Nora, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []
    real = doors.password_fits

    def listen(stored: str | None, typed: str) -> bool:
        asked.append(stored)
        return real(stored, typed)

    monkeypatch.setattr(doors, "password_fits", listen)
    with pytest.raises(services.SignInRefused):
        services.sign_in("nobody@desk.example.org", "x", "192.0.2.1", "")
    assert asked == [None]
    assert doors._nobodys_hash().startswith("$argon2id$")


def test_the_email_is_found_however_it_is_typed(nora: Nora, client: FlaskClient) -> None:
    answer = send(client, "/desk/sign-in", {"email": f"  {EMAIL.upper()} ", "password": PASSWORD})
    assert answer.status_code == 303


def test_a_code_works_once(nora: Nora, client: FlaskClient, app: Flask) -> None:
    code = nora.code()
    nora.first_step(client)
    assert send(client, "/desk/second-factor", {"code": code}).status_code == 303
    other = app.test_client()
    nora.first_step(other)
    answer = send(other, "/desk/second-factor", {"code": code})
    assert answer.status_code == 422
    assert "was used before" in answer.get_data(as_text=True)


@pytest.mark.parametrize(("seconds", "opens"), [(-30, True), (0, True), (30, True), (-90, False), (90, False)])
def test_a_code_is_good_one_step_around_now(nora: Nora, client: FlaskClient, seconds: int, opens: bool) -> None:
    nora.first_step(client)
    code = pyotp.TOTP(nora.secret).at(clock.now() + timedelta(seconds=seconds))
    assert (send(client, "/desk/second-factor", {"code": code}).status_code == 303) is opens


def test_a_recovery_code_works_once_however_it_is_typed(nora: Nora, client: FlaskClient, app: Flask) -> None:
    code = nora.recovery_codes[3]
    nora.first_step(client)
    assert send(client, "/desk/recovery-code", {"code": f" {code.upper().replace('-', ' ')} "}).status_code == 303
    other = app.test_client()
    nora.first_step(other)
    assert send(other, "/desk/recovery-code", {"code": code}).status_code == 422
    assert send(other, "/desk/recovery-code", {"code": nora.recovery_codes[4]}).status_code == 303


def test_the_door_shuts_after_many_passwords(nora: Nora, client: FlaskClient, later: Callable[..., None]) -> None:
    answers = [nora.first_step(client, "wrong wrong wrong").status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    assert nora.first_step(client).status_code == 429, "even the right password waits"
    later(minutes=16)
    assert nora.first_step(client).status_code == 303


def test_the_door_shuts_after_many_addresses_from_one_place(nora: Nora, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "password_fits", lambda stored, typed: False)  # fifty real ones take too long
    for turn in range(50):
        with pytest.raises(services.SignInRefused):
            services.sign_in(f"guess{turn}@example.org", "x", "192.0.2.7", "")
    with pytest.raises(services.TooManyTries):
        services.sign_in("another@example.org", "x", "192.0.2.7", "")


def test_the_door_shuts_after_many_codes(nora: Nora, client: FlaskClient) -> None:
    nora.first_step(client)
    answers = [send(client, "/desk/second-factor", {"code": "000000"}).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    assert send(client, "/desk/second-factor", {"code": nora.code()}).status_code == 429


def test_the_second_step_waits_ten_minutes(nora: Nora, client: FlaskClient, later: Callable[..., None]) -> None:
    nora.first_step(client)
    later(minutes=11)
    answer = client.get("/desk/second-factor")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/desk/sign-in")


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/desk/members?q=a", "/desk/members?q=a"),
        ("/desk", "/desk"),
        ("//evil.example", "/desk/"),
        ("https://evil.example/desk/", "/desk/"),
        ("/desk//evil.example", "/desk/"),
        ("/desk\\evil", "/desk/"),
        ("/news/", "/desk/"),
        ("/deskevil", "/desk/"),
        ("/desk/\r\nSet-Cookie: a=b", "/desk/"),
        ("", "/desk/"),
    ],
)
def test_sign_in_leads_only_into_the_desk(wanted: str, goes: str) -> None:
    assert policies.safe_next(wanted) == goes


def test_idle_and_absolute_limits(nora: Nora, client: FlaskClient, later: Callable[..., None]) -> None:
    nora.both_steps(client)
    for _ in range(28):  # eleven hours and forty minutes of work
        later(minutes=25)
        assert client.get("/desk/account").status_code == 200
    later(minutes=25)
    assert client.get("/desk/account").status_code == 303, "twelve hours are over"
    nora.both_steps(client)
    later(minutes=31)
    assert client.get("/desk/account").status_code == 303, "half an hour without use"


def test_use_is_written_down_once_a_minute(nora: Nora, client: FlaskClient, later: Callable[..., None]) -> None:
    nora.both_steps(client)

    def seen() -> Any:
        return db.session.scalar(sa.select(sa.func.max(StaffSession.seen_at)))

    client.get("/desk/account")
    first = seen()
    later(seconds=30)
    client.get("/desk/account")
    assert seen() == first
    later(seconds=31)
    client.get("/desk/account")
    assert seen() > first


def test_sign_out_ends_the_session_itself(nora: Nora, client: FlaskClient, app: Flask) -> None:
    nora.both_steps(client)
    thief = app.test_client()
    with client.session_transaction("/desk/") as cookie:
        stolen = cookie["desk"]
    with thief.session_transaction("/desk/") as cookie:
        cookie["desk"] = stolen
    assert thief.get("/desk/account").status_code == 200
    assert send(client, "/desk/account", to="/desk/sign-out").status_code == 303
    assert client.get("/desk/account").status_code == 303
    assert thief.get("/desk/account").status_code == 303


def test_a_session_is_revoked_from_another_browser(
    nora: Nora, client: FlaskClient, app: Flask, later: Callable[..., None]
) -> None:
    nora.both_steps(client)
    later(minutes=1)
    phone = app.test_client()
    nora.both_steps(phone)
    alive = (StaffSession.second_factor, StaffSession.revoked_at.is_(None))
    lost = db.session.scalars(
        sa.select(StaffSession.id).where(*alive).order_by(StaffSession.created_at.desc())
    ).first()
    assert send(client, "/desk/account", to=f"/desk/account/sessions/{lost}/end").status_code == 303
    assert phone.get("/desk/account").status_code == 303
    assert client.get("/desk/account").status_code == 200


def test_nobody_ends_somebody_elses_session_from_their_account(nora: Nora, client: FlaskClient, desk: Any) -> None:
    nora.both_steps(client)
    other = desk("news")
    hers = db.session.scalars(
        sa.select(StaffSession.id).where(
            StaffSession.staff_id == nora.id, StaffSession.second_factor, StaffSession.revoked_at.is_(None)
        )
    ).first()
    assert send(other, "/desk/account", to=f"/desk/account/sessions/{hers}/end").status_code == 404
    assert client.get("/desk/account").status_code == 200


def test_a_disabled_person_is_out_at_once(nora: Nora, client: FlaskClient) -> None:
    nora.both_steps(client)
    services.disable_staff(nora.id, COMMAND)
    assert client.get("/desk/account").status_code == 303
    assert nora.first_step(client).status_code == 422
    services.enable_staff(nora.id, COMMAND)
    assert nora.first_step(client).status_code == 303


def test_new_roles_begin_with_a_new_session(nora: Nora, client: FlaskClient) -> None:
    nora.both_steps(client)
    services.set_roles(nora.id, [Role.NEWS], COMMAND)
    assert client.get("/desk/account").status_code == 303


def test_guessing_a_password_of_people_costs_what_rfc_9106_asks() -> None:
    assert argon2.extract_parameters(OF_PEOPLE.hash(PASSWORD)) == argon2.profiles.RFC_9106_LOW_MEMORY


def test_a_password_is_hashed_again_when_the_parameters_change(nora: Nora, monkeypatch: pytest.MonkeyPatch) -> None:
    before = db.session.get_one(Staff, nora.id).password_hash
    monkeypatch.setattr(doors, "_hasher", PasswordHasher(time_cost=4, memory_cost=64))
    services.sign_in(EMAIL, PASSWORD, "192.0.2.1", "")
    after = db.session.get_one(Staff, nora.id).password_hash
    assert before
    assert after
    assert "t=1" in before
    assert "t=4" in after
    services.sign_in(EMAIL, PASSWORD, "192.0.2.1", "")
    assert db.session.get_one(Staff, nora.id).password_hash == after


def test_forms_without_their_token_are_refused(nora: Nora, client: FlaskClient) -> None:
    assert client.post("/desk/sign-in", data={"email": EMAIL, "password": PASSWORD}).status_code == 400
    assert client.post("/desk/sign-out").status_code == 400
