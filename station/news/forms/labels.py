"""Forms of sections and of people."""

from __future__ import annotations

from wtforms import BooleanField, Field, IntegerField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Regexp

from station.news.forms.air import trimmed
from station.news.forms.seen import StationRowForm
from station.news.policies import printable, visible
from station.news.policies.moves import Refused, label_slug
from station.news.services import PersonDraft, SectionDraft
from station.news.services.labels.people import LONGEST_SLUG as LONGEST_OF_PERSON
from station.news.services.labels.sections import LONGEST_SLUG as LONGEST_OF_SECTION
from station.news.services.moving.labels import AddressTaken

HINT = "Letters from a to z, digits and hyphens. Left empty, it is made of the name."
LAST = 9_999


def one_line(text: str | None) -> str:
    """What was typed, in one line and without what no page shows."""
    return " ".join(printable(text or "").split())


def several_lines(text: str | None) -> str:
    """What was typed, without what no page shows."""
    return trimmed(printable((text or "").replace("\r\n", "\n")))


class _LabelForm(StationRowForm):
    """A name and the last part of its address."""

    longest = LONGEST_OF_SECTION

    name = StringField("Name", [DataRequired("Enter the name."), Length(max=120)], filters=[one_line])
    slug = StringField("Last part of the address", filters=[one_line], description=HINT)

    def refuse_slug(self, problem: Refused) -> None:
        """Say what is wrong with the address; where none was typed, a free one stands in the field."""
        self.slug.errors = [str(problem)]
        if isinstance(problem, AddressTaken) and not self.slug.data:
            self.slug.data = problem.free

    def validate_name(self, field: Field) -> None:
        if not visible(field.data or ""):
            raise ValidationError("Enter the name.")

    def validate_slug(self, field: Field) -> None:
        if not (field.data or self.name.data):
            return  # the name is what is missing
        try:
            label_slug(field.data or "", self.name.data or "", self.longest)
        except Refused as problem:
            raise ValidationError(str(problem)) from None


class SectionForm(_LabelForm):
    """A section of a station."""

    position = IntegerField(
        "Place in the order",
        [InputRequired("Enter a number."), NumberRange(0, LAST, f"From 0 to {LAST}.")],
        description="Sections with smaller numbers stand first; those with the same one by name.",
    )
    on_home = BooleanField("Shown on the home", default=True)

    def draft(self) -> SectionDraft:
        """What was typed."""
        return SectionDraft(
            self.name.data or "", self.slug.data or "", self.position.data or 0, bool(self.on_home.data)
        )


class PersonForm(_LabelForm):
    """A reporter or host of a station."""

    longest = LONGEST_OF_PERSON

    name = StringField(
        "Name",
        [DataRequired("Enter the name."), Length(max=200)],
        filters=[one_line],
        description="As it stands above stories: an author with this very name gets the link.",
    )
    role = StringField(
        "What they do", [Length(max=120)], filters=[one_line], description="For example host of Morning Edition."
    )
    about = TextAreaField("About", [Length(max=4000)], filters=[several_lines])
    url = StringField(
        "Their page elsewhere",
        [Length(max=500), Regexp(r"(https?://[^\s<>\"]+)?\Z", message="Starts with https://")],
        filters=[one_line],
    )
    on_staff = BooleanField("On the staff", default=True)

    def draft(self) -> PersonDraft:
        """What was typed."""
        return PersonDraft(
            self.name.data or "",
            self.slug.data or "",
            self.role.data or "",
            self.about.data or "",
            self.url.data or "",
            bool(self.on_staff.data),
        )
