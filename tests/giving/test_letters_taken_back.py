"""Whoever has the letter about a gift that is taken back is told, once, that it holds no more; nobody else is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from sandbox.mailbox.testing import Mailbox
from station.accounts.models import WorkItem, WorkState
from station.accounts.services import close_work_item
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.ids import new_id, public_id
from station.giving.models import Gift
from station.giving.queries.letters import LetterWords
from station.giving.services import NewDonor, OfflineGift, void_gift, write_letters
from station.mail.facts import MailBounced
from station.mail.models import MailState, OutgoingMail
from station.members.models import Member
from station.payments.models import Tender, Way
from station.receipts.policies import Because, Why
from station.receipts.queries import letters_of
from station.receipts.reactors import mail_bounced
from station.receipts.services import mail_letter, post_letter, void_letters_of
from tests.giving.test_offline import ANA, check, open_work, record, told
from tests.receipts.test_letters import send

check = check  # a fixture

IDA = NewDonor("Ida", "Paper")
Write = Callable[..., tuple[Gift, UUID]]


@pytest.fixture
def write(check: OfflineGift) -> Write:
    """A gift with its letters, and the id of the first one."""

    def written(language: str = "en", **changes: Any) -> tuple[Gift, UUID]:
        gift = record(replace(check, **{"tender": Tender.OTHER, "way": Way.IRA, "number": "", **changes}))
        with transaction() as session:
            session.get_one(Member, gift.member_id).language = language
        words = LetterWords(fund="The Ruiz Fund", adviser="Bo Li", holder="A bank")
        return gift, write_letters(gift.id, words, COMMAND)[0]

    return written


def posting(letter_id: UUID) -> None:
    with transaction():
        post_letter(letter_id, "L2026-000001", "Ida Paper", "It came back.")


def left() -> None:
    """All mail is sent."""
    with transaction() as session:
        session.execute(sa.update(OutgoingMail).values(state=MailState.SENT))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("entered in our books by mistake", "letter L2026-000001 therefore holds no more")),
        ("es", ("se anotó por error en nuestros libros", "nuestra carta L2026-000001 ya no es válida")),
    ],
)
def test_who_was_mailed_a_letter_is_told_once_in_their_language(
    write: Write, mailbox: Mailbox, outbox: Callable[[], int], language: str, words: tuple[str, str]
) -> None:
    gift, letter = write(language)
    mail_letter(letter, "ana@example.org", COMMAND)
    outbox()
    void_gift(gift.id, "meant for Ben Li", COMMAND)
    void_letters_of(gift.id, Why(Because.MISTAKE), COMMAND)
    assert [each[:2] for each in told()] == [("letter", "sent"), ("letter_void", "queued")]
    said = " ".join(told()[1][2].split())
    assert [each for each in words if each not in said] == []
    assert "Ben Li" not in said
    assert open_work() == []
    (view,) = letters_of(gift.id)
    assert words[0] in view.void_because, "its reader reads it on paper"


def test_who_has_a_letter_on_paper_is_told_on_paper(write: Write) -> None:
    gift, letter = write(donor=IDA)
    posting(letter)
    (item,) = db.session().scalars(sa.select(WorkItem.id).where(WorkItem.kind == "receipts.letter_by_post"))
    close_work_item(item, "posted", COMMAND)
    void_gift(gift.id, "typed twice", COMMAND)
    assert (told(), open_work()) == ([], ["Tell Ida Paper by post that letter L2026-000001 is void"])


@pytest.mark.parametrize(("donor", "name"), [(ANA, "Ana Ruiz"), (IDA, "Ida Paper")])
def test_of_a_letter_without_mail_a_person_knows_whether_it_was_posted(
    write: Write, donor: NewDonor, name: str
) -> None:
    gift, _ = write(donor=donor)
    void_gift(gift.id, "typed twice", COMMAND)
    assert (told(), open_work()) == ([], [f"Tell {name} by post that letter L2026-000001 is void"])
    detail = db.session().scalars(sa.select(WorkItem.detail).where(WorkItem.state == WorkState.OPEN)).one()
    assert "Nothing here says whether it was posted" in detail


def test_sponsor_and_adviser_are_told_each_about_their_own(write: Write) -> None:
    gift, letter = write(way=Way.FUND)
    mail_letter(letter, "ana@example.org", COMMAND)
    left()
    void_gift(gift.id, "typed twice", COMMAND)
    assert [each[0] for each in told()] == ["letter", "letter_void"]
    assert "tax" not in told()[1][2].lower(), "the letters of a grant say no word of taxes"
    assert open_work() == ["Tell Bo Li by post that letter L2026-000002 is void"]


def test_nobody_is_told_of_a_letter_that_never_left(write: Write) -> None:
    mailed, first = write()
    mail_letter(first, "ana@example.org", COMMAND)
    void_gift(mailed.id, "typed twice", COMMAND)
    printed, second = write(donor=IDA)
    posting(second)
    void_gift(printed.id, "typed twice", COMMAND)
    assert ([each[:2] for each in told()], open_work()) == ([("letter", "aborted")], [])


def test_what_tells_of_a_void_letter_and_comes_back_goes_on_paper(write: Write) -> None:
    gift, letter = write()
    mail_letter(letter, "ana@example.org", COMMAND)
    left()
    void_gift(gift.id, "typed twice", COMMAND)
    for kind, key in (("letter", f"{letter}:ana@example.org"), ("letter_void", f"{letter}:void")):
        mail_bounced(MailBounced(new_id(), kind, key, gift.member_id, "hard"))
    assert open_work() == ["Tell Ana Ruiz by post that letter L2026-000001 is void"]


def test_a_letter_that_is_replaced_leaves_no_more_and_its_successor_tells(write: Write) -> None:
    gift, letter = write()
    mail_letter(letter, "ana@example.org", COMMAND)
    write_letters(gift.id, LetterWords(holder="Another bank"), COMMAND, "It named the wrong bank.")
    assert ([each[:2] for each in told()], open_work()) == ([("letter", "aborted")], [])


def test_no_letter_is_asked_for_any_more(check: OfflineGift) -> None:
    gift = record(replace(check, tender=Tender.OTHER, way=Way.IRA, number=""))
    assert len(open_work()) == 1
    void_gift(gift.id, "typed twice", COMMAND)
    assert open_work() == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Letter L2026-000001, void", "This letter holds no more.")),
        ("es", ("Carta L2026-000001, anulada", "Esta carta ya no es válida.")),
    ],
)
def test_its_paper_says_that_it_is_void_and_why(
    write: Write, desk: Callable[..., FlaskClient], language: str, words: tuple[str, str]
) -> None:
    gift, letter = write(language)
    paper = f"/desk/letters/{public_id('letter', letter)}/print"
    browser = desk("development")
    assert [each for each in words if each in browser.get(paper).text] == []
    void_gift(gift.id, "typed twice", COMMAND)
    page = browser.get(paper).text
    assert [each for each in (*words, Why(Because.MISTAKE).said(language)) if each not in page] == []


def test_the_adviser_of_a_fund_is_not_mailed_at_the_sponsors_address(
    write: Write, desk: Callable[..., FlaskClient]
) -> None:
    gift, _ = write(way=Way.FUND)
    adviser = next(each for each in letters_of(gift.id) if each.to_name == "Bo Li")
    gift_page = f"/desk/gifts/{public_id('gift', gift.id)}"
    page = send(desk("development"), f"/desk/letters/{adviser.public_id}/mail", {}, gift_page)
    assert "cannot be mailed" in page.text
    assert told() == []
