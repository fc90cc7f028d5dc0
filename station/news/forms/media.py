"""Forms of pictures and recordings."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, DateField, Field, IntegerField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from station.news.forms.air import trimmed
from station.news.forms.seen import SeenForm
from station.news.models import MediaKind
from station.news.policies.media import LARGEST, MEGABYTE, PICTURES_TAKEN, SOUNDS_TAKEN
from station.news.services.media import Words

ACCEPT = ".jpg,.jpeg,.png,.webp,.avif,.gif,.mp3,.m4a"
LIMITS = (
    f"Pictures: {PICTURES_TAKEN}, up to {LARGEST[MediaKind.IMAGE] // MEGABYTE} MB and 50 million pixels. "
    f"Recordings: {SOUNDS_TAKEN}, up to {LARGEST[MediaKind.AUDIO] // MEGABYTE} MB."
)
_PERCENT = (InputRequired("Enter a number from 0 to 100."), NumberRange(0, 100, "From 0 to 100 percent."))


class UploadForm(FlaskForm):
    """A file to be taken in."""

    file = FileField("File", [FileRequired("Choose a file.")], description=LIMITS)


class SoundForm(SeenForm):
    """What is said of a recording."""

    caption = StringField("Title", [InputRequired("Give it a title."), Length(max=1000)], filters=[trimmed])
    credit = StringField("Credit", [Length(max=200)], filters=[trimmed], description="Who made it.")
    rights = StringField(
        "Note on rights", [Length(max=500)], filters=[trimmed], description="For the newsroom; readers do not see it."
    )
    not_after = DateField("Do not use after", [Optional()], description="The last day on which it may be used.")

    def words(self) -> Words:
        """What was typed."""
        return Words(**self._plain())

    def _plain(self) -> dict[str, Any]:
        last = self.not_after.data
        return {
            "caption": self.caption.data or "",
            "credit": self.credit.data or "",
            "rights": self.rights.data or "",
            "not_after": last if isinstance(last, date) else None,
        }


class PictureForm(SoundForm):
    """What is said of a picture, and what its crops keep."""

    alt = TextAreaField(
        "What it shows",
        [Length(max=500)],
        filters=[trimmed],
        description="For those who cannot see it: what matters of it in a sentence. Do not repeat the caption.",
    )
    decorative = BooleanField("It is mere decoration and needs no description")
    caption = TextAreaField(
        "Caption", [Length(max=1000)], filters=[trimmed], description="Stands below it. A story may have its own."
    )
    credit = StringField(
        "Credit",
        [InputRequired("Say whose picture it is."), Length(max=200)],
        filters=[trimmed],
        description="As it is printed, for example Rosa Delgado for Nevada Public Radio.",
    )
    focal_x = IntegerField("Percent from the left", _PERCENT)
    focal_y = IntegerField("Percent from the top", _PERCENT)

    def validate_alt(self, field: Field) -> None:
        if not field.data and not self.decorative.data:
            raise ValidationError("Say what the picture shows, or that it is mere decoration.")
        if field.data and self.decorative.data:
            raise ValidationError("A picture that needs no description has none: clear this, or the box below.")

    def _plain(self) -> dict[str, Any]:
        return {
            **super()._plain(),
            "alt": self.alt.data or "",
            "decorative": bool(self.decorative.data),
            "focal_x": self.focal_x.data,
            "focal_y": self.focal_y.data,
        }
