"""The wordings: both languages say the same, nothing of $250 or more is silent, and each document says its part."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.money import Money
from station.payments.models import Interval
from station.receipts.models import LetterKind
from station.receipts.policies import Benefit, BenefitClass, judged
from station.receipts.policies.wordings import (
    OF_A_FUND,
    SETS,
    Because,
    InReturn,
    LetterFacts,
    ReceiptFacts,
    SilentAcknowledgment,
    Valued,
    Why,
    in_force,
    letter_text,
    offered,
    receipt_text,
    speech,
)
from station.receipts.policies.wordings.receipts import refuse_silence

DAY = date(2026, 11, 23)
POSTER = Benefit("Concert poster", Money(20_00), Money(12_00))
MUG = Benefit("Mug with our logo", Money(15_00), Money(6_00), logo_token=True)
FACTS = ReceiptFacts(
    label="2026-000001",
    legal_name="Desert Radio",
    ein="88-0000001",
    address_lines=("1 Road", "Las Vegas, NV 89146"),
    donor_name="Maria Peña",
    amount=Money(120_00),
    given_on=DAY,
    station_name="News 88.9 KNPR",
    interval=None,
    in_return=InReturn(Money(120_00)),
)


def text_of(cents: int, *benefits: Benefit, language: str = "en", day: date = DAY) -> str:
    paid = Money(cents)
    rules = judged(paid, day, benefits)
    return receipt_text(replace(FACTS, amount=paid, given_on=day, in_return=rules.in_return, language=language))


def marks(sentence: str) -> set[str]:
    return {name.lower() for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_spanish_has_every_sentence_with_the_same_facts() -> None:
    english, spanish = speech("en").words, speech("es").words
    assert set(english) == set(spanish)
    assert {key: marks(english[key]) for key in english} == {key: marks(spanish[key]) for key in english}
    assert {k for k in english if english[k] == spanish[k]} <= {"w1_ein", "w3_each"}


def test_days_and_amounts_are_written_as_each_language_does() -> None:
    assert speech("en").day(DAY) == "November 23, 2026"
    assert speech("es").day(DAY) == "23 de noviembre de 2026"
    assert "Importe: $1,234.50" in text_of(123_450, language="es")
    assert speech("fr").code == "en"


def test_the_wordings_in_force_are_the_latest_before_the_day() -> None:
    assert in_force(date(2000, 1, 1)) is SETS[0]
    assert in_force(date(2100, 1, 1)) is max(SETS, key=lambda each: each.effective)
    assert len({each.version for each in SETS}) == len(SETS)


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_receipt_says_whether_goods_or_services_were_given(language: str) -> None:
    words = speech(language)
    for cents in (500, 7_500, 24_999, 25_000, 100_000):
        for benefits in ((), (POSTER,), (MUG,), (POSTER, MUG), (replace(POSTER, declined=True),)):
            assert words.goods_or_services in text_of(cents, *benefits, language=language)


def test_what_counts_is_named_valued_and_limits_the_deduction_above_75_dollars() -> None:
    text = text_of(120_00, POSTER)
    assert "we provided goods or services: Concert poster. In good faith" in text
    assert "fair market value at $20.00" in text
    assert "limited to what you paid beyond the value of the goods or services that we provided: $100.00." in text
    assert "thanks you for your payment of $120.00" in text
    assert "No goods or services" not in text


def test_up_to_75_dollars_the_value_lowers_the_contribution_all_the_same() -> None:
    text = text_of(75_00, POSTER)
    assert "Only what you paid beyond that value is a contribution: $55.00." in text
    assert "federal income tax" not in text


def test_a_purchase_says_that_nothing_is_deductible() -> None:
    assert "no part of it is a contribution" in text_of(20_00, POSTER)


def test_a_token_is_told_and_takes_nothing() -> None:
    text = text_of(100_00, MUG)
    assert "goods or services (Mug with our logo) whose value is not substantial" in text
    assert "The full amount of your payment, $100.00," in text


def test_several_things_are_valued_one_by_one() -> None:
    assert "Concert poster ($20.00) and Mug with our logo ($15.00)" in text_of(300_00, POSTER, MUG)
    assert "Concert poster ($20.00) y Mug with our logo ($15.00)" in text_of(300_00, POSTER, MUG, language="es")


def test_what_was_declined_takes_nothing_and_is_said() -> None:
    text = text_of(300_00, replace(POSTER, declined=True))
    assert "No goods or services were provided" in text
    assert "you declined what we offered in return (Concert poster)" in text


def test_rights_of_members_need_no_word() -> None:
    right = Benefit(
        "Discounts",
        Money(30_00),
        benefit_class=BenefitClass.MEMBERSHIP_RIGHT,
        cheapest_package_price=Money(60_00),
        frequently_exercisable=True,
    )
    assert "No goods or services were provided" in text_of(300_00, right)


amounts = st.integers(1, 50_000_00)
names = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)
benefits = st.lists(
    st.builds(
        Benefit,
        name=names,
        fmv=st.integers(0, 900_00).map(Money),
        cost=st.one_of(st.none(), st.integers(0, 50_00).map(Money)),
        logo_token=st.booleans(),
        benefit_class=st.sampled_from(BenefitClass),
        declined=st.booleans(),
    ),
    max_size=4,
)


@given(amounts, benefits, names, st.sampled_from(["en", "es"]), st.sampled_from([None, *Interval]))
def test_no_acknowledgment_of_250_dollars_is_silent(
    cents: int, given_back: list[Benefit], donor: str, language: str, interval: Interval | None
) -> None:
    rules = judged(Money(cents), DAY, given_back)
    text = receipt_text(
        replace(
            FACTS,
            amount=Money(cents),
            donor_name=donor,
            language=language,
            interval=interval,
            in_return=rules.in_return,
        )
    )
    words = speech(language)
    paragraphs = text.split("\n\n")[1:]
    assert any(words.goods_or_services in each for each in paragraphs)
    assert (
        str(rules.in_return.deductible) in text or not rules.in_return.counted or not rules.in_return.deductible.cents
    )


def test_silence_is_refused_even_when_the_donor_is_called_so() -> None:
    words = speech("en")
    with pytest.raises(SilentAcknowledgment):
        refuse_silence("Received from: goods or services", Money(250_00), [words.say("w2")], words)
    with pytest.raises(SilentAcknowledgment):
        refuse_silence("Thank you.", Money(250_00), [], words)
    refuse_silence("Thank you.", Money(249_99), [], words)


def test_a_form_says_before_payment_what_is_deductible() -> None:
    rules = judged(Money(120_00), DAY, [POSTER]).in_return
    assert offered(Money(120_00), rules)[-1] == (
        "Of your payment, $100.00 is deductible for federal income tax purposes."
    )
    token = judged(Money(100_00), DAY, [MUG]).in_return
    assert "not substantial" in offered(Money(100_00), token)[0]
    assert offered(Money(100_00), InReturn(Money(100_00))) == []


def letter(kind: LetterKind, language: str = "en") -> str:
    return letter_text(
        LetterFacts(
            kind=kind,
            number="L2026-000001",
            legal_name="Desert Radio",
            ein="88-0000001",
            address_lines=("1 Road",),
            to_name="Ana Ruiz",
            received_on=DAY,
            written_on=DAY,
            language=language,
            amount=Money(2_400_00),
            symbol="ACME",
            shares="12.5",
            description="A 2014 sedan",
            vin="1HGCM82633A004352",
            sold_on=DAY,
            holder="Big Custodian",
            fund="Ruiz Fund",
        )
    )


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", list(LetterKind))
def test_letters_speak_of_goods_but_for_those_of_a_fund(kind: LetterKind, language: str) -> None:
    text = letter(kind, language)
    assert (speech(language).goods_or_services in text) is (kind not in OF_A_FUND)
    assert ("deduc" in text.lower()) is (kind in (LetterKind.VEHICLE, LetterKind.IRA)), (
        "IRA says: not deducted as well"
    )


@pytest.mark.parametrize("kind", [LetterKind.STOCK, LetterKind.GOODS])
def test_a_letter_of_property_states_no_value(kind: LetterKind) -> None:
    assert "$" not in letter(kind)
    assert "12.5 shares of ACME" in letter(LetterKind.STOCK)


def test_the_letters_of_a_grant_say_nothing_of_taxes() -> None:
    adviser = letter(LetterKind.FUND_ADVISER)
    assert "recommending a grant of $2,400.00 from Ruiz Fund at Big Custodian" in adviser
    assert "not an acknowledgment for your tax records" in adviser
    assert "nothing" not in adviser
    assert "tax" not in letter(LetterKind.FUND_SPONSOR).lower()


def test_an_iras_letter_never_calls_it_deductible() -> None:
    text = letter(LetterKind.IRA)
    assert "directly from your individual retirement account at Big Custodian" in text
    assert "deductible" not in text
    assert "170(b)(1)(A)" in text


def test_a_vehicles_letter_certifies_its_sale() -> None:
    text = letter(LetterKind.VEHICLE)
    assert "gross proceeds of the sale were $2,400.00" in text
    assert "1HGCM82633A004352" in text


def test_a_replacement_says_why() -> None:
    why = Why(Because.REFUNDED, Money(5_00), DAY)
    assert why.said() == "We refunded $5.00 of your gift on November 23, 2026."
    assert why.said("es") == "Le reembolsamos $5.00 de su donativo el 23 de noviembre de 2026."


def test_a_check_tells_its_postmark_and_when_it_was_received() -> None:
    text = receipt_text(replace(FACTS, received_on=date(2026, 11, 27)))
    assert "Date of contribution: November 23, 2026\nReceived on: November 27, 2026" in text
    assert "Received on" not in receipt_text(replace(FACTS, received_on=DAY))


def test_legends_stand_at_the_end_and_each_in_a_paragraph() -> None:
    text = receipt_text(replace(FACTS, legends=("A STATE\nSAYS SO.", "Another one.")))
    assert text.endswith("\n\nA STATE SAYS SO.\n\nAnother one.")


def test_a_valued_thing_keeps_to_its_line() -> None:
    rules = InReturn(Money(100_00), counted=(Valued("Two\n\nlines", Money(20_00)),))
    assert "Two lines" in receipt_text(replace(FACTS, in_return=rules))
