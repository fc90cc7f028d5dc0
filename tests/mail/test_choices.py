"""The pages behind the links in a letter: what ends what, what changes nothing, and what is written down."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from config import Settings
from station.core import runtime
from station.core.actor import COMMAND, VISITOR
from station.core.db import db, transaction
from station.core.events import Subject, events_of
from station.mail import queries
from station.mail.models import Consent, ConsentSource, Preference
from station.mail.policies.choices.topics import VERSION
from station.members.models import Member, MemberEmail
from station.members.services import match_or_create
from tests.conftest import changed

ANA = "ana@example.org"
PRESS = {"List-Unsubscribe": "One-Click"}
TOPICS = ("renewals", "drives", "newsletter.news", "newsletter.classical", "events", "benefits")
AT_FIRST = {"renewals", "drives", "benefits"}  # what a member gets who never said anything


@pytest.fixture
def ana(app: Flask) -> UUID:
    return match_or_create("Ana", "Peña", ANA, VISITOR)


def path(url: str) -> str:
    return url.removeprefix(runtime.settings().base_url)


def stop_link(topic: str = "drives", address: str = ANA) -> str:
    return path(queries.unsubscribe_url(address, topic))


def choices_link(address: str = ANA) -> str:
    return path(queries.preferences_url(address))


def on(address: str = ANA) -> set[str]:
    return {topic for topic in TOPICS if queries.wants(address, topic)}


def log(address: str = ANA) -> list[tuple[str, bool, str]]:
    return [(line.topic, line.given, line.source.value) for line in queries.consent_history(address)]


def everything() -> tuple[int, int]:
    counts = [db.session.scalar(sa.select(sa.func.count()).select_from(t)) or 0 for t in (Consent, Preference)]
    db.session.rollback()
    return counts[0], counts[1]


def was_of(page: Any) -> str:
    found = re.search(r'name="was" value="([^"]*)"', page.text)
    assert found
    return found[1]


def undo_of(page: Any) -> str:
    found = re.search(r'name="change" value="([^"]+)"', page.text)
    assert found
    return found[1]


def send(client: FlaskClient, link: str, ticked: set[str], was: str | None = None, **more: str) -> Any:
    data = {"on": sorted(ticked), "was": was_of(client.get(link)) if was is None else was, **more}
    return client.post(link, data=data)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reading_a_link_ends_nothing(client: FlaskClient, ana: UUID, method: str) -> None:
    before = (on(), everything())
    stop, page = stop_link(), choices_link()
    for link in (stop, f"{stop}?List-Unsubscribe=One-Click", page, f"{page}?none=yes", f"{page}/done?undone=1"):
        answer = client.open(link, method=method)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    assert (on(), everything()) == before


def test_what_the_link_asks_before_it_ends_anything(client: FlaskClient, ana: UUID) -> None:
    page = client.get(stop_link())
    for said in ("Stop this mail?", "Pledge drives", "a•••@example.org", "Nothing has changed yet"):
        assert said in page.text
    assert ANA not in page.text
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["Cache-Control"] == "private, no-store"


def test_one_click_ends_it_with_the_same_answer_each_time(client: FlaskClient, ana: UUID) -> None:
    answers = [client.post(stop_link(), data=PRESS) for _ in range(3)]
    assert [a.status_code for a in answers] == [200, 200, 200]
    assert {a.text for a in answers} == {answers[0].text}
    assert [(h, v) for a in answers for h, v in a.headers if h in ("Set-Cookie", "Location")] == []
    assert on() == AT_FIRST - {"drives"}
    assert log() == [("drives", False, "one_click")]


def test_one_click_is_taken_in_both_forms_of_the_standard(client: FlaskClient, ana: UUID) -> None:
    client.post(stop_link("drives"), data=PRESS, content_type="multipart/form-data")
    client.post(
        stop_link("benefits"),
        data=b"List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
        headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example.com"},
    )
    assert on() == {"renewals"}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/x-www-form-urlencoded"),
        (b"List-Unsubscribe=one-click", "application/x-www-form-urlencoded"),
        (b"List-Unsubscribe=One-Click&List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
        (b"List-Unsubscribe=One-Click&x=1", "application/x-www-form-urlencoded"),
        (b"list-unsubscribe=One-Click", "application/x-www-form-urlencoded"),
        (b"List-Unsubscribe=One-Click", "text/plain"),
        (b'{"List-Unsubscribe": "One-Click"}', "application/json"),
        (b"\xff\xfe\x00" * 50, "multipart/form-data; boundary=x"),
    ],
)
def test_another_body_ends_nothing(client: FlaskClient, ana: UUID, body: bytes, kind: str) -> None:
    answer = client.post(stop_link(), data=body, content_type=kind)
    assert answer.status_code == 400
    assert "Nothing was changed" in answer.text
    assert everything() == (0, 0)


def test_a_token_that_is_not_ours_ends_nothing_and_says_what_to_do(client: FlaskClient, ana: UUID) -> None:
    token = stop_link().rpartition("/")[2]
    other = token[:-2] + ("AA" if token[-2:] != "AA" else "BB")
    hostile = [
        other, token[:-1], token + "A", token[1:], "2" + token[1:], token.lower(), token.upper(), "1", "1" * 300,
        "A" * 3000, "%00", "1%0d%0aSet-Cookie:x", "..%2f..%2fetc", "é", "1é", "' OR 1=1--", "undefined", "1====",
        token + "=", token + "%0a", choices_link().rpartition("/")[2],
    ]  # fmt: skip
    for each in hostile:
        for answer in (client.get(f"/mail/unsubscribe/{each}"), client.post(f"/mail/unsubscribe/{each}", data=PRESS)):
            assert 400 <= answer.status_code < 500, each
            assert ANA not in answer.text
    assert everything() == (0, 0)
    answer = client.post(f"/mail/unsubscribe/{other}", data=PRESS)
    assert (answer.status_code, "This link is not complete" in answer.text) == (404, True)
    for each in hostile[:-1]:
        assert client.post(f"/mail/{each}", data={"none": "yes"}).status_code in (400, 404, 405)
        assert client.post(f"/mail/{each}/undo", data={"change": "choice_x"}).status_code in (400, 404, 405)
    assert everything() == (0, 0)


def test_a_link_shows_no_address_and_is_the_same_each_time(ana: UUID) -> None:
    link = queries.unsubscribe_url(ANA, "drives")
    assert link == queries.unsubscribe_url("  ANA@Example.org ", "drives")
    assert link != queries.unsubscribe_url(ANA, "benefits")
    assert link != queries.unsubscribe_url("ann@example.org", "drives")
    assert "ana" not in link.lower()
    assert len(link) < 160


def test_links_of_older_keys_still_work_and_of_foreign_ones_do_not(
    client: FlaskClient, ana: UUID, settings: Settings
) -> None:
    old, older, fresh = "old-key-" * 5, "older-key-" * 5, "fresh-key-" * 5
    links = []
    for key in (old, older):
        with changed(settings, secret_key=key):
            links.append(stop_link("drives" if key == old else "benefits"))
    with changed(settings, secret_key=fresh, secret_key_fallbacks=(older, old)):
        assert [client.post(link, data=PRESS).status_code for link in links] == [200, 200]
        assert on() == {"renewals"}
    with changed(settings, secret_key=fresh):
        assert [client.get(link).status_code for link in links] == [404, 404]


def test_a_link_works_years_later(client: FlaskClient, ana: UUID, later: Callable[..., None]) -> None:
    link = stop_link()
    later(days=4000)
    assert client.post(link, data=PRESS).status_code == 200
    assert "drives" not in on()


def test_a_link_outlives_a_merge(client: FlaskClient, ana: UUID) -> None:
    """The address moves to another member, who has one of their own: both are left alone."""
    link, other = stop_link(), match_or_create("Anna", "Pena", "anna@example.com", VISITOR)
    with transaction() as session:
        row = session.scalars(sa.select(MemberEmail).where(MemberEmail.member_id == ana)).one()
        row.member_id, row.is_primary = other, False
    assert client.post(link, data=PRESS).status_code == 200
    assert (queries.wants(ANA, "drives"), queries.wants("anna@example.com", "drives")) == (False, False)
    assert queries.wants(other, "drives") is False
    assert queries.wants(other, "benefits") is True
    assert queries.history_of(other)[0].topic == "drives"


def test_a_no_before_a_merge_holds_after_it(client: FlaskClient, ana: UUID) -> None:
    other = match_or_create("Anna", "Pena", "anna@example.com", VISITOR)
    client.post(stop_link(), data=PRESS)
    assert queries.wants(other, "drives") is True
    with transaction() as session:
        row = session.scalars(sa.select(MemberEmail).where(MemberEmail.member_id == ana)).one()
        row.member_id, row.is_primary = other, False
    assert queries.wants(other, "drives") is False
    assert queries.who_wants("drives", [ANA, "anna@example.com", "b@example.org"]) == {"b@example.org"}
    assert [line.topic for line in queries.history_of(ana)] == ["drives"]  # the log stays under the old member, too


def test_a_link_outlives_the_member(client: FlaskClient, ana: UUID) -> None:
    link, page = stop_link(), choices_link()
    with transaction() as session:
        session.execute(sa.delete(MemberEmail).where(MemberEmail.member_id == ana))
        session.execute(sa.delete(Member).where(Member.id == ana))
    assert client.get(page).status_code == 200
    assert client.post(link, data=PRESS).status_code == 200
    assert queries.wants(ANA, "drives") is False
    again = match_or_create("Ana", "Peña", ANA, VISITOR)  # and they come back with another gift
    assert queries.wants(again, "drives") is False


def test_a_topic_that_is_no_more_still_ends(client: FlaskClient, ana: UUID) -> None:
    link = stop_link("magazine")
    assert "This kind of mail" in client.get(link).text
    assert client.post(link, data=PRESS).status_code == 200
    assert log() == [("magazine", False, "one_click")]
    assert queries.wants(ANA, "magazine") is False


def test_the_page_shows_what_holds_and_what_each_means(client: FlaskClient, ana: UUID) -> None:
    page = client.get(choices_link())
    assert set(re.findall(r'name="on" value="([\w.]+)"[^>]* checked', page.text)) == AT_FIRST
    for topic in queries.topics():
        assert topic.said("en").name in page.text
        assert topic.said("en").line in page.text
    for said in ("a•••@example.org", "Receipts, yearly statements", "Leave me out of list exchanges", "None at all"):
        assert said in page.text
    assert ANA not in page.text
    assert "Peña" not in page.text


def test_choices_are_saved_shown_and_undone(client: FlaskClient, ana: UUID) -> None:
    link = choices_link()
    sent = send(client, link, {"renewals", "newsletter.news"}, leave_out="yes")
    assert sent.status_code == 303
    assert on() == {"renewals", "newsletter.news"}
    assert queries.may_exchange(ANA) is False
    shown = client.get(sent.location)
    assert "Your choices are saved" in shown.text
    undone = client.post(f"{link}/undo", data={"change": undo_of(shown)})
    assert "It is undone" in client.get(undone.location).text
    assert on() == AT_FIRST
    assert len(log()) == 8


def test_none_at_all_ends_everything_even_later_topics_and_can_be_undone(client: FlaskClient, ana: UUID) -> None:
    link = choices_link()
    send(client, link, AT_FIRST | {"events"})
    sent = client.post(link, data={"none": "yes", "on": ["drives"], "was": ""})
    assert on() == set()
    assert queries.may_exchange(ANA) is False
    assert "You asked for none of this" in client.get(link).text
    undone = client.post(f"{link}/undo", data={"change": undo_of(client.get(sent.location))})
    assert client.get(undone.location).status_code == 200
    assert on() == AT_FIRST | {"events"}


def test_after_none_at_all_one_topic_can_be_had_again(client: FlaskClient, ana: UUID) -> None:
    client.post(choices_link(), data={"none": "yes"})
    send(client, choices_link(), {"drives"})
    assert on() == {"drives"}
    sent = client.post(choices_link(), data={"none": "yes"})
    assert on() == set()
    client.post(f"{choices_link()}/undo", data={"change": undo_of(client.get(sent.location))})
    assert on() == {"drives"}


def test_a_page_left_open_in_another_tab_takes_nothing_back(client: FlaskClient, ana: UUID) -> None:
    link = choices_link()
    first, second = was_of(client.get(link)), was_of(client.get(link))
    send(client, link, AT_FIRST - {"drives"}, was=first)
    send(client, link, AT_FIRST | {"events"}, was=second)  # drives are still ticked there, and not touched
    assert on() == (AT_FIRST - {"drives"}) | {"events"}


def test_undo_leaves_alone_what_was_said_since(client: FlaskClient, ana: UUID) -> None:
    link = choices_link()
    first = client.get(send(client, link, {"renewals"}).location)
    send(client, link, {"renewals", "drives"})
    send(client, link, {"renewals"})
    client.post(f"{link}/undo", data={"change": undo_of(first)})
    assert on() == {"renewals", "benefits"}


def test_nobody_undoes_or_sees_the_change_of_another_address(client: FlaskClient, ana: UUID) -> None:
    match_or_create("Bo", "Li", "bo@example.org", VISITOR)
    change = undo_of(client.get(send(client, choices_link(), {"renewals"}).location))
    other = choices_link("bo@example.org")
    for wrong in (change, "choice_nonsense", "", "x" * 500):
        answer = client.post(f"{other}/undo", data={"change": wrong})
        assert "Nothing was changed" in client.get(answer.location).text
    assert on() == {"renewals"}
    assert log("bo@example.org") == []


def test_saving_what_is_there_already_is_no_change(client: FlaskClient, ana: UUID) -> None:
    sent = send(client, choices_link(), set(AT_FIRST))
    assert "Nothing was changed" in client.get(sent.location).text
    assert everything() == (0, 0)


def test_topics_that_nobody_knows_are_left_aside(client: FlaskClient, ana: UUID) -> None:
    was = " ".join([*AT_FIRST, "exchange", "x", "all", "'"])
    send(client, choices_link(), AT_FIRST | {"all", "exchange'", "<b>", "magazine", ""}, was=was)
    assert log() == []
    client.post(choices_link(), data={"on": ["renewals", "drives", "benefits"]})  # and a form without what was before
    assert log() == []
    assert on() == AT_FIRST


def test_the_log_holds_the_words_and_who_said_so(client: FlaskClient, ana: UUID) -> None:
    agent = {"User-Agent": "Mozilla/5.0 " + "x" * 500}
    client.post(stop_link(), data=PRESS, headers=agent)
    client.post(f"{stop_link('benefits')}?lang=es", data=PRESS, headers={"Sec-Fetch-Mode": "navigate"})
    send(client, choices_link(), {"renewals", "events"})
    lines = {line.topic: line for line in db.session.scalars(sa.select(Consent))}
    one, two, three = lines["drives"], lines["benefits"], lines["events"]
    assert one.wording == "List-Unsubscribe-Post: List-Unsubscribe=One-Click (Pledge drives)"
    assert (one.source, one.before, one.member_id) == (ConsentSource.ONE_CLICK, None, ana)
    assert (len(one.browser), len(one.network), one.wording_version) == (200, 32, VERSION)
    assert "127.0.0.1" not in one.network
    assert (two.source, two.language) == (ConsentSource.FORM, "es")
    assert "¿Terminar estos correos? Beneficios para miembros." in two.wording
    assert three.wording.startswith("Your mail from us: Choose what you want to get: Events. Concerts")
    told = [e for e in events_of(Subject("member", ana)) if e.name == "mail.consent.changed"]
    assert len(told) == 3
    assert told[-1].data["withdrawn"] == ["Pledge drives"]
    assert ANA not in str(told[-1].data)


@pytest.mark.parametrize("verb", ["UPDATE mail_consent SET given = NOT given", "DELETE FROM mail_consent"])
def test_the_log_only_grows(client: FlaskClient, ana: UUID, verb: str) -> None:
    client.post(stop_link(), data=PRESS)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), transaction() as session:
        session.execute(sa.text(verb))


def test_it_is_all_there_in_spanish(client: FlaskClient, ana: UUID) -> None:
    link = f"{choices_link()}?lang=es"
    page = client.get(link)
    for said in ('<html lang="es"', "Sus correos de nuestra parte", "Campañas de donativos", "Boletín de News 88.9"):
        assert said in page.text
    for said in ("Ir al contenido principal", "¿Preguntas sobre su membresía?", "Escuchar en vivo"):
        assert said in page.text
    for unsaid in ("Choose what", "Pledge drives", "Listen to", "Save my", "Note:", "Skip to"):
        assert unsaid not in page.text
    assert f'href="{choices_link()}" lang="en" hreflang="en">English</a>' in page.text
    assert f'href="{link}" lang="es" hreflang="es">Español</a>' in client.get(choices_link()).text
    sent = client.post(link, data={"on": ["drives"], "was": was_of(page)})
    shown = client.get(sent.location)
    assert "Sus preferencias están guardadas" in shown.text
    assert "Deshacer" in shown.text
    assert "¿Terminar estos correos?" in client.get(f"{stop_link()}?lang=es").text
    assert "Estos correos terminaron" in client.post(f"{stop_link()}?lang=es", data=PRESS).text
    assert "Este enlace no está completo" in client.get("/mail/x?lang=es").text
    assert '<html lang="en"' in client.get(f"{choices_link()}?lang=tlh").text


def test_the_way_to_the_other_language_leads_nowhere_else(client: FlaskClient, ana: UUID) -> None:
    hostile = "?lang=es&_scheme=javascript&_external=1&_anchor=x&token=other&change=%22%3E%3Cb%3E"
    page = client.get(choices_link() + hostile)
    assert re.search(r'<a href="(/mail/[^"]+)" lang="en"', page.text)
    assert "javascript" not in page.text
    assert client.post(f"{choices_link()}/undo?lang=es", data={"change": "x"}).status_code == 303


def test_an_address_that_is_no_member_is_left_alone_too(client: FlaskClient, app: Flask) -> None:
    assert client.post(stop_link("drives", "nobody@example.org"), data=PRESS).status_code == 200
    assert queries.wants("Nobody@Example.org", "drives") is False
    late = match_or_create("No", "Body", "nobody@example.org", COMMAND)
    assert queries.wants(late, "drives") is False
    assert replace(queries.choices(late), topics=()).masked == "n•••@example.org"
