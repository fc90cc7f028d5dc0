"""Who may open a page at Stripe: budgets, suspicion, proofs, and those who try to get around them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from ipaddress import ip_network

import pytest
import sqlalchemy as sa
from flask import Flask

from config import Settings
from station.core import clock
from station.core.db import db
from station.screening import policies, queries
from station.screening.models import Stance, Tally
from station.screening.policies import Answer, Reason, Verdict, minutes
from station.screening.services import admit, proofs, sender
from station.screening.services.counting import forget_old
from tests.conftest import changed
from tests.screening.conftest import STRANGER, solve

Try = Callable[..., Verdict]
Later = Callable[..., None]


def said(verdict: Verdict) -> tuple[Answer, Reason | None]:
    return verdict.answer, verdict.reason


def test_an_ordinary_donor_is_welcome(knock: Try) -> None:
    assert said(knock()) == (Answer.WELCOME, None)


def test_a_network_is_paused_when_its_budget_is_used_up_and_let_in_again(
    knock: Try, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policies, "OPENED_BY_NETWORK", 3)
    assert [said(knock(email=f"{n}@example.org"))[0] for n in range(3)] == [Answer.WELCOME] * 3
    stopped = knock(email="4@example.org")
    assert said(stopped) == (Answer.PAUSED, Reason.PACE)
    assert stopped.challenge is None, "a pause is no matter of proofs"
    assert knock(address="192.0.2.8").welcome, "the neighbour is not stopped"
    later(seconds=stopped.wait - 1)
    assert not knock().welcome
    later(seconds=1)
    assert knock().welcome


def test_tries_that_were_refused_do_not_make_the_pause_longer(
    knock: Try, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policies, "OPENED_BY_NETWORK", 1)
    knock()
    wait = knock().wait
    for _ in range(3):
        later(minutes=10)
        assert not knock().welcome
    later(seconds=wait - 1800)
    assert knock().welcome


@pytest.mark.parametrize(
    "addresses", [("192.0.2.7", "::ffff:192.0.2.7"), ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff")]
)
def test_one_network_has_one_budget_however_it_is_written(
    knock: Try, addresses: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policies, "OPENED_BY_NETWORK", 1)
    assert sender(addresses[0]) == sender(addresses[1])
    assert knock(address=addresses[0]).welcome
    assert said(knock(address=addresses[1])) == (Answer.PAUSED, Reason.PACE)


def test_an_email_never_shuts_its_owner_out(knock: Try, later: Later, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "SENT_BY_EMAIL", 2)
    for n in range(2):
        assert knock(address=f"198.51.100.{n}", email="Maria@Example.org").welcome
    asked = knock(attempt="hers")
    assert said(asked) == (Answer.PROVE, Reason.EMAIL)
    assert knock(attempt="hers", proof=solve(asked.challenge)).welcome
    assert knock(email="somebody.else@example.org").welcome
    later(minutes=61)
    assert knock().welcome


@pytest.mark.parametrize(
    ("facts", "reason"),
    [({"trap": "https://buy.example"}, Reason.TRAP), ({"trap": "  "}, None), ({"shown_at": None}, None)],
)
def test_the_field_that_nobody_sees(knock: Try, facts: dict[str, str], reason: Reason | None) -> None:
    assert knock(**facts).reason is reason


def test_a_form_sent_sooner_than_it_can_be_read(knock: Try, settings: Settings, later: Later) -> None:
    with changed(settings, screening_seconds=2):
        shown = clock.now()
        assert said(knock(shown_at=shown)) == (Answer.PROVE, Reason.QUICK)
        later(seconds=2)
        assert knock(shown_at=shown).welcome
        later(seconds=-3600)
        assert said(knock(shown_at=shown)) == (Answer.PROVE, Reason.QUICK), (
            "a clock moved back asks, and blocks nobody"
        )


def test_what_a_proof_is_good_for(knock: Try, later: Later) -> None:
    asked = knock(attempt="mine", trap="x")
    proof = solve(asked.challenge)
    assert not knock(attempt="yours", trap="x", proof=proof).welcome, "another form"
    token, number = proof.split(":")
    for wrong in (
        f"{token}:{int(number) + 1}",
        f"{token[:-2]}xx:{number}",
        f"{token}:",
        token,
        ":",
        "x" * 9999,
        "é:1",
    ):
        assert not knock(attempt="mine", trap="x", proof=wrong).welcome, wrong
    assert knock(attempt="mine", trap="x", proof=proof).welcome
    assert knock(attempt="mine", trap="x").welcome, "a form that was proved stays so"
    later(minutes=61)
    assert not knock(attempt="mine", trap="x").welcome, "for an hour"
    assert not knock(attempt="mine", trap="x", proof=proof).welcome, "its proof has ended by then"


def test_work_ends_after_ten_minutes(knock: Try, later: Later) -> None:
    proof = solve(knock(attempt="mine", trap="x").challenge)
    later(minutes=10, seconds=1)
    assert not knock(attempt="mine", trap="x", proof=proof).welcome


def test_work_done_before_the_clock_went_back_is_done_again(knock: Try, later: Later) -> None:
    proof = solve(knock(attempt="mine", trap="x").challenge)
    later(minutes=-5)
    again = knock(attempt="mine", trap="x", proof=proof)
    assert again.answer is Answer.PROVE
    assert knock(attempt="mine", trap="x", proof=solve(again.challenge)).welcome


def test_without_a_script_a_short_wait_is_enough(knock: Try, later: Later) -> None:
    asked = knock(attempt="mine", trap="x")
    early = knock(attempt="mine", trap="x", proof=asked.later)
    assert (early.answer, early.early) == (Answer.PROVE, True)
    assert 8 <= early.wait <= 10
    assert early.later == asked.later, "the wait goes on, it does not begin anew"
    later(seconds=early.wait)
    assert not knock(attempt="yours", trap="x", proof=asked.later).welcome
    assert knock(attempt="mine", trap="x", proof=asked.later).welcome


def test_the_wait_ends_after_fifteen_minutes(knock: Try, later: Later) -> None:
    asked = knock(attempt="mine", trap="x")
    later(minutes=15, seconds=1)
    late = knock(attempt="mine", trap="x", proof=asked.later)
    assert (late.answer, late.early) == (Answer.PROVE, False)


def test_a_proof_of_an_older_key_holds_while_keys_are_rolled(knock: Try, settings: Settings) -> None:
    mine, yours = solve(proofs.work("mine")), solve(proofs.work("yours"))
    with changed(settings, secret_key="n" * 40, secret_key_fallbacks=(settings.secret_key,)):
        assert knock(attempt="mine", trap="x", proof=mine).welcome
    with changed(settings, secret_key="n" * 40):
        assert not knock(attempt="yours", trap="x", proof=yours).welcome


def test_a_crowd_makes_everyone_prove_and_ends_by_itself(
    knock: Try, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policies, "OPENED_BY_ALL", 3)
    crowd = [knock(address=f"198.51.100.{n}", email=f"{n}@example.org") for n in range(6)]
    assert [said(each) for each in crowd] == [(Answer.WELCOME, None)] * 4 + [(Answer.PROVE, Reason.EVERYONE)] * 2
    asked = knock(attempt="mine", address="203.0.113.5")
    assert knock(attempt="mine", address="203.0.113.5", proof=solve(asked.challenge)).welcome, "nobody is shut out"
    later(minutes=59)
    assert not knock().welcome
    later(minutes=5)
    assert knock().welcome
    assert len(queries.stances()) == 1


def test_while_the_crowd_stays_the_challenge_stays(knock: Try, later: Later, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "OPENED_BY_ALL", 1)
    for minute in range(12):
        for form in ("a", "b"):
            attempt = f"{form}-{minute}"
            address = f"198.51.100.{minute}"
            asked = knock(attempt=attempt, address=address)
            if not asked.welcome:
                assert knock(attempt=attempt, address=address, proof=solve(asked.challenge)).welcome
        later(minutes=9)
    assert queries.everyone_is_asked()
    assert len(queries.stances()) == 1
    later(minutes=61)
    assert not queries.everyone_is_asked()


@pytest.mark.parametrize("address", ["10.20.30.40", "::ffff:10.20.30.40", "2001:db8:5::9"])
def test_our_own_networks_are_always_welcome(
    knock: Try, settings: Settings, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policies, "OPENED_BY_NETWORK", 1)
    monkeypatch.setattr(policies, "OPENED_BY_ALL", 1)
    own = (ip_network("10.20.30.0/24"), ip_network("2001:db8:5::/48"))
    with changed(settings, screening_trusted_networks=own):
        assert all(knock(address=address, trap="x").welcome for _ in range(5))
        assert not queries.everyone_is_asked(), "a busy phone room is no crowd"
        assert knock(address="10.20.31.1").welcome
        assert not knock(address="10.20.31.1").welcome


@pytest.mark.parametrize("address", ["", "unix:", "not an address", "999.1.1.1", "fe80::1%eth0"])
def test_an_address_that_is_none_is_a_network_like_any_other(
    knock: Try, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policies, "OPENED_BY_NETWORK", 1)
    assert [knock(address=address).welcome for _ in range(2)] == [True, False]


def test_changes_of_an_open_page_have_a_wide_budget_of_their_own(knock: Try, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "OPENED_BY_NETWORK", 1)
    monkeypatch.setattr(policies, "CHANGED_BY_NETWORK", 3)
    assert knock().welcome
    assert [knock(opening=False, email="", trap="x").welcome for _ in range(4)] == [True] * 3 + [False]
    assert knock(address="192.0.2.8", opening=False, trap="x").reason is Reason.TRAP, (
        "what is sent with a name is judged"
    )


def test_a_budget_is_exact_when_many_knock_at_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "OPENED_BY_NETWORK", 5)
    welcome: list[bool] = []
    failed: list[BaseException] = []
    start = threading.Barrier(8)

    def send(turn: int) -> None:
        with app.app_context():
            start.wait()
            try:
                for again in range(2):
                    welcome.append(
                        admit(policies.Knock(STRANGER, f"form-{turn}-{again}", f"{turn}@example.org")).welcome
                    )
            except BaseException as error:
                failed.append(error)
            db.session.remove()

    threads = [threading.Thread(target=send, args=(turn,)) for turn in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (failed, sum(welcome), len(welcome)) == ([], 5, 16)


def test_a_clock_moved_back_neither_empties_a_budget_nor_locks_it_for_long(
    knock: Try, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policies, "OPENED_BY_NETWORK", 1)
    assert knock().welcome
    later(minutes=-10)
    assert not knock().welcome
    later(days=-30)
    assert knock().welcome, "a clock that ran a month ahead locks nobody out for a month"


def test_a_try_costs_three_statements_at_most(app: Flask, knock: Try) -> None:
    knock()
    statements: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        statements.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        for facts in ({}, {"trap": "x"}, {"opening": False, "email": ""}):
            statements.clear()
            knock(**facts)
            assert len(statements) <= 3, statements
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)


def test_only_hashes_are_kept_and_none_for_longer_than_thirty_days(knock: Try, later: Later) -> None:
    knock(email="maria@example.org", attempt="form-of-maria")
    knock(trap="x")
    rows = [f"{row.key}" for row in db.session().scalars(sa.select(Tally))]
    assert len(rows) >= 4
    assert not any(word in row for row in rows for word in ("maria", STRANGER, "form-of"))
    assert forget_old() == 0
    later(days=30, minutes=6)
    assert forget_old() == len(rows)
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Tally)) == 0


def test_a_try_that_is_blocked_leaves_a_number_and_nothing_else(knock: Try) -> None:
    knock(trap="x")
    keys = {row.key for row in db.session().scalars(sa.select(Tally))}
    assert keys == {"house:prove:trap"}
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Stance)) == 0


def test_a_wait_in_words() -> None:
    assert [minutes(s) for s in (0, 1, 60, 61, 3600)] == [
        "one minute",
        "one minute",
        "one minute",
        "2 minutes",
        "60 minutes",
    ]


def test_what_a_script_is_told(knock: Try, monkeypatch: pytest.MonkeyPatch) -> None:
    body, status, headers = policies.as_json(knock(trap="x"), "702-555-0188")
    assert (status, body["verdict"]) == (428, "prove")
    assert set(body["challenge"]) == {"token", "salt", "target", "most"}
    assert "702-555-0188" in str(body["message"])
    monkeypatch.setattr(policies, "OPENED_BY_NETWORK", 0)
    body, status, headers = policies.as_json(knock(), "702-555-0188")
    assert (status, body["verdict"], headers["Retry-After"]) == (429, "paused", str(body["wait"]))
