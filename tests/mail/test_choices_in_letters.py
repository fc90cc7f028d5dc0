"""A receipt or notice to a member leads to the page on which they choose their mail, and asks for nothing by it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from station.core.actor import COMMAND, Actor, ActorKind
from station.core.db import db, transaction
from station.mail.models import OutgoingMail, Stream
from station.mail.policies.choices.unsubscribe import MailKey
from station.mail.queries import preferences_url, read_key
from station.mail.render import render
from station.mail.services import queue_mail, send_again
from station.members.models import MemberEmail
from station.members.services import match_or_create
from tests.mail.letters import all_letters, plain_name, sample_of, to_a_member, written

STAFF = Actor(ActorKind.STAFF, "Ana Peña")
LINE = {"en": "Choose which mail you get from us", "es": "Elija qué correos recibe de nosotros"}
TO_MEMBERS = [name for name in all_letters() if to_a_member(name)]


def queued(member_id: UUID | None, email: str = "rosa@example.org", language: str = "en") -> OutgoingMail:
    known = {"name": "Rosa", "gifts": []}
    mail_id = queue_mail(
        kind="test",
        key=f"{member_id}:{language}",
        stream=Stream.NOTICES,
        member_id=member_id,
        to_name="Rosa Díaz",
        to_email=email,
        template="giving/mail/link",
        context=known,
        language=language,
    )
    return db.session().get_one(OutgoingMail, mail_id)


def opened(text: str) -> MailKey | None:
    """What the link to the choices in a letter opens."""
    found = re.search(r"http://localhost/mail/([\w-]+)", text)
    return read_key(found[1]) if found else None


@pytest.mark.parametrize("name", TO_MEMBERS)
def test_a_letter_to_a_member_leads_to_their_choices_in_both_parts(app: Flask, name: str) -> None:
    url, language = sample_of(name)["choices_url"], plain_name(name)[1]
    letter = written(name)
    assert f'<a href="{url}"' in letter.html
    assert letter.text.rstrip().endswith(f"{LINE[language]}:\n{url}")
    assert unescape(letter.html).count(LINE[language]) == 1
    assert ("lang=es" in url) is (language == "es")


@pytest.mark.parametrize("name", TO_MEMBERS)
def test_a_letter_without_the_link_has_no_word_about_it(app: Flask, name: str) -> None:
    plain, language = plain_name(name)
    told = {key: value for key, value in sample_of(name).items() if key != "choices_url"}
    letter = render(plain, told, language)
    assert LINE[language] not in letter.html + letter.text


def test_the_link_opens_the_choices_of_the_address_that_the_letter_goes_to(app: Flask) -> None:
    member_id = match_or_create("Rosa", "Díaz", "rosa@example.org", COMMAND)
    row = queued(member_id)
    assert opened(row.text) == opened(row.html) == MailKey("rosa@example.org", "")


def test_mail_to_staff_has_none(app: Flask) -> None:
    row = queued(None)
    assert opened(row.text) is opened(row.html) is None


def test_a_letter_sent_again_to_another_address_leads_to_the_choices_of_that_one(app: Flask) -> None:
    member_id = match_or_create("Rosa", "Díaz", "rosa@example.org", COMMAND)
    first = queued(member_id)
    with transaction() as session:
        session.query(MemberEmail).filter_by(member_id=member_id).update(
            {"address": "rosa@new.example.org", "normalised": "rosa@new.example.org"}
        )
    copy = db.session().get_one(OutgoingMail, send_again(first.id, STAFF))
    assert copy.recipient == "rosa@new.example.org"
    assert opened(copy.text) == opened(copy.html) == MailKey("rosa@new.example.org", "")
    assert opened(first.text) == MailKey("rosa@example.org", "")


def test_a_letter_sent_again_keeps_every_other_word(app: Flask, house: Any) -> None:
    member_id = match_or_create("Rosa", "Díaz", "rosa@example.org", COMMAND)
    first = queued(member_id)
    copy = db.session().get_one(OutgoingMail, send_again(first.id, STAFF))
    assert (copy.subject, copy.text, copy.html) == (first.subject, first.text, first.html)
    assert preferences_url("rosa@example.org") in copy.text
