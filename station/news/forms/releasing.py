"""Forms of a story's page at the desk: when it is out, embargoes, reasons, switches, corrections.

They stand on one page, so each has a prefix. `seen` is what the page showed (policies.releasing.mark).
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Self

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, HiddenField, RadioField, StringField, TextAreaField, TimeField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from station.core import clock
from station.core.words import day as day_words
from station.core.words import oclock
from station.licensee.queries import the_licensee
from station.news.forms.air import trimmed
from station.news.policies.releasing import Refusal, WrongTime
from station.news.policies.releasing.clocks import instants, name_of_time
from station.news.policies.releasing.corrections import LONGEST

FIRST, SECOND = "first", "second"
NO_DAYS = (date(1990, 1, 1), date(9000, 1, 1))


class ActForm(FlaskForm):
    """Something done with a story. The desk's own guard looks at the token of every form that is sent."""

    class Meta:
        csrf = False

    seen = HiddenField()

    @property
    def name(self) -> str:
        """Its prefix, by which the page finds its place."""
        return str(self._prefix).rstrip("-")

    def refuse(self, why: Refusal) -> Self:
        """Say why it was not done; what was typed stays."""
        self.form_errors.append(str(why))
        return self


class ReasonForm(ActForm):
    """Something that needs a reason."""

    why = StringField("Reason", [DataRequired("Say why: it is kept on record."), Length(max=300)], filters=[trimmed])


class WhenForm(ActForm):
    """A minute of the station's clocks. `instant` is what it means, once the form is valid.

    Twice a year the clocks jump: a minute that they skip is refused, of one that comes twice is asked which one.
    """

    day = DateField("Day", [InputRequired("Say on which day.")])
    at = TimeField("Time", [InputRequired("Say at which minute.")], format=["%H:%M", "%H:%M:%S"])
    which = RadioField("Which one", [Optional()], choices=[], validate_choice=False)
    instant: datetime

    def validate(self, extra_validators: object = None) -> bool:
        if not super().validate(extra_validators):
            return False
        on, shown = self.day.data, self.at.data
        assert isinstance(on, date)  # noqa: S101  # InputRequired saw to it
        assert isinstance(shown, time)  # noqa: S101
        if not NO_DAYS[0] < on < NO_DAYS[1]:
            self.day.errors = ["That day is too far away. Choose a nearer one."]
            return False
        return self._understand(on, shown.replace(second=0))

    def refuse(self, why: Refusal) -> Self:
        """Say it at the time, when that is why."""
        if not isinstance(why, WrongTime):
            return super().refuse(why)
        self.at.errors = [str(why)]
        return self

    def _understand(self, on: date, shown: time) -> bool:
        zone = the_licensee().timezone
        meant = instants(on, shown, zone)
        said = f"{oclock(shown)} on {day_words(on)}"
        if not meant:
            self.at.errors = [f"The clocks skip {said}: they go forward then. Choose an earlier or a later time."]
            return False
        if len(meant) > 1:
            names = [name_of_time(each, zone) for each in meant]
            self.which.choices = [
                (FIRST, f"The first {oclock(shown)} ({names[0]})"),
                (SECOND, f"The second {oclock(shown)} ({names[1]})"),
            ]
            if self.which.data not in (FIRST, SECOND):
                self.which.errors = [f"The clocks show {said} twice: they go back then. Say which one."]
                return False
        self.instant = meant[self.which.data == SECOND and len(meant) > 1]
        return True

    @classmethod
    def showing(cls, instant: datetime | None, prefix: str, **data: object) -> Self:
        """The form with an instant in it, as the station's clocks show it."""
        if instant is None:
            return cls(formdata=None, prefix=prefix, data=data)
        local = clock.local(instant, the_licensee().timezone)
        shown = {"day": local.date(), "at": local.time().replace(microsecond=0)}
        return cls(formdata=None, prefix=prefix, data={**data, **shown})


class DateForm(WhenForm):
    """Another date for a story that is out."""

    told = BooleanField("Show readers that it was updated")


class EmbargoForm(WhenForm):
    """Until when nothing is let out, and for whose sake."""

    why = StringField(
        "Reason",
        [DataRequired("Say why: it is kept on record."), Length(max=300)],
        filters=[trimmed],
        description="Who asked for it, for example the university’s press office.",
    )


class QuietForm(ActForm):
    """What does not stand beside a story."""

    no_underwriting = BooleanField("No underwriting")
    sensitive = BooleanField("Sensitive")
    why = StringField("Reason", [Length(max=300)], filters=[trimmed])

    def validate(self, extra_validators: object = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if (self.no_underwriting.data or self.sensitive.data) and not self.why.data:
            self.why.errors = ["Say why: it is kept on record."]
            return False
        return fine


class CorrectionForm(ActForm):
    """A correction; `key` makes it one, however often it is sent. `sure` comes with the preview."""

    key = HiddenField()
    text = TextAreaField(
        "Correction",
        [DataRequired("Write what was wrong and what is right."), Length(max=LONGEST)],
        filters=[trimmed],
        description="Say what was wrong and what is right, in full sentences. An empty line begins a paragraph.",
    )
