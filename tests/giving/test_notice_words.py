"""The words of notices, and the rules behind them: both languages, no appeal, windows that cannot be missed."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import ROOT
from station.core import clock
from station.core.actor import COMMAND
from station.giving import queries
from station.giving.models import Frequency, NoticeKind
from station.giving.policies import notices as rules
from station.giving.policies import phrases
from station.giving.queries.notices import KINDS
from station.giving.services import give_notices
from station.giving.services.notices import letters
from station.licensee.queries import stations
from station.mail.render import render
from station.payments.models import Asked, Interval
from station.payments.models import SubscriptionState as S
from station.payments.policies import MONTHS, first_charge_after
from station.receipts.policies import Place
from station.receipts.services import write_legend
from tests.giving.noticing import card, gift, written

K = NoticeKind
APPEAL = re.compile(r"\b(donate|give more|increase|upgrade|give now|done|aumente|done ahora)\b", re.I)
DAYS = st.dates(date(2026, 1, 1), date(2040, 12, 31))
LINK = "https://station.example/my-gift/abc"


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", list(K))
@pytest.mark.parametrize("by_bank", [False, True])
def test_each_letter_says_what_how_often_and_how_to_stop_and_asks_for_nothing(
    app: Any, monkeypatch: pytest.MonkeyPatch, kind: NoticeKind, language: str, by_bank: bool
) -> None:
    monkeypatch.setattr(letters, "language_of", lambda donor: language)
    order_id = gift(next_on=date(2030, 4, 1))
    card(order_id, *(("us_bank_account", "Test Bank ending 6789") if by_bank else ()))
    donor = queries.sustainer(order_id)
    assert donor
    made = letters.letter(kind, donor, date(2030, 4, 1), LINK)
    found = render(made.template, made.context, made.language)
    text = " ".join(found.text.split())
    for said in ("$10.00", "702-555-0188", "membership@example.org", LINK, "Desert Public Radio Association"):
        assert said in text, said
        assert said in found.html, said
    stop = {"en": ("HOW TO STOP", "until you stop it", "monthly"), "es": ("CÓMO CANCELAR", "lo cancele", "mensual")}
    for said in stop[language]:
        assert said in text, said
    assert f'lang="{language}"' in found.html
    assert ("terminada en" in text) == (language == "es")
    assert APPEAL.findall(re.sub(r"done\b(?=\.)", "", text)) == []
    assert "Apr 1, 2030" in text if language == "en" else "1 de abril de 2030" in text
    authorization = {"en": "YOUR AUTHORIZATION", "es": "SU AUTORIZACIÓN"}[language]
    assert (authorization in text) == (by_bank and kind in (K.TERMS, K.MANDATE))
    assert max(map(len, found.text.splitlines())) < 160


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", list(K))
def test_each_letter_prints_the_legends_that_are_marked_for_it(
    app: Any, monkeypatch: pytest.MonkeyPatch, kind: NoticeKind, language: str
) -> None:
    write_legend("NV", "Formed in Nevada <NV>.", {Place.REMINDER}, False, date(2030, 1, 1), COMMAND)
    write_legend("FL", "FLORIDA SAYS.", {Place.RECEIPT, Place.FORM}, True, date(2030, 1, 1), COMMAND)
    monkeypatch.setattr(letters, "language_of", lambda donor: language)
    donor = queries.sustainer(gift(next_on=date(2030, 4, 1)))
    assert donor
    made = letters.letter(kind, donor, date(2030, 4, 1), LINK)
    found = render(made.template, made.context, made.language)
    assert "\n\nFormed in Nevada <NV>.\n" in found.text
    assert "Formed in Nevada &lt;NV&gt;." in found.html
    assert "FLORIDA" not in found.text + found.html


def test_a_gift_to_both_stations_names_both(app: Any) -> None:
    order_id = gift(next_on=date(2030, 4, 1), second_station_id=stations()[1].id)
    give_notices()
    assert "to News 88.9 KNPR and Classical 89.7 KCNV" in written(order_id)[0].text


def test_the_spanish_letter_is_written_down_as_it_was_sent(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "language_of", lambda donor: "es")
    order_id = gift(next_on=date(2030, 4, 1))
    give_notices()
    (notice,) = written(order_id)
    assert (notice.language, notice.subject) == ("es", "Su donativo mensual: lo que acordamos")


def test_every_notice_has_a_rule_a_source_a_finder_and_a_line_in_the_documents() -> None:
    page = (ROOT / "docs/mail/notices.md").read_text(encoding="utf-8")
    for kind, rule in rules.CATALOGUE.items():
        assert rule.kind is kind
        assert kind in KINDS or kind in rules.BY_A_CHANGE
        assert rule.name in page
        assert rule.earliest >= rule.latest
    assert set(rules.CATALOGUE) == set(K)
    tests = {path.read_text(encoding="utf-8") for path in (ROOT / "tests/giving").glob("test_notice*.py")}
    named = re.findall(r"`(test_\w+)`", page)
    assert len(named) >= len(K)
    assert [name for name in named if not any(f"def {name}(" in text for text in tests)] == []


@given(DAYS, st.integers(0, 14))
def test_between_two_reminders_lies_never_more_than_a_year(told_on: date, late_by: int) -> None:
    found = rules.reminder(told_on, told_on)
    assert found.opens_on < found.due_on
    assert (found.due_on - told_on).days in (365, 366)
    assert found.open_on(found.opens_on + timedelta(days=late_by))
    by = found.opens_on
    assert told_on < rules.told_before(by)  # the statement leaves nobody out whose window is open


@given(DAYS, st.integers(0, 400), st.sampled_from(list(Interval)), st.none() | st.integers(1, 31))
def test_the_first_charge_after_a_pause_is_the_first_that_it_does_not_leave_out(
    planned: date, pause: int, interval: Interval, day: int | None
) -> None:
    ends = planned + timedelta(days=pause)
    first = first_charge_after(ends, planned, interval, day)
    assert first >= ends
    assert (first - ends).days <= 31 * MONTHS[interval] + 31


@given(DAYS, st.integers(0, 60), st.sampled_from([K.YEARLY, K.AHEAD, K.VARYING, K.EXPIRING]))
def test_what_is_known_late_is_due_the_day_after(event: date, before: int, kind: NoticeKind) -> None:
    known = event - timedelta(days=before)
    found = rules.window(kind, event, known)
    assert found.due_on >= known + timedelta(days=1)
    assert found.due_on >= rules.CATALOGUE[kind].window(event)[1]


CHANGED = (rules.AMOUNT, rules.DAY, rules.SPLIT)


@given(DAYS, st.integers(0, 400), st.booleans(), st.sampled_from(CHANGED), st.sampled_from(list(Asked)))
def test_only_the_stations_own_changes_are_told_ahead(
    today: date, days: int, by_bank: bool, what: str, asked: Asked
) -> None:
    kind = rules.of_change(asked, what, by_bank=by_bank, today=today, charged_on=today + timedelta(days=days))
    if asked is not Asked.STATION or days > 30 or what == rules.SPLIT:
        assert kind is K.CHANGE
    else:
        assert kind is (K.VARYING if by_bank and what == rules.AMOUNT else K.AHEAD)


@pytest.mark.parametrize(
    ("frequency", "english", "spanish"),
    [
        (Frequency.MONTH, "$5 a month", "$5 al mes"),
        (Frequency.QUARTER, "$5 a quarter", "$5 al trimestre"),
        (Frequency.YEAR, "$5 a year", "$5 al año"),
    ],
)
def test_commitments_in_both_languages(frequency: Frequency, english: str, spanish: str) -> None:
    amount = phrases.Money(500)
    assert [phrases.commitment_in(each, amount, frequency) for each in phrases.LANGUAGES] == [english, spanish]
    assert phrases.spoken("tl") == "en"
    assert phrases.day_of_month_in("es", 31) == "el último día"


def test_a_paused_gift_says_until_when_and_what_comes_then(app: Any) -> None:
    order_id = gift(
        next_on=clock.today("America/Los_Angeles") + timedelta(days=20), state=S.PAUSED, paused_until=None
    )
    give_notices()
    assert "Paused until you say so" in " ".join(written(order_id)[0].text.split())
