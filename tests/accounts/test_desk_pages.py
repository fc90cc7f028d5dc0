"""Who may open what at the desk; staff, work items and the audit trail."""

from __future__ import annotations

from typing import Any

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from station.accounts import queries, services
from station.accounts.models import Role, StaffRole, WorkItem
from station.core import clock, events
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.ids import new_id, public_id
from tests.browsing import send

# page, the roles that may open it (an admin may open all)
MATRIX = {
    "/desk/": {"development", "underwriting", "news", "volunteer", "auditor"},
    "/desk/account": {"development", "underwriting", "news", "volunteer", "auditor"},
    "/desk/work": {"development", "underwriting", "news", "volunteer", "auditor"},
    "/desk/members": {"development", "auditor"},
    "/desk/mail": {"development", "auditor"},
    "/desk/audit": {"auditor"},
    "/desk/staff": {"auditor"},
    "/desk/staff/invite": set(),
}


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_the_role_matrix(desk: Any, role: str) -> None:
    browser = desk(role)
    got = {page: browser.get(page).status_code for page in MATRIX}
    assert got == {page: 200 if role in {*roles, "admin"} else 403 for page, roles in MATRIX.items()}


@pytest.mark.parametrize("page", MATRIX)
def test_a_stranger_is_sent_to_sign_in_and_back(client: FlaskClient, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/desk/sign-in?next={page}"


def test_a_refusal_says_which_role_is_missing(desk: Any) -> None:
    page = desk("news").get("/desk/members").get_data(as_text=True)
    assert "It is open to: admin, development." in page
    assert "Your roles: news." in page


def test_a_session_without_its_second_factor_opens_nothing(app: Flask) -> None:
    staff_id = services.add_staff("Nora", "nora@desk.example.org", [Role.ADMIN], COMMAND)
    browser = app.test_client()
    with browser.session_transaction("/desk/") as cookie:
        cookie["desk"] = services.start_session(staff_id, second_factor=False)
    assert {browser.get(page).status_code for page in MATRIX} == {303}


def join_with_code(token: str) -> None:
    """Use a link as its owner does."""
    code = pyotp.TOTP(services.offered_secret(token)).at(clock.now())
    services.join(token, "copper kettle sings at dawn", code, "")


@pytest.fixture
def maya(app: Flask) -> str:
    """Maya of the news, and the address of her page."""
    staff_id = services.add_staff("Maya Peña", "maya@desk.example.org", [Role.NEWS], COMMAND)
    return f"/desk/staff/{public_id('staff', staff_id)}"


def roles_of_maya() -> set[str]:
    maya = queries.staff_id_of("maya@desk.example.org")
    return {role.value for role in db.session.scalars(sa.select(StaffRole.role).where(StaffRole.staff_id == maya))}


def test_an_admin_changes_roles_and_the_trail_tells(desk: Any, maya: str) -> None:
    admin = desk("admin")
    assert send(admin, maya, {"roles": ["news", "underwriting"]}, to=f"{maya}/roles").status_code == 303
    assert roles_of_maya() == {"news", "underwriting"}
    trail = admin.get("/desk/audit?package=accounts").get_data(as_text=True)
    assert "Admin Person changed the roles of Maya Peña from news to news, underwriting" in trail


def test_roles_that_do_not_exist_and_none_are_refused(desk: Any, maya: str) -> None:
    admin = desk("admin")
    assert send(admin, maya, {"roles": ["emperor"]}, to=f"{maya}/roles").status_code == 422
    assert send(admin, maya, {}, to=f"{maya}/roles").status_code == 422
    assert roles_of_maya() == {"news"}


def test_an_auditor_reads_staff_and_changes_nothing(desk: Any, maya: str) -> None:
    auditor = desk("auditor")
    page = auditor.get(maya).get_data(as_text=True)
    assert "Maya Peña" in page
    assert "Save roles" not in page
    assert send(auditor, "/desk/account", {"roles": ["admin"]}, to=f"{maya}/roles").status_code == 403
    assert send(auditor, "/desk/account", to=f"{maya}/disable").status_code == 403
    assert roles_of_maya() == {"news"}


@pytest.mark.parametrize("change", ["roles", "disable", "enable", "second-factor", "start-over"])
def test_changes_need_the_form_token(desk: Any, maya: str, change: str) -> None:
    assert desk("admin").post(f"{maya}/{change}", data={"roles": ["admin"]}).status_code == 400
    assert roles_of_maya() == {"news"}


def test_the_last_working_admin_stays(app: Flask, desk: Any) -> None:
    ada = services.add_staff("Ada", "ada@desk.example.org", [Role.ADMIN], COMMAND)
    token = services.make_link(ada, "join").rpartition("/")[2]
    join_with_code(token)
    page = f"/desk/staff/{public_id('staff', ada)}"
    admin = desk("admin")  # an admin who never set up a second factor could not sign in again
    answer = send(admin, page, to=f"{page}/disable")
    assert answer.status_code == 422
    assert "only admin who can sign in" in answer.get_data(as_text=True)
    assert send(admin, page, {"roles": ["news"]}, to=f"{page}/roles").status_code == 422
    bob = services.add_staff("Bob", "bob@desk.example.org", [Role.ADMIN], COMMAND)
    join_with_code(services.make_link(bob, "join").rpartition("/")[2])
    assert send(admin, page, to=f"{page}/disable").status_code == 303


def test_a_disabled_person_is_let_in_again(desk: Any, maya: str) -> None:
    admin = desk("admin")
    assert send(admin, maya, to=f"{maya}/disable").status_code == 303
    assert "disabled" in admin.get("/desk/staff").get_data(as_text=True)
    assert send(admin, maya, to=f"{maya}/enable").status_code == 303
    assert "disabled" not in admin.get("/desk/staff").get_data(as_text=True)


@pytest.mark.parametrize(
    "page",
    [
        "/desk/staff/staff_0",
        "/desk/staff/member_00000000000000000000000000",
        "/desk/staff/staff_00000000000000000000000000",
        "/desk/work/work_x",
    ],
)
def test_unknown_records_are_not_found(desk: Any, page: str) -> None:
    assert desk("admin").get(page).status_code == 404


def test_one_open_item_a_key(app: Flask) -> None:
    first = services.open_work_item("test", "k", Role.NEWS, "A story has no picture")
    assert services.open_work_item("test", "k", Role.NEWS, "The same again") == first
    assert services.close_work_item(first, "found one", COMMAND)
    assert not services.close_work_item(first, "again", COMMAND)
    assert services.open_work_item("test", "k", Role.NEWS, "It is gone again") != first
    assert db.session.scalar(sa.select(sa.func.count()).select_from(WorkItem)) == 2


def test_a_work_item_lives_and_dies_with_its_transaction(app: Flask) -> None:
    def fails() -> None:
        with transaction():
            services.open_work_item("test", "k", Role.NEWS, "A story has no picture")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert queries.work_items(list(Role)) == []


def test_work_is_seen_and_closed_by_its_role(desk: Any) -> None:
    item = services.open_work_item("test", "k", Role.NEWS, "A story has no picture", "Choose one.")
    page = f"/desk/work/{public_id('work', item)}"
    news, development, auditor = desk("news"), desk("development"), desk("auditor")
    assert "A story has no picture" in news.get("/desk/work").get_data(as_text=True)
    assert "A story has no picture" not in development.get("/desk/work").get_data(as_text=True)
    assert development.get(page).status_code == 404
    assert "Close this item" not in auditor.get(page).get_data(as_text=True)
    assert send(auditor, "/desk/account", {"note": "x"}, to=f"{page}/close").status_code == 404
    assert news.post(f"{page}/close", data={"note": "x"}).status_code == 400
    assert send(news, page, {"note": "  "}, to=f"{page}/close").status_code == 422
    assert send(news, page, {"note": "took the dam picture"}, to=f"{page}/close").status_code == 303
    assert "took the dam picture" in news.get("/desk/work?state=done").get_data(as_text=True)
    assert "Nothing waiting" in news.get("/desk/work").get_data(as_text=True)


def test_the_trail_is_paged_and_filtered(desk: Any) -> None:
    with transaction():
        for turn in range(60):
            events.record("accounts.work.closed", COMMAND, [], {"title": f"Item {turn:02d}", "note": "n"})
        events.record("members.member.created", COMMAND, [Subject("member", new_id())], {"name": "Ana"})
    auditor = desk("auditor")
    first = auditor.get("/desk/audit?package=accounts").get_data(as_text=True)
    assert "Item 59" in first
    assert "Item 05" not in first
    assert "Ana" not in first
    later = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    second = auditor.get(later).get_data(as_text=True)
    assert "Item 05" in second
    assert "Item 59" not in second
    assert "Ana" in auditor.get("/desk/audit").get_data(as_text=True)
    assert auditor.get("/desk/audit?package=nonsense&before=nonsense").status_code == 200
