"""A copy of a database neither charges nor writes to anybody, until a person says that it belongs where it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from sandbox.mailbox.testing import Mailbox
from sandbox.stripe.testing import Handle
from station.accounts.models import WorkItem
from station.core import fingerprint, runtime
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.fingerprint import Environment
from station.mail.models import MailState, OutgoingMail, Stream
from station.mail.services import queue_mail
from station.payments import gateway, queries, services
from station.payments.cli import fingerprint_group
from station.payments.gateway import StripeRefused, StripeUnavailable, client
from tests.conftest import changed

LIVE = Environment("production", True, "acct_live", "https://give.example.org")
STAGING = Environment("development", False, "acct_1Sandbox00000000", "https://staging.example.org")


@pytest.fixture(autouse=True)
def fresh(app: Flask) -> Iterator[None]:
    """Nothing that this process knew of another database or key."""
    fingerprint.forget()
    client._account_of.cache_clear()
    yield
    fingerprint.forget()
    client._account_of.cache_clear()


def came_from(environment: Environment) -> None:
    """The database is a copy of that environment's."""
    fingerprint.imprint(environment, anew=True)
    fingerprint.forget()


def mark() -> Environment:
    found = fingerprint.stored()
    assert found
    return found


def write(key: str = "1", to: str = "ana@donors.example.com") -> OutgoingMail:
    queue_mail(
        kind="test",
        key=key,
        stream=Stream.NOTICES,
        member_id=None,
        to_name="Ana",
        to_email=to,
        template="mail/notices/invitation",
        context={"name": "Ana", "link": "http://localhost/desk/", "purpose": "join"},
    )
    return letter(key)


def letter(key: str = "1") -> OutgoingMail:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(sa.select(OutgoingMail).where(OutgoingMail.key == key)).one()


@contextmanager
def production(stripe: Handle) -> Iterator[None]:
    """Production, so far as it can be played here: a live key (which the sandbox is told to take)."""
    stripe.sandbox.settings.api_key = "sk_live_ours"
    with changed(runtime.settings(), mode="production", stripe_api_key="sk_live_ours"):
        yield


def charges(stripe: Handle) -> list[str]:
    """What was asked of Stripe, but for whose key this is."""
    return [f"{each['method']} {each['path']}" for each in stripe.requests if each["path"] != "/v1/account"]


def test_the_first_call_leaves_a_mark_and_the_next_ones_ask_nothing_more(stripe_sandbox: Handle) -> None:
    client._account_of.cache_clear()
    assert fingerprint.stored() is None
    gateway.invoices_of("sub_none")
    gateway.invoices_of("sub_none")
    assert mark() == Environment("test", False, "acct_1Sandbox00000000", runtime.settings().base_url)
    asked = [each["path"] for each in stripe_sandbox.requests]
    assert asked == ["/v1/account", "/v1/invoices", "/v1/invoices"]


def test_mail_leaves_a_mark_too_and_its_account_is_added_later(
    stripe_sandbox: Handle, mailbox: Mailbox, outbox: Callable[[], int]
) -> None:
    client._account_of.cache_clear()
    with changed(runtime.settings(), stripe_api_base="http://127.0.0.1:9"):
        write()
        outbox()
    assert letter().state is MailState.SENT, "mail does not wait for Stripe"
    assert mark().account == ""
    fingerprint.forget()
    gateway.invoices_of("sub_none")
    assert mark().account == "acct_1Sandbox00000000"


def test_production_with_a_copied_staging_database_does_nothing(
    stripe_sandbox: Handle, mailbox: Mailbox, outbox: Callable[[], int]
) -> None:
    came_from(STAGING)
    with production(stripe_sandbox):
        refused_and_held(stripe_sandbox, mailbox, outbox)


def test_staging_with_a_copied_production_database_does_nothing(
    stripe_sandbox: Handle, mailbox: Mailbox, outbox: Callable[[], int]
) -> None:
    came_from(LIVE)
    refused_and_held(stripe_sandbox, mailbox, outbox)


def test_another_account_in_the_same_mode_is_another_environment(
    stripe_sandbox: Handle, mailbox: Mailbox, outbox: Callable[[], int]
) -> None:
    came_from(Environment("test", False, "acct_other", "http://localhost"))
    refused_and_held(stripe_sandbox, mailbox, outbox)


def refused_and_held(stripe: Handle, mailbox: Mailbox, outbox: Callable[[], int]) -> None:
    before = mark()
    with pytest.raises(StripeUnavailable, match="station fingerprint accept"):
        gateway.create_checkout({"mode": "payment"}, "key")
    with pytest.raises(StripeUnavailable, match="money calls and mail are held"):
        gateway.fetch_charge("ch_1")
    write()
    outbox()
    held = letter()
    assert (held.state, mailbox.messages, charges(stripe)) == (MailState.QUEUED, [], [])
    assert "station fingerprint accept" in held.last_error
    assert mark() == before, "looking changes nothing"
    (line,) = queries.foreign_environment()
    assert str(before) in line


def test_a_pledge_says_calmly_that_it_cannot_be_paid_now(client: Any, house: Any, stripe_sandbox: Handle) -> None:
    came_from(LIVE)
    assert client.get("/give?station=news").status_code == 200
    assert charges(stripe_sandbox) == []


def test_accepted_it_works_and_what_was_held_leaves(
    stripe_sandbox: Handle, mailbox: Mailbox, outbox: Callable[[], int]
) -> None:
    came_from(LIVE)
    write()
    outbox()
    services.accept_environment(COMMAND)
    outbox()
    assert letter().state is MailState.SENT
    assert gateway.invoices_of("sub_none") == []
    assert (mark().mode, queries.foreign_environment()) == ("test", [])


def test_the_command_shows_asks_and_accepts(app: Flask, stripe_sandbox: Handle, desk: Any) -> None:
    run = app.test_cli_runner()
    fresh = run.invoke(fingerprint_group, ["show"])
    assert (fresh.exit_code, "has no mark yet" in fresh.output) == (0, True)
    came_from(LIVE)
    shown = run.invoke(fingerprint_group, ["show"])
    assert shown.exit_code == 1
    assert "production with live keys of acct_live, at https://give.example.org" in shown.output
    assert run.invoke(fingerprint_group, ["accept"], input="n\n").exit_code == 1
    assert mark() == LIVE
    done = run.invoke(fingerprint_group, ["accept", "--yes"])
    assert (done.exit_code, mark().account) == (0, "acct_1Sandbox00000000")
    with changed(runtime.settings(), base_url="https://new.example.org"):
        moved = run.invoke(fingerprint_group, ["show"])
    assert (moved.exit_code, "a site may move" in moved.output) == (0, True)
    trail = desk("auditor").get("/desk/audit").get_data(as_text=True)
    assert "said that the database of production with live keys of acct_live" in trail


def test_nothing_is_accepted_while_stripe_does_not_say_whose_key_it_is(app: Flask) -> None:
    came_from(LIVE)
    done = app.test_cli_runner().invoke(fingerprint_group, ["accept", "--yes"])
    assert (done.exit_code, mark()) == (1, LIVE)


def test_a_key_that_may_not_say_whose_it_is_moves_nothing(stripe_sandbox: Handle) -> None:
    client._account_of.cache_clear()
    stripe_sandbox.sandbox.settings.api_key = "sk_test_another"
    with pytest.raises(StripeRefused, match="GET /v1/account"):
        gateway.create_checkout({"mode": "payment"}, "key")
    assert charges(stripe_sandbox) == []


def test_one_mark_a_database(app: Flask) -> None:
    fingerprint.imprint(LIVE)
    fingerprint.imprint(STAGING)
    assert mark() == LIVE
    with transaction() as session, pytest.raises(sa.exc.IntegrityError):
        session.execute(sa.insert(fingerprint.Fingerprint).values(id=2, mode="", livemode=False, base_url=""))


@pytest.mark.parametrize(
    ("only_to", "address", "leaves"),
    [
        ((), "ana@donors.example.com", False),
        (("station.example.org",), "ana@donors.example.com", False),
        (("station.example.org",), "ana@station.example.org", True),
        (("@Station.example.org",), "ANA@news.STATION.example.org", True),
        (("station.example.org",), "ana@evilstation.example.org", False),
        (("tester@donors.example.com",), "tester@donors.example.com", True),
        (("tester@donors.example.com",), "ana@donors.example.com", False),
    ],
)
def test_outside_production_a_mail_server_is_given_what_is_on_the_list(
    mailbox: Mailbox, outbox: Callable[[], int], only_to: tuple[str, ...], address: str, leaves: bool
) -> None:
    with changed(runtime.settings(), mail_host="127.1", mail_only_to=only_to):  # no name of the local mailbox
        write(to=address)
        outbox()
    kept = letter()
    assert (kept.state, len(mailbox.messages)) == ((MailState.SENT, 1) if leaves else (MailState.WITHHELD, 0))
    assert "MAIL_ONLY_TO" in kept.last_error or leaves
    assert db.session.scalar(sa.select(sa.func.count()).select_from(WorkItem)) == 0, "it is as it should be"


def test_production_writes_to_everybody(stripe_sandbox: Handle, mailbox: Mailbox, outbox: Callable[[], int]) -> None:
    with production(stripe_sandbox), changed(runtime.settings(), mail_host="127.1"):
        write()
        outbox()
    assert (letter().state, len(mailbox.messages)) == (MailState.SENT, 1)
