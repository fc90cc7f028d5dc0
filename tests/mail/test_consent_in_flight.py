"""Consent meets the post: what a mail program finds in the header ends it, and a no holds for what still waits."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import jinja2
import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import ROOT
from sandbox.mailbox.testing import Mailbox
from station.core.actor import VISITOR
from station.core.db import db
from station.mail import queries, render
from station.mail.models import MailState, OutgoingMail, Stream
from station.mail.services import queue_mail
from station.mail.shells import MixedMail
from station.members.services import match_or_create

ANA = "ana@example.org"
DRIVE = {
    "test/drive.subject.txt": "The drive needs you",
    "test/drive.html": '{% extends "shell/mail_appeal.html" %}{% block title %}The drive{% endblock %}'
    "{% block body %}<h1>The drive</h1>{% endblock %}",
    "test/drive.txt": '{% extends "shell/mail_appeal.txt" %}{% block body %}The drive needs you.\n{% endblock %}',
}


@pytest.fixture
def ana(app: Flask, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """Ana, in a house that has a letter about the drive."""
    environment = render._environment().overlay(
        loader=jinja2.ChoiceLoader([jinja2.DictLoader(DRIVE), jinja2.FileSystemLoader(ROOT / "templates")])
    )
    monkeypatch.setattr(render, "_environment", lambda: environment)
    return match_or_create("Ana", "Peña", ANA, VISITOR)


def drive(ana: UUID, key: str, language: str = "en", stream: Stream = Stream.APPEALS) -> UUID:
    return queue_mail(
        kind="test.drive",
        key=key,
        stream=stream,
        member_id=ana,
        to_name="Ana Peña",
        to_email=ANA,
        template="test/drive",
        context={},
        topic="drives",
        language=language,
    )


def state_of(mail_id: UUID) -> tuple[MailState, str]:
    row = db.session.get_one(OutgoingMail, mail_id)
    db.session.refresh(row)
    found = row.state, row.last_error
    db.session.rollback()
    return found


def test_the_link_in_the_header_ends_it_and_what_waits_is_kept_back(
    ana: UUID, client: FlaskClient, mailbox: Mailbox, outbox: Callable[[], int]
) -> None:
    drive(ana, "1")
    outbox()
    letter = mailbox.messages[-1]
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = re.search(r"<(http[^>]+)>", letter["List-Unsubscribe"])
    assert link
    waiting = drive(ana, "2")
    answer = client.post(link[1].removeprefix("http://localhost"), data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    outbox()
    assert len(mailbox.messages) == 1
    state, why = state_of(waiting)
    assert (state, "they do not want mail about “Pledge drives”" in why) == (MailState.WITHHELD, True)
    assert queries.wants(ANA, "drives") is False


def test_the_letter_speaks_its_language_down_to_the_foot(
    ana: UUID, mailbox: Mailbox, outbox: Callable[[], int]
) -> None:
    drive(ana, "1", "es")
    outbox()
    text = mailbox.messages[-1].get_body(("plain",)).get_content()
    assert "Cancelar la suscripción a “Campañas de donativos”" in text
    assert "lang=es" in text


def test_an_appeal_cannot_be_sent_as_a_receipt(ana: UUID) -> None:
    with pytest.raises(MixedMail):
        drive(ana, "1", stream=Stream.RECEIPTS)
