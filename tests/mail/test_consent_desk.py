"""People's mail at the desk, imports, list exchanges, and what `station check` asks."""

from __future__ import annotations

import re
import threading
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from station.core.actor import COMMAND, VISITOR
from station.core.db import db, transaction
from station.core.ids import public_id
from station.core.places import INVARIANTS
from station.mail import queries, services
from station.mail.models import Consent, ConsentSource, Preference
from station.mail.policies.choices.unsubscribe import MailKey
from station.mail.services import Evidence, ImportDone, Imported
from station.members.services import add_member, change_member, match_or_create
from tests.browsing import send, token_of

ANA = "ana@example.org"
ONE_CLICK = Evidence(ConsentSource.ONE_CLICK)
AT_FIRST = {"renewals", "drives", "benefits"}


@pytest.fixture
def ana(app: Flask) -> UUID:
    return match_or_create("Ana", "Peña", ANA, VISITOR)


def end(topic: str, address: str = ANA) -> None:
    services.unsubscribe(MailKey(address, topic), ONE_CLICK, VISITOR)


def record_page(member: UUID) -> str:
    return f"/desk/members/{public_id('member', member)}"


def note_page(member: UUID) -> str:
    return f"/desk/mail/choices/{public_id('member', member)}"


def ticked(browser: FlaskClient, page: str) -> dict[str, Any]:
    text = browser.get(page).text
    was = re.search(r'name="was" value="([^"]*)"', text)
    assert was
    return {"was": was[1], "on": re.findall(r'name="on" value="([\w.]+)"[^>]* checked', text)}


def broken() -> list[str]:
    found = [line for each in INVARIANTS if each.name == "a no to mail holds" for line in each.broken()]
    db.session.rollback()
    return found


def test_staff_note_what_a_member_said_with_the_way_and_the_words(desk: Any, ana: UUID) -> None:
    browser = desk("development")
    data = ticked(browser, note_page(ana))
    data["on"].remove("drives")
    data |= {"way": "phone", "note": "Called on Nov 20: no drive mail <again>", "leave_out": "y"}
    assert send(browser, note_page(ana), data).status_code == 303
    assert queries.wants(ana, "drives") is False
    assert queries.may_exchange(ana) is False
    shown = browser.get(record_page(ana)).text
    for said in (
        "No: Pledge drives",
        "noted by staff, Development Person",
        "Phone call: Called on Nov 20: no drive mail",
    ):
        assert said in shown
    assert "nded Pledge drives, List exchanges (mail to a•••@example.org, noted by staff)" in shown
    line = queries.consent_history(ANA)[0]
    assert (line.source, line.actor_label) == (ConsentSource.DESK, "Development Person")


def test_without_a_way_and_words_nothing_is_noted_and_nothing_is_lost(desk: Any, ana: UUID) -> None:
    browser = desk("development")
    answer = send(
        browser, note_page(ana), {"was": "drives renewals benefits exchange", "on": ["events"], "none": "y"}
    )
    assert answer.status_code == 422
    for said in ("Say how they told us.", "Write what they said"):
        assert answer.text.count(said) == 2
    assert re.findall(r'name="on" value="([\w.]+)"[^>]* checked', answer.text) == ["events"]
    assert 'name="was" value="drives renewals benefits exchange"' in answer.text
    assert queries.history_of(ana) == []


def test_none_at_all_and_back_at_the_desk(desk: Any, ana: UUID) -> None:
    browser = desk("development")
    said = {"way": "letter", "note": "Letter of Nov 2"}
    send(browser, note_page(ana), {**ticked(browser, note_page(ana)), **said, "none": "y"})
    assert [t.code for t in queries.topics() if queries.wants(ana, t.code)] == []
    assert "They asked for none at all" in browser.get(note_page(ana)).text
    data = ticked(browser, note_page(ana))
    assert data["on"] == []
    send(browser, note_page(ana), {**data, **said, "on": ["events"]})
    assert [t.code for t in queries.topics() if queries.wants(ana, t.code)] == ["events"]
    assert queries.may_exchange(ana) is False


def test_a_no_that_comes_while_the_desk_has_the_page_open_stays(desk: Any, ana: UUID) -> None:
    browser = desk("development")
    data, token = ticked(browser, note_page(ana)), token_of(browser, note_page(ana))
    end("drives")
    data |= {"on": [*data["on"], "events"], "way": "person", "note": "At the counter", "csrf_token": token}
    browser.post(note_page(ana), data=data)
    assert (queries.wants(ana, "drives"), queries.wants(ana, "events")) == (False, True)


def test_who_may_note_it(desk: Any, ana: UUID, client: FlaskClient) -> None:
    auditor = desk("auditor")
    assert auditor.get(note_page(ana)).status_code == 403
    assert desk("development").get("/desk/mail/choices/member_x").status_code == 404
    assert "Note what they told us" not in auditor.get(record_page(ana)).text
    assert client.get(note_page(ana)).status_code == 303


def test_a_member_without_an_address_can_stay_out_of_exchanges(desk: Any, app: Flask) -> None:
    member, browser = add_member("Bo", "Li", "", "", COMMAND), desk("development")
    data = {**ticked(browser, note_page(member)), "way": "letter", "note": "Card in the mail", "leave_out": "y"}
    send(browser, note_page(member), data)
    assert queries.may_exchange(member) is False
    assert "Left out" in browser.get(record_page(member)).text
    change_member(member, "Bo", "Li", "", "bo@example.org", COMMAND)  # and keeps it with an address
    assert (queries.may_exchange(member), queries.may_exchange("bo@example.org")) == (False, False)
    assert broken() == []


def test_a_new_address_does_not_bring_back_mail_that_was_turned_down(ana: UUID) -> None:
    end("drives")
    change_member(ana, "Ana", "Peña", "", "ana@new.example.com", COMMAND)
    assert queries.wants("ana@new.example.com", "drives") is False
    assert queries.wants(ana, "drives") is False
    assert queries.who_wants("drives", ["Ana@New.example.com", ANA]) == set()
    assert queries.who_wants("benefits", ["Ana@New.example.com", ANA]) == {"Ana@New.example.com", ANA}


def test_an_import_never_turns_a_no_into_a_yes(ana: UUID) -> None:
    match_or_create("Bo", "Li", "bo@example.org", VISITOR)
    end("events")
    services.none_at_all(queries.who_is("bo@example.org"), Evidence(ConsentSource.FORM), VISITOR)
    rows = [
        Imported("ANA@example.org", "events", True, "List of 2024, column NEWS=Y"),
        Imported(ANA, "newsletter.news", True, "List of 2024, column NEWS=Y"),
        Imported("bo@example.org", "events", True, "List of 2024, column NEWS=Y"),
        Imported("new@example.org", "events", True, "List of 2024, column NEWS=Y"),
        Imported("no@example.org", "drives", False, "List of 2024, column NOMAIL"),
    ]
    assert services.record_imported(rows, COMMAND) == ImportDone(written=3, refused=2)
    assert services.record_imported(rows, COMMAND) == ImportDone(written=0, refused=2)  # the list comes back
    assert [queries.wants(a, "events") for a in (ANA, "bo@example.org", "new@example.org")] == [False, False, True]
    assert queries.wants(ANA, "newsletter.news") is True
    assert queries.wants("no@example.org", "drives") is False
    assert queries.consent_history("no@example.org")[0].wording == "List of 2024, column NOMAIL"
    assert broken() == []


def test_an_import_does_not_argue_with_a_no_under_another_address(ana: UUID) -> None:
    end("events")
    change_member(ana, "Ana", "Peña", "", "ana@new.example.com", COMMAND)
    done = services.record_imported([Imported("ana@new.example.com", "events", True, "List")], COMMAND)
    assert done == ImportDone(0, 1)


def test_a_yes_is_heard_again_after_a_no_under_another_address(ana: UUID) -> None:
    said = Evidence(ConsentSource.FORM)
    services.choose(queries.who_is(ANA), set(), {"events"}, said, VISITOR)
    change_member(ana, "Ana", "Peña", "", "ana@new.example.com", COMMAND)
    end("events", "ana@new.example.com")
    assert not queries.wants(ANA, "events")
    back = services.choose(queries.who_is(ana), set(), {"events"}, said, VISITOR)
    assert back is not None
    again = services.subscribe(ANA, "events", "Send it", said, VISITOR)
    assert (again, queries.wants(ANA, "events"), broken()) == (None, True, [])
    end("events", "ana@new.example.com")
    assert services.choose(queries.who_is(ANA), set(), {"events"}, said, VISITOR) is not None, "their first address"
    assert queries.wants(ANA, "events")


def test_many_addresses_are_asked_at_once_as_each_would_be(ana: UUID) -> None:
    addresses = [f"m{n}@example.org" for n in range(1200)]
    for n in range(0, 1200, 100):
        end("drives", addresses[n])
    match_or_create("M", "Two", addresses[2], VISITOR)
    kept = queries.who_wants("drives", addresses)
    assert kept == {a for n, a in enumerate(addresses) if n % 100}
    assert queries.who_wants("magazine", addresses) == set()
    assert queries.who_wants("drives", []) == set()


def test_the_report_counts_each_no(desk: Any, ana: UUID, later: Any) -> None:
    browser = desk("development")
    assert "Nobody has turned any of our mail down yet." in browser.get("/desk/mail/unsubscribes").text
    end("drives")
    end("drives", "b@example.org")
    end("magazine", "c@example.org")
    later(days=20)
    services.none_at_all(queries.who_is("b@example.org"), Evidence(ConsentSource.FORM), VISITOR)
    found = queries.unsubscribes()
    counts = {each.code: (*each.spans.values(), each.standing) for each in found.topics}
    assert (counts["drives"], counts["all"], counts["magazine"]) == ((0, 2, 2, 2), (1, 1, 1, 1), (0, 1, 1, 1))
    page = desk("auditor").get("/desk/mail/unsubscribes").text
    assert f'href="{record_page(ana)}">ana@example.org</a>' in page
    assert "3 by the button of a mail program" in page


def test_the_report_has_pages(desk: Any, app: Flask) -> None:
    for n in range(53):
        end("drives", f"m{n}@example.org")
    first = queries.unsubscribes()
    second = queries.unsubscribes(first.before or "")
    assert (len(first.lines), len(second.lines), second.before) == (50, 3, None)
    assert {line.address for line in [*first.lines, *second.lines]} == {f"m{n}@example.org" for n in range(53)}
    browser = desk("development")
    for before in (first.before, "nonsense", ""):
        assert browser.get(f"/desk/mail/unsubscribes?before={before}").status_code == 200


def test_the_check_finds_an_answer_that_is_not_the_last(ana: UUID) -> None:
    end("drives")
    end("benefits")
    assert broken() == []
    with transaction() as session:
        session.execute(sa.update(Preference).where(Preference.topic == "drives").values(given=True))
        session.execute(sa.delete(Preference).where(Preference.topic == "benefits"))
    assert sorted(broken()) == [
        "a•••@example.org: the answer about “benefits” is not the last one given",
        "a•••@example.org: the answer about “drives” is not the last one given",
    ]


def test_many_presses_at_once_are_one_no(app: Flask, ana: UUID) -> None:
    """A mail program that tries again while the first try is still under way; and two topics at the same time."""
    failed: list[BaseException] = []

    def press(topic: str) -> None:
        with app.app_context():
            try:
                end(topic)
            except BaseException as error:
                failed.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=press, args=(topic,)) for topic in ("drives", "drives", "benefits") * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(line.topic for line in queries.consent_history(ANA)) == ["benefits", "drives"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Consent)) == 2
    assert broken() == []
