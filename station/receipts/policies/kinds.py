"""What a gift of a kind is acknowledged with."""

from __future__ import annotations

from station.payments.models import Tender, Way
from station.receipts.models import Acknowledged, LetterKind

BY_LETTER = (Way.FUND, Way.IRA)


def acknowledgment(tender: Tender, way: Way | None) -> Acknowledged:
    """What acknowledges a gift. A receipt states an amount of money that its donor may deduct, so none goes out for
    stock, whose value the donor sets (26 USC 170(f)(8)(B)(i)), nor for a fund's grant, which the sponsor gave and
    nobody deducts again, nor for a distribution from an IRA, which is excluded and not deducted (408(d)(8)(E)). Of
    payroll giving the pay stub and the pledge card are the record (26 CFR 1.170A-13(f)(11)).
    """
    if tender is Tender.IMPORTED or way is Way.PAYROLL:
        return Acknowledged.NONE
    return Acknowledged.LETTER if tender is Tender.STOCK or way in BY_LETTER else Acknowledged.RECEIPT


def letter_kinds(tender: Tender, way: Way | None) -> tuple[LetterKind, ...]:
    """The letters that a gift without a receipt gets, the first one being owed; none for one that has a receipt."""
    if tender is Tender.STOCK:
        return (LetterKind.STOCK,)
    if way is Way.FUND:
        return (LetterKind.FUND_SPONSOR, LetterKind.FUND_ADVISER)
    return (LetterKind.IRA,) if way is Way.IRA else ()


def letter_advice(way: Way | None) -> str:
    """What to do for a gift that gets a letter instead of a receipt."""
    if way is Way.FUND:
        return (
            "Two letters are ready: one thanks the sponsoring organization for its grant, one the adviser for "
            "recommending it. Neither says a word of taxes, because the sponsor is the donor. Name the fund and "
            "the adviser, then print or mail them."
        )
    if way is Way.IRA:
        return (
            "A letter is ready that states amount and day, and says whether goods or services were given. Name who "
            "holds the account, then print or mail it. It never calls the distribution deductible."
        )
    return (
        "A letter is ready that names the stock, the number of shares and the day they arrived, and says whether "
        "goods or services were given in return. State no value: that is the donor's to set."
    )
