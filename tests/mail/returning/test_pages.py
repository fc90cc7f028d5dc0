"""What came back, and whom nothing is sent to, at the desk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from station.core.actor import COMMAND
from station.core.ids import public_id
from station.mail import queries, services
from station.mail.models import MailState, SuppressionReason
from tests.browsing import send
from tests.mail.returning.conftest import Post
from tests.mail.returning.samples import arf, one

HARD = one("5.1.1", "550 5.1.1 user unknown")


def page(browser: FlaskClient, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def of(address: str) -> str:
    found = queries.suppression_of(address)
    assert found
    return f"/desk/suppressions/{found.public_id}"


def test_empty_lists_say_why(desk: Any) -> None:
    browser = desk("development")
    assert "Nothing came back yet" in page(browser, "/desk/bounces")
    assert "No address is suppressed" in page(browser, "/desk/suppressions")


def test_from_the_bounce_to_the_member_and_back(post: Post, desk: Any, ana: UUID) -> None:
    mail = post.send(member_id=ana)
    row = post.comes_back(HARD, mail)
    browser = desk("development")
    shown = page(browser, "/desk/bounces")
    assert "Undelivered Mail Returned to Sender" in shown
    assert "by the signed address" in shown
    inbound = page(browser, f"/desk/bounces/{public_id('in', row.id)}")
    assert "no such mailbox" in inbound
    assert "Diagnostic-Code: smtp; 550 5.1.1 user unknown" in inbound
    about = page(browser, f"/desk/mail/{public_id('mail', mail.id)}")
    assert f"/desk/bounces/{public_id('in', row.id)}" in about
    member = page(browser, f"/desk/members/{public_id('member', ana)}")
    assert of("ana@example.net") in member
    assert "because there is no such mailbox" in member
    record = page(browser, of("ana@example.net"))
    assert "550 5.1.1 user unknown" in record
    assert f"/desk/mail/{public_id('mail', mail.id)}" in record
    assert f"/desk/members/{public_id('member', ana)}" in record


def test_what_arrived_is_shown_as_text_only(post: Post, desk: Any) -> None:
    raw = f"Subject: <script>alert(1)</script>\nFrom: <img src=x>\n\n<b onclick=x>\x00\x07 {HARD}"
    row = post.comes_back(raw)
    shown = page(desk("development"), f"/desk/bounces/{public_id('in', row.id)}")
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "&lt;b onclick=x&gt;" in shown


def test_lifting_wants_a_reason(post: Post, desk: Any) -> None:
    post.comes_back(HARD, post.send())
    browser, record = desk("development"), of("ana@example.net")
    empty = send(browser, f"{record}/lift", {"why": " "})
    assert (empty.status_code, "Say why" in empty.get_data(as_text=True)) == (422, True)
    assert queries.suppression_of("ana@example.net")
    done = send(browser, f"{record}/lift", {"why": "She called: the mailbox works again."})
    assert done.status_code == 303
    assert queries.suppression_of("ana@example.net") is None
    shown = page(browser, record)
    assert "written to again" in shown
    assert "She called: the mailbox works again." in shown
    assert "She called" in page(browser, "/desk/suppressions?lifted=yes")
    assert browser.get(f"{record}/lift").status_code == 303, "it is lifted already"
    assert post.send("2").state is MailState.SENT
    post.comes_back(HARD.replace("Undelivered", "Once more: undelivered"), post.row(post.send("3").id))
    assert "Other times" in page(browser, of("ana@example.net"))


def test_an_address_is_added_by_hand(post: Post, desk: Any) -> None:
    browser = desk("development")
    bad = send(browser, "/desk/suppressions/add", {"address": "not an address", "why": "they asked"})
    text = bad.get_data(as_text=True)
    assert (bad.status_code, "not an address" in text, "they asked" in text) == (422, True, True)
    assert "Choose one." in text
    data = {"address": "Ana@Example.net", "reason": "manual", "why": "wrong person"}
    assert send(browser, "/desk/suppressions/add", data).status_code == 303
    assert send(browser, "/desk/suppressions/add", data).status_code == 303
    assert len(queries.suppressions().rows) == 1
    assert post.send().state is MailState.WITHHELD
    assert "wrong person" in page(browser, "/desk/suppressions?q=ANA%40example")


def test_lists_are_narrowed_and_paged(app: Any, desk: Any) -> None:
    for number in range(55):
        services.suppress(f"p{number:02d}@example.net", SuppressionReason.MANUAL, COMMAND, "old list")
    services.suppress("ana@example.org", SuppressionReason.COMPLAINT, COMMAND)
    browser = desk("development")
    first = page(browser, "/desk/suppressions")
    assert ("ana@example.org" in first, 'rel="next"' in first) == (True, True)
    complaint = page(browser, "/desk/suppressions?reason=complaint")
    assert ("ana@example.org" in complaint, "p54@example.net" in complaint) == (True, False)
    assert "No such address" in page(browser, "/desk/suppressions?q=nobody")
    assert page(browser, "/desk/suppressions?reason=nonsense&before=nonsense")
    cursor = queries.suppressions().before
    assert "p00@example.net" in page(browser, f"/desk/suppressions?before={cursor}")


def test_rates_and_kinds(post: Post, desk: Any) -> None:
    mail = post.send()
    post.comes_back(arf("Feedback-Type: abuse\n"), mail, by="message_id")
    browser = desk("development")
    shown = page(browser, "/desk/bounces?view=complaints")
    assert "FW: Summer news" in shown
    assert "100.00% (1)" in shown
    assert "FW: Summer news" not in page(browser, "/desk/bounces?view=others")
    assert "Mail health" in page(browser, "/desk/")


@pytest.mark.parametrize("path", ["/desk/bounces", "/desk/suppressions", "/desk/suppressions/add"])
def test_who_may(desk: Any, client: FlaskClient, path: str) -> None:
    writes = path.endswith("add")
    assert client.get(path).status_code == 303
    assert desk("news").get(path).status_code == 403
    assert desk("auditor").get(path).status_code == (403 if writes else 200)
    assert desk("development").get(path).status_code == 200
    admin = desk("admin")
    for missing in ("/desk/bounces/in_x", "/desk/suppressions/supp_x", "/desk/suppressions/supp_x/lift"):
        assert admin.get(missing).status_code == 404
