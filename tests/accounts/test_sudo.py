"""Sudo: who is signed in proves again who they are, and nothing that was typed is lost on the way."""

from __future__ import annotations

import html
import re
from typing import Any

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from station.accounts import queries, services
from station.accounts.guards import TOKEN
from station.accounts.models import Role, Staff, StaffSession
from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.events import recent_events
from station.core.ids import public_id
from tests.accounts.authenticator import Authenticator
from tests.browsing import send, token_of
from tests.conftest import changed

PASSWORD, SECRET = "copper kettle sings at dawn", "A" * 32
SUDO, INVITE = "/desk/sudo", "/desk/staff/invite"
NEW = {"name": "Nora Quint", "email": "nora@desk.example.org", "roles": ["news", "volunteer"]}


@pytest.fixture
def admin(app: Flask, desk: Any) -> FlaskClient:
    """An admin with a password and an app, who signed in eleven minutes ago."""
    browser: FlaskClient = desk("admin", confirmed=False)
    with transaction() as session:
        session.execute(
            sa.update(Staff).values(password_hash=services.doors.hash_password(PASSWORD), totp_secret=SECRET)
        )
    return browser


def code() -> str:
    return pyotp.TOTP(SECRET).at(clock.now())


def proof(password: str = PASSWORD, typed: str | None = None) -> dict[str, str]:
    return {"sudo-password": password, "sudo-code": code() if typed is None else typed}


def fields(page: str) -> list[tuple[str, str]]:
    """The hidden fields of the last form of a page, as a browser would send them."""
    last = page[page.rindex('<form method="post" class="form"') :]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', last)
    return [(name, html.unescape(value)) for name, value in found]


def as_form(pairs: list[tuple[str, str]], **more: str) -> dict[str, Any]:
    """Pairs as the test client sends them: a list where a name comes more than once."""
    sent: dict[str, Any] = {}
    for name, value in pairs:
        sent.setdefault(name, []).append(value)
    return {**sent, **more}


def test_a_page_asks_and_comes_back(admin: FlaskClient) -> None:
    answer = admin.get(f"{INVITE}?from=staff")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{SUDO}?next={INVITE}?from%3Dstaff")
    where = answer.headers["Location"]
    done = send(admin, where, proof())
    assert (done.status_code, done.headers["Location"]) == (303, f"{INVITE}?from=staff")
    assert admin.get(INVITE).status_code == 200
    assert admin.get(f"{SUDO}?next={INVITE}").headers["Location"] == INVITE, "who is confirmed is not asked again"


def test_what_was_typed_is_sent_when_the_proof_comes_with_it(admin: FlaskClient) -> None:
    token = token_of(admin, "/desk/account")
    asked = admin.post(f"{INVITE}?x=1", data={**NEW, "csrf_token": token})
    page = asked.get_data(as_text=True)
    assert asked.status_code == 403
    assert "What you have typed is kept." in page
    wrong = admin.post(f"{INVITE}?x=1", data=as_form(fields(page), **proof("not my password")))
    assert wrong.status_code == 422
    assert "not my password" not in wrong.get_data(as_text=True)
    again = as_form(fields(wrong.get_data(as_text=True)), **proof())
    assert {k: again[k] for k in NEW} == {"name": ["Nora Quint"], "email": [NEW["email"]], "roles": NEW["roles"]}
    assert admin.post(f"{INVITE}?x=1", data=again).headers["Location"] == "/desk/staff"
    nora = queries.staff_id_of("nora@desk.example.org")
    assert nora is not None
    member = queries.staff_member(nora)
    assert member is not None
    assert member.roles == {Role.NEWS, Role.VOLUNTEER}


def test_marks_and_lines_travel_unchanged(admin: FlaskClient) -> None:
    odd = 'A "name" <b>&</b>\r\nof two lines'
    asked = admin.post(INVITE, data={"name": odd, "csrf_token": token_of(admin, "/desk/account")})
    assert dict(fields(asked.get_data(as_text=True)))["name"] == odd


def test_nothing_is_done_without_a_proof(admin: FlaskClient) -> None:
    token = token_of(admin, "/desk/account")
    for brought in (
        {},
        {"sudo-password": PASSWORD},
        {"sudo-code": code()},
        {"sudo-answer": "{}"},
        proof(typed="000"),
    ):
        assert admin.post(INVITE, data={**NEW, "csrf_token": token, **brought}).status_code in (403, 422)
    assert queries.staff_id_of("nora@desk.example.org") is None
    assert admin.post(INVITE, data={**NEW, **proof()}).status_code == 400, "a proof is no form token"


def test_a_proof_lasts_ten_minutes(admin: FlaskClient, later: Any) -> None:
    send(admin, SUDO, proof())
    later(minutes=9)
    assert admin.get(INVITE).status_code == 200
    later(minutes=2)
    assert admin.get(INVITE).status_code == 303


def test_a_code_opens_once_and_a_wrong_password_does_not_spend_it(admin: FlaskClient, later: Any) -> None:
    typed = code()
    assert send(admin, SUDO, proof("wrong", typed)).status_code == 422
    assert send(admin, SUDO, proof(typed=typed)).status_code == 303
    later(minutes=11)
    assert send(admin, SUDO, proof(typed=typed)).status_code == 422


def test_a_recovery_code_will_do(admin: FlaskClient) -> None:
    owner = db.session.scalars(sa.select(Staff.id)).one()
    spare = services.renew_recovery_codes(owner, COMMAND)[0]
    assert send(admin, SUDO, proof(typed=spare.upper())).status_code == 303
    assert "a password and a recovery code" in told(admin)


def told(browser: FlaskClient) -> str:
    return str(browser.get("/desk/audit").get_data(as_text=True))


def test_both_outcomes_are_in_the_trail(admin: FlaskClient) -> None:
    send(admin, SUDO, proof("wrong"))
    assert "Admin Person could not confirm who they are" in told(admin)
    send(admin, SUDO, proof())
    assert "Admin Person confirmed who they are with a password and an authenticator app" in told(admin)
    assert PASSWORD not in str([event.data for event in recent_events(limit=20)])


def test_the_session_goes_on_under_a_new_token(app: Flask, admin: FlaskClient) -> None:
    with admin.session_transaction("/desk/") as cookie:
        before = cookie[TOKEN]
    form_of_another_tab = token_of(admin, "/desk/account")
    send(admin, SUDO, proof())
    with admin.session_transaction("/desk/") as cookie:
        assert cookie[TOKEN] != before
    assert queries.session_of(before, clock.now()) is None
    assert db.session.scalar(sa.select(sa.func.count()).select_from(StaffSession)) == 1
    data = {"csrf_token": form_of_another_tab, **NEW}
    assert admin.post(INVITE, data=data).status_code == 303


def test_a_proof_is_for_one_session_only(app: Flask, admin: FlaskClient, later: Any) -> None:
    elsewhere = app.test_client()
    with elsewhere.session_transaction("/desk/") as cookie:
        cookie[TOKEN] = services.start_session(db.session.scalars(sa.select(Staff.id)).one())
    later(minutes=11)
    send(admin, SUDO, proof())
    assert (admin.get(INVITE).status_code, elsewhere.get(INVITE).status_code) == (200, 303)


def test_guesses_run_out(admin: FlaskClient) -> None:
    answers = [send(admin, SUDO, proof("wrong", "123456")).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    assert send(admin, SUDO, proof()).status_code == 429, "the right one comes too late as well"
    again = {"email": "admin@desk.example.org", "password": PASSWORD}
    admin.post("/desk/sign-out", data={"csrf_token": token_of(admin, "/desk/account")})
    assert send(admin, "/desk/sign-in", again).status_code == 429, "sign-in has the same budget"


def add_key(browser: FlaskClient, device: Authenticator) -> None:
    options = browser.get("/desk/account/passkeys/options").get_json()
    answer = {"name": "Laptop", "answer": device.make(options)}
    assert send(browser, "/desk/account", answer, "/desk/account/passkeys").status_code == 303


def test_a_passkey_confirms_its_owner_and_nobody_else(desk: Any, later: Any) -> None:
    owner, other, device = desk("admin"), desk("news"), Authenticator()
    add_key(owner, device)
    later(minutes=11)
    own = {"sudo-answer": device.use(owner.get(f"{SUDO}/passkey/options").get_json())}
    assert send(owner, f"{SUDO}?next={INVITE}", own).headers["Location"] == INVITE
    assert "confirmed who they are with the passkey “Laptop”" in told(owner)
    asked = other.get(f"{SUDO}/passkey/options").get_json()
    assert send(other, SUDO, {"sudo-answer": device.use(asked)}).status_code == 422
    assert other.get(f"{SUDO}?next=/desk/account").status_code == 200
    later(minutes=11)
    assert send(owner, SUDO, own).status_code == 422, "an answer counts once"


def test_a_passkey_confirms_a_form_that_waits(desk: Any, later: Any) -> None:
    owner, device = desk("admin"), Authenticator()
    add_key(owner, device)
    later(minutes=11)
    token = token_of(owner, "/desk/account")
    answer = device.use(owner.get(f"{SUDO}/passkey/options").get_json())
    assert owner.post(INVITE, data={**NEW, "csrf_token": token, "sudo-answer": answer}).status_code == 303
    assert queries.staff_id_of("nora@desk.example.org") is not None


def test_the_account_page_leads_there_before_a_device_makes_a_key(admin: FlaskClient) -> None:
    page = admin.get("/desk/account").get_data(as_text=True)
    assert "Confirm that it is you, to add a passkey" in page
    assert 'data-passkey="add"' not in page
    send(admin, SUDO, proof())
    assert 'data-passkey="add"' in admin.get("/desk/account").get_data(as_text=True)


def test_no_passkey_is_offered_at_a_number(app: Flask, admin: FlaskClient) -> None:
    with changed(app.config["STATION"], base_url="http://127.0.0.1:8400"):
        assert "data-passkey" not in admin.get(SUDO).get_data(as_text=True)
        assert admin.get(f"{SUDO}/passkey/options").status_code == 404


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/give", "/desk/\\evil"])
def test_it_leads_into_the_desk_only(admin: FlaskClient, wanted: str) -> None:
    answer = admin.post(SUDO, query_string={"next": wanted}, data={"csrf_token": token_of(admin, SUDO), **proof()})
    assert answer.headers["Location"] == "/desk/"


def test_a_session_that_was_ended_meanwhile_proves_nothing(admin: FlaskClient) -> None:
    with admin.session_transaction("/desk/") as cookie:
        token = cookie[TOKEN]
    services.end_session(token, COMMAND)
    with pytest.raises(services.ConfirmationRefused, match="signed out"):
        services.confirm(token, PASSWORD, code(), "198.51.100.7")


def test_a_role_comes_before_a_proof(desk: Any) -> None:
    someone = desk("news", confirmed=False)
    staff = public_id("staff", services.add_staff("Maya", "maya@desk.example.org", [Role.NEWS], COMMAND))
    assert send(someone, "/desk/account", {"roles": ["admin"]}, f"/desk/staff/{staff}/roles").status_code == 403
    assert "open to: admin" in someone.get(INVITE).get_data(as_text=True)
