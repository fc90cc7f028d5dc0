"""One notice: its row, which is the proof, and its mail, in one transaction. The same one is written once, ever."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from station.accounts.models import Role
from station.accounts.services import open_work_item
from station.core import clock, events
from station.core.actor import Actor, job
from station.core.db import transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.core.upsert import insert_missing
from station.giving import queries
from station.giving.models import Channel, Notice, NoticeDelivery, NoticeKind
from station.giving.policies.notices import CATALOGUE, WORDING, Window
from station.giving.queries import Sustainer
from station.giving.services.notices.letters import Letter
from station.licensee.queries import the_licensee
from station.mail.models import Stream
from station.mail.render import render
from station.mail.services import queue_mail

WRITER = job("the notices")
NOT_GIVEN = "giving.notice_not_given"


def put_down(kind: NoticeKind, donor: Sustainer, period: str, window: Window, letter: Letter) -> UUID | None:
    """Write a notice down; None when this one was before. Joins the transaction. Nothing is sent yet."""
    notice_id, shown = new_id(), render(letter.template, letter.shown(), letter.language)
    fresh = insert_missing(
        Notice,
        id=notice_id,
        kind=kind,
        subscription_id=donor.subscription_id,
        period=period,
        event_on=window.event_on,
        opens_on=window.opens_on,
        due_on=max(window.due_on, window.opens_on),
        asked=letter.asked,
        before=letter.before[:60],
        wording=WORDING,
        language=letter.language,
        subject=shown.subject,
        text=shown.text,
        written_at=clock.now(),
    )
    if not fresh:
        return None
    about = [Subject("notice", notice_id), *queries.sustainer_subjects(donor.subscription_id)]
    said = {"kind": kind.value, "name": CATALOGUE[kind].name, "event_on": window.event_on.isoformat()}
    events.record("giving.notice.written", WRITER, about, said)
    return notice_id


def send(notice_id: UUID, kind: NoticeKind, key: str, donor: Sustainer, letter: Letter) -> UUID | None:
    """Queue a notice's mail; None without an address, and then a person gets the work. Joins the transaction."""
    if not donor.email:
        ask_a_person(notice_id, kind, donor.name, "There is no address that it could be sent to.")
        return None
    mail_id = queue_mail(
        kind=f"giving.notice.{kind.value}",
        key=key,
        stream=Stream.NOTICES,
        member_id=donor.member_id,
        to_name=donor.name,
        to_email=donor.email,
        template=letter.template,
        language=letter.language,
        private=True,
        context=letter.context,
    )
    delivered(notice_id, Channel.MAIL, WRITER, mail_id=mail_id)
    return mail_id


def delivered(notice_id: UUID, how: Channel, actor: Actor, **more: Any) -> None:
    """Write down a way in which a notice was given, or tried to be. Joins the transaction."""
    with transaction() as session:
        values = {"given_on": clock.today(the_licensee().timezone), "note": "", **more}
        session.add(
            NoticeDelivery(id=new_id(), notice_id=notice_id, how=how, by=actor.label[:200], at=clock.now(), **values)
        )
        session.flush()


def give(kind: NoticeKind, donor: Sustainer, period: str, window: Window, letter: Letter) -> UUID | None:
    """Write a notice and its mail; the mail's id, or None when it was written before or nothing can be sent."""
    with transaction():
        notice_id = put_down(kind, donor, period, window, letter)
        key = f"{donor.subscription_id}:{period}"
        return send(notice_id, kind, key, donor, letter) if notice_id else None


def ask_a_person(notice_id: UUID, kind: NoticeKind, name: str, why: str) -> None:
    """A notice did not reach its donor: somebody gives it by post or by phone. Joins the transaction."""
    rule = CATALOGUE[kind]
    open_work_item(
        kind=NOT_GIVEN,
        key=work_key(notice_id),
        role=Role.DEVELOPMENT,
        title=f"A notice did not reach {name}: {rule.name.lower()}",
        detail=f"{why} It counts as not given. Print it and post it, or call, and note that on its page."
        + (" Until then its charge should not come: move it, or leave it out." if rule.binds else ""),
        subject=Subject("notice", notice_id),
        urgent=rule.binds,
    )


def work_key(notice_id: UUID) -> str:
    """The key of the work item about a notice that did not arrive."""
    return f"notice:{notice_id}"
