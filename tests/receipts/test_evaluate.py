"""`station receipts evaluate`: lines in, lines out, whatever stands in them."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from config import ROOT
from station.receipts.cli import group
from station.receipts.policies.cases import Kind
from station.receipts.policies.evaluating import evaluate
from tests.receipts.cases import TABLE, gift

KEYS = ["id", "deductible", "disclosure", "disregarded", "gift_date", "tax_year", "statements"]
STATION = "import sys; sys.path.insert(0, '.'); from station.web.cli import main; main()"


def run(text: str) -> tuple[int, list[dict[str, Any]]]:
    done = CliRunner().invoke(group, ["evaluate"], input=text)
    return done.exit_code, [json.loads(line) for line in done.stdout.splitlines()]


def test_one_line_out_for_each_line_in() -> None:
    lines = [json.dumps({"id": row[0], "unknown": {"field": [1]}, **row[1]}) for row in TABLE]
    code, said = run("\n".join(lines))
    assert code == 0
    assert [each["id"] for each in said] == [row[0] for row in TABLE]
    assert all(list(each) == KEYS for each in said)


def test_a_bad_line_says_what_is_wrong_and_the_rest_goes_on() -> None:
    code, said = run(
        '{"id":"a","kind":"cash","gift":-1,"year":2026}\n\n{oops\n{"id":"b","kind":"cash","gift":5,"year":2026}\n'
    )
    assert code == 1
    assert said[0] == {"id": "a", "error": "gift is out of range"}
    assert said[1]["id"] is None
    assert "no JSON" in said[1]["error"]
    assert (said[2]["id"], said[2]["deductible"]) == ("b", 5)


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ({"gift": 5, "year": 2026}, "kind is missing"),
        ({"kind": "loan", "gift": 5, "year": 2026}, "kind is unknown: 'loan'"),
        ({"kind": "cash", "year": 2026}, "gift is missing"),
        ({"kind": "cash", "gift": 5}, "year is missing"),
        ({"kind": "cash", "gift": 5, "year": 2026.5}, "year is no whole number from 1970 to 2200"),
        ({"kind": "cash", "gift": "five", "year": 2026}, "gift is no amount: 'five'"),
        ({"kind": "cash", "gift": True, "year": 2026}, "gift is no amount"),
        ({"kind": "cash", "gift": [5], "year": 2026}, "gift is no amount"),
        ({"kind": "cash", "gift": 5.005, "year": 2026}, "gift has fractions of a cent"),
        ({"kind": "cash", "gift": "NaN", "year": 2026}, "gift is out of range"),
        ({"kind": "cash", "gift": "1e99", "year": 2026}, "gift is out of range"),
        ({"kind": "refund_partial", "gift": 5, "year": 2026}, "refunded is missing"),
        ({"kind": "stock", "shares": 5, "year": 2026}, "gift is missing"),
        ({"kind": "cash", "gift": 5, "charged_at_utc": "yesterday"}, "charged_at_utc is no instant: 'yesterday'"),
        (
            {"kind": "cash", "gift": 5, "charged_at_utc": "2026-01-01T00:00:00Z", "station_tz": "Mars/Base"},
            "charged_at_utc has no date in the time zone 'Mars/Base'",
        ),
        ({"kind": "cash", "gift": 5, "postmark": "Dec 31"}, "postmark is no date: 'Dec 31'"),
        ({"kind": "recurring", "gift": 5, "year": 2026, "charges": 1e6}, "charges is no whole number from 0 to 1000"),
        ({"kind": "recurring", "year": 2026, "charges": [{"date": "2026-01-01"}]}, "charges: an amount is missing"),
        (
            {"kind": "recurring", "year": 2026, "charges": [{"amount": 1, "date": "2025-01-01"}]},
            "charges: none is of 2026",
        ),
        ({"kind": "cash", "gift": 5, "year": 2026, "benefits": {"fmv": 1}}, "benefits is no list of objects"),
        (gift(5, {"name": "mug"}), "benefits: the fmv of one that counts is missing"),
        (gift(5, {"fmv": 1}, {"fmv": 1, "benefit_class": "bribe"}), "benefit 2: benefit_class is unknown: 'bribe'"),
        (gift(5, {"fmv": 1, "declined": "maybe"}), "benefit 1: declined is neither true nor false"),
    ],
)
def test_what_is_wrong_is_named(line: dict[str, Any], error: str) -> None:
    answer = evaluate(json.dumps({"id": 7, **line}))
    assert (answer.good, json.loads(answer.line)) == (False, {"id": 7, "error": error})


@pytest.mark.parametrize(
    ("value", "written"),
    [("92.5", "92.5"), (92.50, "92.5"), ("$1,234.56", "1234.56"), (0.1, "0.1"), (100, "100"), ("10.10", "10.1")],
)
def test_amounts_come_out_as_they_went_in(value: object, written: str) -> None:
    assert f'"deductible": {written},' in evaluate(json.dumps(gift(value))).line


def test_tolerates_text_for_numbers_and_for_yes() -> None:
    mug = {"name": "mug", "fmv": "12", "cost": "5.00", "logo_token": "true", "declined": 0, "extra": None}
    said = json.loads(
        evaluate(json.dumps({"id": None, "kind": "Cash", "gift": "100", "year": "2026", "benefits": [mug]})).line
    )
    assert (said["deductible"], said["disregarded"]) == (100, [{"benefit": "mug", "rule": "token"}])


def test_words_that_are_no_numbers_keep_the_lines_name() -> None:
    for word in ("NaN", "Infinity", "-Infinity"):
        said = json.loads(evaluate(f'{{"id": 33, "kind": "cash", "year": 2026, "gift": {word}}}').line)
        assert said == {"id": 33, "error": "gift is out of range"}
        assert json.loads(evaluate(f'{{"id": {word}, "kind": "cash", "year": 2026, "gift": 5}}').line)["id"] is None


def test_bytes_that_are_no_text_and_nesting_without_end_are_bad_lines() -> None:
    for line in (b'{"id": "\xff"}', b"[" * 100_000, b'{"gift": ' + b"9" * 5000 + b"}", b"\x00"):
        assert not evaluate(line).good


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = [
    "kind",
    "gift",
    "year",
    "benefits",
    "charges",
    "refunded",
    "returned",
    "fmv_vehicle",
    "gross_proceeds",
    "shares",
    "high",
    "low",
    "employer_match",
    "designations",
    "charged_at_utc",
    "station_tz",
    "postmark",
    "received",
]
BENEFIT_FIELDS = [
    "name",
    "fmv",
    "cost",
    "logo_token",
    "benefit_class",
    "cheapest_package_price",
    "frequently_exercisable",
    "event_cost_per_head",
    "commercial_quality",
    "unordered_free",
    "declined",
]
lines = st.fixed_dictionaries(
    {"kind": st.sampled_from([kind.value for kind in Kind]) | anything, "gift": st.integers(0, 500) | anything},
    optional=dict.fromkeys(FIELDS[2:], anything)
    | {
        "year": st.integers(2018, 2028) | anything,
        "benefits": st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(BENEFIT_FIELDS, anything)), max_size=2),
    },
)


@given(lines)
@settings(max_examples=500)
def test_whatever_stands_in_a_line_is_answered(line: dict[str, Any]) -> None:
    answer = evaluate(json.dumps(line))
    said = json.loads(answer.line, parse_float=Decimal)
    assert "\n" not in answer.line
    assert list(said) == (KEYS if answer.good else ["id", "error"])


def test_works_on_a_fresh_checkout_and_answers_each_line_at_once(tmp_path: Path) -> None:
    """No database, no licensee; and an examiner who waits for the answer before writing the next line gets it."""
    home = tmp_path / "home"
    process = subprocess.Popen(
        [sys.executable, "-c", STATION, "receipts", "evaluate"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "STATION_HOME": str(home), "LC_ALL": "C"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="ascii",
    )
    assert process.stdin is not None
    assert process.stdout is not None
    for name in ("uno", "dos"):
        process.stdin.write(json.dumps({"id": name, **gift(100, {"name": "taza ñ", "fmv": 40})}) + "\n")
        process.stdin.flush()
        said = json.loads(process.stdout.readline())
        assert (said["id"], said["deductible"]) == (name, 60)
    process.stdin.close()
    assert process.wait(timeout=30) == 0
    process.stdout.close()
    assert list(home.glob("*.sqlite")) == []


def test_many_lines_take_seconds() -> None:
    """A floor far below what was measured (docs/receipts/rules.md), so that a busy machine passes."""
    many = [json.dumps({"id": n, **TABLE[n % len(TABLE)][1]}) for n in range(5000)]
    begun, out = time.process_time(), io.StringIO()
    for line in many:
        out.write(evaluate(line).line)
    assert len(many) / (time.process_time() - begun) > 2000
