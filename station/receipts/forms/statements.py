"""Forms of the desk's pages of statements."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length


class AgainForm(FlaskForm):
    """Why a statement is issued once more. The donor reads it. `seen` is the version that held as it was asked."""

    seen = HiddenField()
    reason = StringField(
        "Reason",
        [
            DataRequired("Say why, in a sentence that the donor may read."),
            Length(max=300, message="Use at most 300 characters."),
        ],
        description="It stands on the new version, such as: Your name was misspelled.",
    )

    @property
    def version(self) -> int | None:
        """The version that the person had before them; None where the form does not say."""
        said = self.seen.data or ""
        return int(said) if said.isascii() and said.isdigit() and len(said) < 6 else None
