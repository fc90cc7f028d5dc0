"""Any order, any duplication, any delay, and any loss that a later check finds: the end is that of the ordered run.

The scenarios are in tests/payments/scenarios; each is played against the real sandbox, by our own services. Here they
have two disorders each, and one of the two on PostgreSQL; SCENARIO_EXAMPLES=200 (`make soak`) draws more.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from sandbox.stripe.testing import Handle, running_sandbox
from station.core import bulletin, clock, runtime
from station.core.db import db
from station.payments.policies import FOLDED
from tests.conftest import changed, fresh_database
from tests.payments.scenarios import changes, monthly, once, payouts, returns  # noqa: F401  (they register)
from tests.payments.scenarios.ends import end_of_it
from tests.payments.scenarios.language import SCENARIOS, Scenario
from tests.payments.scenarios.playing import AnyOrder, InOrder, Luck, play

EXAMPLES = {"sqlite": 2, "postgresql": 1}
SEED = int(os.environ.get("STORM_SEED", "1"))
DISORDER = settings(
    database=None,
    phases=[Phase.generate],  # a history is short and is printed whole; making it shorter would take minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def account() -> Iterator[Handle]:
    """One Stripe for all scenarios; each begins by forgetting what it holds."""
    with running_sandbox(deliver="manual", webhook_events=tuple(FOLDED)) as handle:
        yield handle


@pytest.fixture
def played(app: Flask, account: Handle, home: Any) -> Iterator[Callable[..., Any]]:
    """played(scenario, luck): from a fresh house and a fresh account to the end; and what `before` said."""

    def from_the_start(
        scenario: Scenario, luck: Luck, before: Callable[[], Any] = lambda: None
    ) -> tuple[Any, dict[str, list[Any]]]:
        fresh_database(home)
        (home / "clock").unlink(missing_ok=True)
        clock.use_file(home / "clock")
        bulletin.forget()
        bulletin.refresh()
        account.forget()
        said = play(scenario, account, luck, before)
        assert account.violations == []
        return said, end_of_it()

    with changed(runtime.settings(), stripe_api_base=account.url):
        yield from_the_start


@pytest.mark.parametrize("name", SCENARIOS)
def test_in_any_order(name: str, played: Callable[..., Any]) -> None:
    scenario = SCENARIOS[name]
    before, ordered = played(scenario, InOrder(), end_of_it)
    assert before == ordered, "without any loss the sweeps have nothing to add"
    for fact, wanted in promised(scenario).items():
        assert ordered[fact] == sorted(wanted), fact

    examples = int(os.environ.get("SCENARIO_EXAMPLES", EXAMPLES[db.engine.dialect.name]))

    @seed(SEED)
    @settings(DISORDER, max_examples=examples)
    @given(st.data())
    def disorders(data: st.DataObject) -> None:
        assert played(scenario, AnyOrder(data, scenario.asked))[1] == ordered

    disorders()


def promised(scenario: Scenario) -> dict[str, list[Any]]:
    """What a scenario says of its end, by fact; one receipt of each gift, nothing unanswered and nothing waiting."""
    said = {each: getattr(scenario, each) for each in ("payments", "orders", "gifts", "work")}
    return {**said, "unanswered calls": [], "waiting events": [], **scenario.more}


def test_there_are_enough_scenarios() -> None:
    assert len(SCENARIOS) >= 60
