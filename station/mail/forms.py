"""Forms about people's mail: the public page of choices, and what staff note for a member."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from station.mail.policies.choices.topics import EXCHANGE, LANGUAGES
from station.mail.queries import Choices

WAYS = {"": "Choose", "phone": "Phone call", "letter": "Letter", "person": "In person", "email": "Email to us"}


class ChoicesForm(FlaskForm):
    """What is ticked, and what was ticked when the page was opened. The link in the address stands in for CSRF."""

    class Meta:
        csrf = False

    on = SelectMultipleField("Topics", validate_choice=False)
    was = StringField("Before")  # hidden: the codes that were ticked
    leave_out = BooleanField("Leave me out")
    language = StringField("Language of mail")  # asked only of members
    spoke = StringField("Language before")  # hidden

    @property
    def spoken(self) -> str | None:
        """Another language than the page had when it was opened; None where that was left alone."""
        chosen = self.language.data if self.language.data in LANGUAGES else None
        return None if chosen == self.spoke.data else chosen

    @property
    def before(self) -> frozenset[str]:
        """The codes that were ticked when the page was opened."""
        return frozenset((self.was.data or "").split())

    @property
    def after(self) -> frozenset[str]:
        """The codes that are ticked now; `exchange` unless somebody asks to be left out."""
        return frozenset(self.on.data or ()) | (frozenset() if self.leave_out.data else {EXCHANGE})


class NoteForm(FlaskForm):
    """What a member told somebody at the desk about their mail."""

    on = SelectMultipleField("Mail that they want", validate_choice=False)
    was = StringField("Before")
    leave_out = BooleanField("Leave out of list exchanges")
    none = BooleanField("None at all: end every topic, also later ones")
    way = SelectField("How they told us", [DataRequired("Say how they told us.")], choices=WAYS)
    note = TextAreaField(
        "What they said",
        [
            DataRequired("Write what they said, and when if it was not today."),
            Length(max=1000, message="Use at most 1,000 characters."),
        ],
        description="It is kept as the proof of what they asked for.",
    )
    before = ChoicesForm.before
    after = ChoicesForm.after

    @classmethod
    def of(cls, choices: Choices) -> NoteForm:
        """The form, filled with how it stands."""
        known: dict[str, Any] = {"on": sorted(choices.on - {EXCHANGE}), "was": as_text(choices.on)}
        return cls(data={**known, "leave_out": choices.asked_out, "none": choices.none})

    @property
    def wording(self) -> str:
        """What is kept as proof: the way it was said, and the words."""
        return f"{WAYS[self.way.data]}: {(self.note.data or '').strip()}"


def as_text(codes: Collection[str]) -> str:
    """Codes as a hidden field holds them."""
    return " ".join(sorted(codes))
