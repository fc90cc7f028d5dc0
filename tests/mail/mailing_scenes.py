"""What tests of mailings do again and again: members, words, and the way to a frozen or a running mailing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.actor import COMMAND, Actor, ActorKind
from station.core.addresses import normalise_email
from station.core.db import db, transaction
from station.core.ids import new_id
from station.mail.models import LanguageRule, Mailing, MailingRecipient, OutgoingMail
from station.mail.policies.mailings import Words
from station.mail.queries import mailings as queries
from station.mail.services import mailings as services
from station.mail.services.mailings import Wish
from station.members.models import Member, MemberEmail, MemberKind

STAFF = Actor(ActorKind.STAFF, "Dana Development", new_id())
ENGLISH = Words(
    subject="The fall drive, {first_name|neighbor}",
    preheader="What it needs",
    headline="Good morning, {first_name}",
    body="The drive begins on Monday.\nIt ends on Friday.\n\nSee https://example.org/drive for more.",
    button="Give now",
    button_url="https://example.org/give",
)
SPANISH = Words(
    subject="La campaña de otoño",
    headline="Buenos días, {first_name}",
    body="La campaña empieza el lunes.",
    button="Donar",
    button_url="https://example.org/es/give",
)


def member(given: str, email: str, language: str = "en", family: str = "Ruiz") -> UUID:
    """A member, past the services: tests want many, and some as no form would take them."""
    member_id = new_id()
    with transaction() as session:
        session.add(
            Member(
                id=member_id,
                kind=MemberKind.PERSON,
                name=f"{given} {family}".strip(),
                given_name=given,
                family_name=family,
                language=language,
                created_at=clock.now(),
            )
        )
        session.flush()
        if email:
            session.add(
                MemberEmail(
                    member_id=member_id, address=email, normalised=normalise_email(email), created_at=clock.now()
                )
            )
    return member_id


def members(many: int, domain: str = "example.org") -> None:
    """So many members, fast."""
    now, ids = clock.now(), [new_id() for _ in range(many)]
    with transaction() as session:
        session.execute(
            sa.insert(Member),
            [
                {
                    "id": each,
                    "kind": MemberKind.PERSON,
                    "name": f"Ana Number {n}",
                    "given_name": "Ana",
                    "family_name": f"Number {n}",
                    "language": "en",
                    "created_at": now,
                }
                for n, each in enumerate(ids)
            ],
        )
        session.execute(
            sa.insert(MemberEmail),
            [
                {
                    "id": new_id(),
                    "member_id": each,
                    "address": f"ana{n}@{domain}",
                    "normalised": f"ana{n}@{domain}",
                    "is_primary": True,
                    "created_at": now,
                }
                for n, each in enumerate(ids)
            ],
        )


def wish(**changes: Any) -> Wish:
    values: dict[str, Any] = {
        "name": "Fall drive",
        "topic": "drives",
        "language_rule": LanguageRule.THEIRS,
        "list_code": "everybody",
        "list_choice": "",
        "entries": (),
        "words": {"en": ENGLISH, "es": SPANISH},
        **changes,
    }
    return Wish(**values)


def draft(**changes: Any) -> UUID:
    return services.write_mailing(new_id(), wish(**changes), STAFF)


def passed(**changes: Any) -> UUID:
    """A mailing whose words were tested (the test letter is called off: it is nobody's here)."""
    mailing_id = draft(**changes)
    services.send_test(mailing_id, ["dana@desk.example.org"], "1", STAFF)
    with transaction() as session:
        session.execute(sa.delete(OutgoingMail).where(OutgoingMail.kind == services.KIND_OF_TESTS))
    return mailing_id


def frozen(**changes: Any) -> UUID:
    mailing_id = passed(**changes)
    assert services.check(mailing_id, STAFF) == []
    services.freeze(mailing_id, STAFF)
    while services.freeze_some(mailing_id):
        pass
    return mailing_id


def begun(**changes: Any) -> UUID:
    mailing_id = frozen(**changes)
    assert services.begin(mailing_id, "", STAFF)
    return mailing_id


def row(mailing_id: UUID) -> Mailing:
    db.session.rollback()
    return db.session.get_one(Mailing, mailing_id)


def rows(mailing_id: UUID) -> list[MailingRecipient]:
    db.session.rollback()
    found = sa.select(MailingRecipient).where(MailingRecipient.mailing_id == mailing_id)
    return list(db.session.scalars(found.order_by(MailingRecipient.position)))


def counts(mailing_id: UUID) -> dict[str, int]:
    """What became of everybody, without what is nought."""
    db.session.rollback()
    return {name: many for name, many in queries.results(mailing_id).counts.items() if many}


__all__ = [
    "COMMAND",
    "ENGLISH",
    "SPANISH",
    "STAFF",
    "begun",
    "counts",
    "draft",
    "frozen",
    "member",
    "members",
    "passed",
    "row",
    "rows",
    "wish",
]  # fmt: skip
