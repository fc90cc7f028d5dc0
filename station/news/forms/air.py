"""Forms of the schedule, the programs and the playlist."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any
from unicodedata import category

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    Field,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
    widgets,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from station.core.words import WEEKDAYS
from station.news.forms.seen import StationRowForm
from station.news.playlists import MOST, Unreadable, seconds_of
from station.news.policies.podcasts import artwork_fault, categories
from station.news.policies.schedule import LONGEST

NO_PROGRAM = ""


def trimmed(text: str | None) -> str:
    """What was typed, without the spaces around it and without what no keyboard types."""
    return "".join(letter for letter in text or "" if letter == "\n" or category(letter) not in ("Cc", "Cs")).strip()


def needed(field: DateField) -> date:
    """The day in a field that has one: its validators saw to it."""
    found = field.data
    assert isinstance(found, date)  # noqa: S101
    return found


class SlotForm(StationRowForm):
    """What a rule and a change of one day have in common: what, when, how long."""

    program = SelectField("Program", validate_choice=True)
    title = StringField(
        "Title",
        [Length(max=120)],
        filters=[trimmed],
        description="Instead of the program’s name, or of what has no program.",
    )
    starts = TimeField("Begins at", [InputRequired("Say when it begins.")], format=["%H:%M", "%H:%M:%S"])
    minutes = IntegerField(
        "Minutes",
        [
            InputRequired("Say how long it is."),
            NumberRange(1, LONGEST, f"From 1 to {LONGEST} minutes, which is a day."),
        ],
    )

    def offer(self, programs: Mapping[str, str]) -> None:
        """The programs that can be chosen, by public id."""
        self.program.choices = [(NO_PROGRAM, "No program"), *programs.items()]

    def validate_title(self, field: Field) -> None:
        if not field.data and not self.program.data:
            raise ValidationError("Choose a program or enter a title.")

    @property
    def begins(self) -> time:
        found = self.starts.data
        assert isinstance(found, time)  # noqa: S101  # InputRequired saw to it
        return found.replace(second=0)


class RuleForm(SlotForm):
    """A rule of the schedule."""

    weekdays = SelectMultipleField(
        "Days",
        [InputRequired("Choose at least one day.")],
        option_widget=widgets.CheckboxInput(),
        widget=widgets.ListWidget(prefix_label=False),
    )
    from_on = DateField("First day", [InputRequired("Say from which day on.")])
    until_on = DateField("Last day", [Optional()], description="Without one it goes on.")

    def offer(self, programs: Mapping[str, str]) -> None:
        super().offer(programs)
        self.weekdays.choices = [(str(1 << n), name) for n, name in enumerate(WEEKDAYS)]

    @property
    def mask(self) -> int:
        return sum(int(each) for each in set(self.weekdays.data or ()))

    def validate_until_on(self, field: Field) -> None:
        if field.data and self.from_on.data and field.data < self.from_on.data:
            raise ValidationError("The last day comes before the first.")


class EndForm(FlaskForm):
    """The last day of a rule."""

    last_day = DateField("Last day", [InputRequired("Say which day is the last.")])


class ChangeForm(SlotForm):
    """What is on instead, on one day."""

    on_date = DateField("Day", [InputRequired("Say on which day.")])
    note = StringField("Note for listeners", [Length(max=300)], filters=[trimmed])


class ProgramForm(StationRowForm):
    """A program of a station."""

    name = StringField("Name", [InputRequired("Enter the name."), Length(max=120)], filters=[trimmed])
    source = StringField(
        "From", [Length(max=120)], filters=[trimmed], description="Whose it is, for example NPR. Empty for our own."
    )
    about = TextAreaField("About", [Length(max=4000)], filters=[trimmed])
    hosts = StringField("Hosts", [Length(max=300)], filters=[trimmed])
    url = StringField(
        "Web address",
        [Length(max=500), Regexp(r"(https?://[^\s<>\"]+)?\Z", message="Starts with https://")],
        filters=[trimmed],
    )
    podcast = BooleanField("Its own recordings are a podcast")
    artwork_url = StringField(
        "Picture of the podcast",
        [Length(max=500)],
        filters=[trimmed],
        description="The address of a square JPEG or PNG of 1400 to 3000 pixels. Without one: the station’s own.",
    )
    category = SelectField("Category", choices={"": "As the station", **{each: each for each in categories()}})
    explicit = BooleanField("Not for children: podcast programs show a warning")

    def validate_artwork_url(self, field: Field) -> None:
        if field.data and (fault := artwork_fault(field.data)):
            raise ValidationError(fault)


class PieceForm(StationRowForm):
    """A piece on the playlist. The time is of the station's clocks."""

    day = DateField("Day", [InputRequired("Say on which day.")])
    starts = TimeField("Began at", [InputRequired("Say when it began.")], format=["%H:%M", "%H:%M:%S"])
    composer = StringField("Composer", [Length(max=MOST["composer"])], filters=[trimmed])
    title = StringField("Title", [InputRequired("Enter the title."), Length(max=MOST["title"])], filters=[trimmed])
    performers = StringField("Performers", [Length(max=MOST["performers"])], filters=[trimmed])
    ensemble = StringField("Ensemble", [Length(max=MOST["ensemble"])], filters=[trimmed])
    conductor = StringField("Conductor", [Length(max=MOST["conductor"])], filters=[trimmed])
    label = StringField("Label", [Length(max=MOST["label"])], filters=[trimmed])
    catalog_number = StringField("Catalog number", [Length(max=MOST["catalog_number"])], filters=[trimmed])
    seconds = StringField("Length", filters=[trimmed], description="Such as 18:29.")

    def validate_seconds(self, field: Field) -> None:
        try:
            seconds_of(field.data)
        except Unreadable as problem:
            raise ValidationError(str(problem)) from None

    def row(self) -> dict[str, Any]:
        """What was typed, as a row of a playlist file."""
        names = ("composer", "title", "performers", "ensemble", "conductor", "label", "catalog_number", "seconds")
        return {
            "started_at": f"{self.day.data}T{self.starts.data}",
            **{name: self[name].data or "" for name in names},
        }
