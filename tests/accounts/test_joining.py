"""Links to the desk: the first admin, invitations, lost passwords and phones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from sandbox.mailbox.testing import Mailbox
from station.accounts import policies, queries, services
from station.accounts.cli import group
from station.accounts.models import RecoveryCode, Role, Staff
from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db
from station.core.ids import public_id
from tests.browsing import send

PASSWORD = "copper kettle sings at dawn"


def link_path(text: str) -> str:
    """The path of the link inside a text."""
    return "/desk/join/" + text.partition("/desk/join/")[2].split()[0]


def code_for(path: str) -> str:
    return pyotp.TOTP(services.offered_secret(path.rpartition("/")[2])).at(clock.now())


def join(browser: FlaskClient, path: str, **changes: str) -> Any:
    data = {"password": PASSWORD, "again": PASSWORD, "code": code_for(path), **changes}
    return send(browser, path, data)


@pytest.fixture
def path(app: Flask) -> str:
    """A link for Nora, who has not joined yet."""
    staff_id = services.add_staff("Nora Quist", "nora@desk.example.org", [Role.NEWS], COMMAND)
    return link_path(services.make_link(staff_id, "join"))


def test_the_first_admin_joins_by_command(app: Flask, client: FlaskClient) -> None:
    done = app.test_cli_runner().invoke(group, ["add-admin", "Ada@Desk.Example.org", "Ada Mertens"])
    assert done.exit_code == 0
    assert "Ada Mertens joins" in done.output
    page = join(client, link_path(done.output))
    assert page.status_code == 200
    assert "shown now and never again" in page.get_data(as_text=True)
    assert "Ada Mertens" in client.get("/desk/staff").get_data(as_text=True)


def test_the_command_answers_mistakes_in_one_line(app: Flask) -> None:
    run = app.test_cli_runner()
    assert "is not an email address" in run.invoke(group, ["add-admin", "Ada", "ada"]).output
    run.invoke(group, ["add-admin", "ada@desk.example.org", "Ada"])
    again = run.invoke(group, ["add-admin", "ada@desk.example.org", "Ada"])
    assert again.exit_code == 1
    assert "station staff join-link" in again.output
    assert link_path(run.invoke(group, ["join-link", "ADA@desk.example.org"]).output)
    assert run.invoke(group, ["join-link", "bob@desk.example.org"]).exit_code == 1


def test_joining_shows_ten_codes_once_and_keeps_only_hashes(path: str, client: FlaskClient) -> None:
    page = join(client, path).get_data(as_text=True)
    stored = list(db.session.scalars(sa.select(RecoveryCode.code_hash)))
    shown = [line.split("<li>")[1].split("</li>")[0] for line in page.splitlines() if "<li>" in line]
    assert len(stored) == len(shown) == 10
    assert sorted(map(policies.code_digest, shown)) == sorted(stored)
    row = db.session.scalars(sa.select(Staff)).one()
    assert (row.password_hash or "").startswith("$argon2id$")
    assert client.get("/desk/account").status_code == 200, "joining signs in"


def test_a_link_works_once(path: str, client: FlaskClient, app: Flask) -> None:
    assert join(client, path).status_code == 200
    answer = app.test_client().get(path)
    assert answer.status_code == 410
    assert "does not work any more" in answer.get_data(as_text=True)
    assert app.test_client().get(f"{path}/code.svg").status_code == 404


def test_a_link_ends_after_three_days(path: str, client: FlaskClient, later: Callable[..., None]) -> None:
    assert client.get(path).status_code == 200
    later(days=3, seconds=1)
    assert client.get(path).status_code == 410


def test_a_newer_link_ends_the_one_before(path: str, client: FlaskClient) -> None:
    staff_id = queries.staff_id_of("nora@desk.example.org") or pytest.fail("Nora is missing")
    fresh = link_path(services.make_link(staff_id, "join"))
    assert (client.get(path).status_code, client.get(fresh).status_code) == (410, 200)


def test_the_picture_holds_the_key_that_the_page_names(path: str, client: FlaskClient) -> None:
    secret = services.offered_secret(path.rpartition("/")[2])
    page = client.get(path).get_data(as_text=True)
    assert " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)) in page
    picture = client.get(f"{path}/code.svg")
    assert picture.mimetype == "image/svg+xml"
    assert picture.data.startswith(b"<?xml")
    assert b"style" not in picture.data


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password": "short", "again": "short"}, "at least 12 characters"),
        ({"password": "nora likes the radio", "again": "nora likes the radio"}, "Leave your name"),
        ({"password": "Password123456!", "again": "Password123456!"}, "first that are guessed"),
        ({"password": "x" * 129, "again": "x" * 129}, "at most 128"),
        ({"again": "something else entirely"}, "The two passwords differ"),
        ({"code": "000000"}, "not the code your app shows"),
        ({"code": ""}, "Type the six digits"),
        ({"code": "१२३४५६"}, "not the code your app shows"),
    ],
)
def test_what_is_wrong_is_said_and_the_link_stays_good(
    path: str, client: FlaskClient, changes: dict[str, str], said: str
) -> None:
    answer = join(client, path, **changes)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert join(client, path).status_code == 200


@pytest.mark.parametrize(
    "password", ["aaaaaaaaaaaaaaa", "123456789012345", "qwertyqwerty12", "KNPRwelcome1234", "abcabcabcabcabc"]
)
def test_common_passwords_are_refused(password: str) -> None:
    assert policies.password_problem(password, "Nora Quist", "nora@desk.example.org")


def test_an_invitation_arrives_and_its_link_is_kept_nowhere(
    desk: Any, client: FlaskClient, mailbox: Mailbox, outbox: Callable[[], int]
) -> None:
    admin = desk("admin")
    answer = send(
        admin,
        "/desk/staff/invite",
        {"name": "Maya Peña", "email": "maya@desk.example.org", "roles": ["news", "volunteer"]},
    )
    assert answer.status_code == 303
    outbox()
    letter = mailbox.stored[0]
    assert letter.message["To"] == "Maya Peña <maya@desk.example.org>"
    assert letter.message["Auto-Submitted"] == "auto-generated"
    path = link_path(letter.text)
    assert path in letter.html
    token = path.rpartition("/")[2]
    with db.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT text, html FROM outgoing_mail").all()
        events = connection.exec_driver_sql("SELECT data FROM event").all()
    assert token not in str(rows)
    assert token not in str(events)
    assert join(client, path).status_code == 200
    assert "Maya Peña" in client.get("/desk/account").get_data(as_text=True)


def test_an_address_is_invited_once(desk: Any) -> None:
    admin, data = desk("admin"), {"name": "Maya", "email": "maya@desk.example.org", "roles": ["news"]}
    assert send(admin, "/desk/staff/invite", data).status_code == 303
    again = send(admin, "/desk/staff/invite", {**data, "email": "MAYA@desk.example.org"})
    assert again.status_code == 422
    assert "has this email address already" in again.get_data(as_text=True)
    wrong = send(admin, "/desk/staff/invite", {"name": "", "email": "maya", "roles": []}).get_data(as_text=True)
    assert "Type their name" in wrong
    assert "such as ana@example.org" in wrong
    assert "Choose at least one role" in wrong


def test_a_lost_phone(
    path: str,
    client: FlaskClient,
    app: Flask,
    desk: Any,
    mailbox: Mailbox,
    outbox: Callable[[], int],
    later: Callable[..., None],
) -> None:
    join(client, path)
    staff_id = queries.staff_id_of("nora@desk.example.org") or pytest.fail("Nora is missing")
    page = f"/desk/staff/{public_id('staff', staff_id)}"
    assert send(desk("admin"), page, to=f"{page}/second-factor").status_code == 303
    assert client.get("/desk/account").status_code == 303, "her sessions have ended"
    later(minutes=1)
    outbox()
    fresh = link_path(mailbox.stored[-1].text)
    wrong = send(app.test_client(), fresh, {"password": "not my password", "code": code_for(fresh)})
    assert wrong.status_code == 422
    assert "not your password" in wrong.get_data(as_text=True)
    right = send(app.test_client(), fresh, {"password": PASSWORD, "code": code_for(fresh)})
    assert right.status_code == 200
    assert "Keep these ten codes" in right.get_data(as_text=True)


def test_a_forgotten_password_starts_over(path: str, client: FlaskClient, desk: Any) -> None:
    join(client, path)
    staff_id = queries.staff_id_of("nora@desk.example.org") or pytest.fail("Nora is missing")
    page = f"/desk/staff/{public_id('staff', staff_id)}"
    assert send(desk("admin"), page, to=f"{page}/start-over").status_code == 303
    row = db.session.scalars(sa.select(Staff).where(Staff.id == staff_id)).one()
    assert (row.password_hash, row.totp_secret) == (None, None)


def test_ones_own_second_factor_and_codes_are_renewed(
    path: str, client: FlaskClient, later: Callable[..., None]
) -> None:
    before = join(client, path).get_data(as_text=True)
    codes = send(client, "/desk/account", to="/desk/account/recovery-codes")
    assert codes.status_code == 200
    assert codes.get_data(as_text=True) != before
    moved = send(client, "/desk/account", to="/desk/account/second-factor")
    assert moved.status_code == 303
    later(minutes=1)
    fresh = moved.headers["Location"]
    assert send(client, fresh, {"password": PASSWORD, "code": code_for(fresh)}).status_code == 200
