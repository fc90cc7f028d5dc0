"""Rules of yearly statements: what is listed, what is netted, and that each line acknowledges its own gift."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.ids import new_id
from station.core.money import Money
from station.giving.models import Frequency
from station.giving.queries.lent.statements import kind_of
from station.payments.models import Tender, Way
from station.receipts.models import Acknowledged
from station.receipts.policies import acknowledgment
from station.receipts.policies import statements as policies
from station.receipts.policies.benefits import INSUBSTANTIAL
from station.receipts.policies.statements import (
    LEFT_OUT,
    LISTED,
    GiftKind,
    GiftLine,
    Issue,
    Returned,
    Statement,
    compose,
)

MEMBER, SERIES = new_id(), new_id()
MUG = Returned("Mug", Money(10_00))
TOTE = Returned("Tote bag", Money(20_00), over=SERIES)
STICKER = Returned("Sticker", Money(1_00), counted=False)


def gift(
    cents: int = 5_00,
    day: date = date(2026, 3, 1),
    *,
    back: int = 0,
    kind: GiftKind = GiftKind.CASH,
    receipt: str = "2026-000001",
    returned: tuple[Returned, ...] = (),
    member: UUID = MEMBER,
) -> GiftLine:
    return GiftLine(new_id(), member, day, Money(cents), Money(back), kind, receipt, returned)


def printed(
    found: Statement, language: str = "en", label: str = "S-2026-000001", **issue: object
) -> dict[str, object]:
    kept = policies.framed(
        policies.facts(found),
        "Desert Public Radio Association",
        "88-0000001",
        ("1289 Example Drive", "Las Vegas, NV 89146"),
        "Maria Peña",
        Issue(date(2027, 1, 15), label, **issue),  # type: ignore[arg-type]
    )
    return policies.document(kept, language)


def text(found: Statement, language: str = "en", **issue: object) -> str:
    return policies.plain_text(printed(found, language, **issue))


def test_every_kind_is_listed_or_left_out_for_a_reason() -> None:
    assert LISTED | LEFT_OUT.keys() == set(GiftKind)
    assert not LISTED & LEFT_OUT.keys()


@pytest.mark.parametrize("kind", list(GiftKind))
def test_only_deductible_gifts_are_listed(kind: GiftKind) -> None:
    found = compose(2026, [gift(kind=kind)])
    assert (len(found.lines) == 1) is (kind in LISTED)


def test_what_is_listed_is_what_gets_a_receipt() -> None:
    for tender, way, frequency in product(Tender, [None, *Way], [None, *Frequency]):
        acknowledged = acknowledgment(tender, way)
        listed = kind_of(acknowledged, tender, way, frequency) in LISTED
        assert listed is (acknowledged is Acknowledged.RECEIPT), (tender, way)


def test_the_year_is_that_of_the_gift() -> None:
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)]
    assert [line.gift.given_on for line in compose(2026, [gift(day=day) for day in days]).lines] == days[1:3]


def test_what_went_back_is_left_out_and_the_rest_stays() -> None:
    found = compose(2026, [gift(100_00, back=100_00), gift(100_00, back=40_00)])
    assert [line.gift.kept for line in found.lines] == [Money(60_00)]
    assert "Of your contribution of $100.00 on March 1, 2026, $40.00 went back to you" in text(found)
    assert "Mar 1, 2026: $60.00" in text(found)


def test_a_gift_whose_receipt_is_held_waits_and_is_not_stated() -> None:
    found = compose(2026, [gift(receipt=""), gift(7_00)])
    assert (len(found.lines), [each.amount for each in found.waiting], found.total) == (1, [Money(5_00)], Money(7_00))


def test_nobody_gets_another_ones_statement() -> None:
    with pytest.raises(ValueError, match="one member"):
        compose(2026, [gift(), gift(member=new_id())])


def test_a_benefit_over_instalments_is_netted_once() -> None:
    charges = [gift(15_00, date(2026, month, 5), returned=(TOTE,)) for month in range(1, 13)]
    found = compose(2026, charges)
    assert (found.total, found.reduced, found.deductible) == (Money(180_00), Money(20_00), Money(160_00))
    assert [line.reduced.cents for line in found.lines] == [15_00, 5_00, *[0] * 10]
    assert text(found).count("earned over the charges of the year and counted once") == 12


def test_it_is_never_netted_below_zero() -> None:
    found = compose(2026, [gift(8_00, returned=(TOTE,)), gift(5_00, returned=(TOTE,))])
    assert (found.reduced, found.deductible) == (Money(13_00), Money(0))


def test_a_mug_for_each_gift_is_taken_off_each() -> None:
    found = compose(2026, [gift(50_00, returned=(MUG,)), gift(50_00, returned=(MUG,)), gift(6_00, returned=(MUG,))])
    assert [line.deductible.cents for line in found.lines] == [40_00, 40_00, 0]


benefits = st.lists(
    st.builds(
        Returned,
        st.sampled_from(["Mug", "Tote bag", "Concert ticket"]),
        st.integers(0, 300_00).map(Money),
        st.booleans(),
        st.sampled_from([None, SERIES]),
    ),
    max_size=3,
).map(tuple)


@st.composite
def lines(draw: st.DrawFn) -> GiftLine:
    cents = draw(st.integers(1, 1_000_00))
    return gift(
        cents,
        date(2025, 12, 20) + timedelta(days=draw(st.integers(0, 390))),
        back=draw(st.sampled_from([0, 0, 0, cents, cents // 2])),
        kind=draw(st.sampled_from([*LISTED, *GiftKind])),
        receipt=draw(st.sampled_from(["2026-000001", "2026-000001", ""])),
        returned=draw(benefits),
    )


@given(st.lists(lines(), max_size=20))
def test_totals_are_the_sums_of_the_lines_and_of_the_books(gifts: list[GiftLine]) -> None:
    found = compose(2026, gifts)
    books = [g for g in gifts if g.kind in LISTED and g.given_on.year == 2026 and g.receipt]
    assert found.total.cents == sum(g.amount.cents - g.back.cents for g in books)
    assert found.total == found.reduced + found.deductible
    assert found.deductible.cents == sum(line.deductible.cents for line in found.lines)
    assert all(Money(0) <= line.deductible <= line.gift.kept for line in found.lines)
    once = {(b.over, b.name, b.value.cents) for g in books if g.counts for b in g.returned if b.counted and b.over}
    each = [b.value.cents for g in books if g.counts for b in g.returned if b.counted and not b.over]
    assert found.reduced.cents <= sum(cents for _, _, cents in once) + sum(each)


@given(st.lists(lines(), max_size=12), st.randoms(use_true_random=False))
def test_the_order_in_which_gifts_are_read_decides_nothing(gifts: list[GiftLine], chance: object) -> None:
    shuffled = gifts[:]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (policies.facts(compose(2026, each)) for each in (gifts, shuffled))
    assert policies.digest(one) == policies.digest(other)


@given(st.lists(lines(), max_size=12), st.sampled_from(["en", "es"]))
def test_every_line_says_whether_goods_or_services_were_given(gifts: list[GiftLine], language: str) -> None:
    """26 USC 170(f)(8)(B)(ii) and (iii), for each gift of $250 or more: so that this page acknowledges it."""
    found = compose(2026, gifts)
    page = printed(found, language)
    at = [column["label"] for column in page["columns"]].index(policies.say(language)["goods"])  # type: ignore[attr-defined,index]
    rows: list[list[str]] = page["rows"]  # type: ignore[assignment]
    assert len(rows) == len(found.lines)
    for line, row in zip(found.lines, rows, strict=True):
        counted = [each for each in line.gift.returned if each.counted]
        assert row[at], "a line is silent about goods and services"
        if not counted:
            assert row[at].startswith(policies.say(language)["none"])
        for each in counted:
            assert each.name in row[at]
            assert str(each.value) in row[at]
        if line.needs_acknowledgment:
            assert row[at]


def test_250_is_asked_of_what_is_contributed_in_each_gift_alone() -> None:
    ticket = Returned("Ticket", Money(10_00))
    rows = [
        gift(249_99),
        gift(249_99),
        gift(250_00),
        gift(259_99, returned=(ticket,)),
        gift(260_00, returned=(ticket,)),
    ]
    marked = {line.gift.gift_id for line in compose(2026, rows).lines if line.needs_acknowledgment}
    assert marked == {rows[2].gift_id, rows[4].gift_id}


def test_the_statement_carries_what_the_law_asks_of_a_receipt() -> None:
    said = text(compose(2026, [gift(300_00), gift(100_00, returned=(MUG,)), gift(9_00, returned=(STICKER,))]))
    for part in (
        "Statement number: S-2026-000001",
        "Received by: Desert Public Radio Association",
        "EIN: 88-0000001",
        "1289 Example Drive, Las Vegas, NV 89146",
        "Received from: Maria Peña",
        "Mar 1, 2026: $300.00",
        "Goods or services: None",
        "Mug, estimated fair market value $10.00",
        "limited to what you gave beyond that value",
        "Total: $409.00",
        "Deductible: $399.00",
        "None that counts: Sticker",
        "does not list pledges that are not paid",
        "section 501(c)(3)",
    ):
        assert part in said


def test_without_goods_it_says_so_once_more() -> None:
    said = text(compose(2026, [gift(300_00)]))
    assert "No goods or services were provided in exchange for any of these contributions." in said
    assert "Deductible" not in said


def test_a_running_view_says_first_that_it_is_none() -> None:
    page = printed(compose(2026, [gift()]), label="")
    assert page["official"] is False
    assert str(page["banner"]).startswith("This is a running view, not an official statement.")
    assert "Statement number" not in policies.plain_text(page)


def test_what_changed_is_told_gift_by_gift() -> None:
    first, second, third = gift(100_00), gift(50_00, date(2026, 4, 2)), gift(20_00, date(2026, 5, 3))
    before = policies.facts(compose(2026, [first, second]))
    less = GiftLine(first.gift_id, MEMBER, first.given_on, first.amount, Money(40_00), first.kind, first.receipt)
    now = policies.facts(compose(2026, [less, third]))
    assert policies.changes(before, now, "en") == (
        "Of the contribution on March 1, 2026, $100.00 was listed; now it is $60.00. "
        "The contribution of $50.00 on April 2, 2026 is listed no more. "
        "The contribution of $20.00 on May 3, 2026 was added."
    )
    assert policies.changes(before, before, "en") == ""
    assert "ya no aparece" in policies.changes(before, now, "es")


def test_spanish_says_the_same() -> None:
    said = text(compose(2026, [gift(300_00, date(2026, 12, 1))]), "es")
    assert "1 dic 2026: $300.00" in said
    assert "No se proporcionaron bienes ni servicios a cambio" in said
    assert policies.say("es").keys() == policies.say("en").keys()


def test_the_words_of_a_version_are_not_edited() -> None:
    """Who changes the wording gives it a new name, and keeps the old one."""
    rows = [
        gift(300_00),
        gift(100_00, date(2026, 4, 1), back=10_00, returned=(MUG,)),
        gift(9_00, date(2026, 5, 1), returned=(STICKER,)),
    ]
    found = compose(2026, [*rows, gift(15_00, date(2026, 9, 1), returned=(TOTE,))])
    marks = {"version": 2, "replaces": date(2027, 1, 2), "reason": "Your name was misspelled."}
    pages = [text(found, language, **marks) + text(found, language, label="") for language in policies.LANGUAGES]
    pages += [str(sorted(policies.say(language).items())) for language in policies.LANGUAGES]
    print_ = hashlib.sha256("\n".join(pages).encode()).hexdigest()[:16]
    assert {policies.STATEMENT_WORDING: print_} == {"S2026-1": "57b3413dffb24e5c"}


def test_what_an_older_receipt_says_was_received_is_read_back() -> None:
    """Receipts of the wordings 2026-1 and 2026-2 keep words alone."""
    said = (
        "Receipt number: 2026-000001\n\nAna thanks you.\n\nIn return you received: Concert poster, signed. We "
        "estimate in good faith that its fair market value is $1,234.56.\n\nKeep this receipt with your tax records."
    )
    assert policies.returned_of(said, "usd") == (Returned("Concert poster, signed", Money(1_234_56)),)
    assert policies.returned_of("No goods or services were provided in exchange for this contribution.", "usd") == ()


def test_benefits_as_judged_are_counted_named_or_not_spoken_of() -> None:
    kept = [
        {"name": "Mug", "fmv_cents": 10_00, "rule": ""},
        {"name": "Sticker", "fmv_cents": 1_00, "rule": "2pct"},
        {"name": "Discounts", "fmv_cents": 5_00, "rule": "membership_right"},
        {"name": "Poster", "fmv_cents": 20_00, "rule": "declined"},
    ]
    kept[1]["rule"] = sorted(INSUBSTANTIAL)[0].value
    found = policies.returned_from(kept, "QPQ", "usd", SERIES)
    assert [(each.name, each.counted, each.over) for each in found] == [("Mug", True, None), ("Sticker", False, None)]
    (mug, _) = policies.returned_from(kept, "VALUE_NOTE_PER_CHARGE", "usd", SERIES)
    assert mug.over == SERIES
