"""What a letter about a gift needs to know that its gift does not say."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import Field, StringField
from wtforms.validators import Length, ValidationError

from station.receipts.models import LetterKind

LONG = [Length(max=200, message="Use at most 200 characters.")]


class LetterForm(FlaskForm):
    """The words to fill in; those that no letter of this gift needs are left out."""

    fund = StringField("Name of the fund", LONG, description="Such as the Ruiz Family Charitable Fund.")
    adviser = StringField(
        "Adviser of the fund", LONG, description="Who recommended it. Empty writes no letter to one."
    )
    holder = StringField("Who holds the IRA", LONG, description="The custodian that paid it, such as Fidelity.")
    reason = StringField(
        "Why it is written anew", LONG, description="The donor reads this: the letter before is void by it."
    )

    @classmethod
    def for_kinds(cls, kinds: tuple[LetterKind, ...], again: bool) -> LetterForm:
        """The form for the letters of a gift; `again` when they were written before."""
        form = cls()
        if LetterKind.FUND_SPONSOR not in kinds:
            del form.fund, form.adviser
        if LetterKind.IRA not in kinds:
            del form.holder
        if not again:
            del form.reason
        return form

    @property
    def nothing_to_add(self) -> bool:
        """Whether the gift says all that its letter needs."""
        return "fund" not in self and "holder" not in self

    def text(self, name: str) -> str:
        """What was typed into a field, on one line; nothing where there is no such field."""
        return " ".join((self[name].data or "").split()) if name in self else ""

    def validate_fund(self, field: Field) -> None:
        _typed(field, "Type the name of the fund: both letters tell it.")

    def validate_holder(self, field: Field) -> None:
        _typed(field, "Type who holds the account: the letter tells it.")

    def validate_reason(self, field: Field) -> None:
        _typed(field, "Say why, in a sentence.")


def _typed(field: Field, otherwise: str) -> None:
    if not (field.data or "").strip():
        raise ValidationError(otherwise)
