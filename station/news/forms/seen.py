"""Forms of rows that two editors may have open at once: they carry a mark of what was seen."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField

MEANWHILE = (
    "Somebody else changed this since you opened it, so nothing was kept. What you typed is below. Look at "
    "what they wrote, or keep yours once more to put it in its place."
)


class _Mark(HiddenField):
    """What the page carried, and nothing where it carried none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0] if valuelist else ""


class SeenForm(FlaskForm):
    """A form with the mark (policies.seen.mark) of the row that it shows; empty for a new one."""

    seen = _Mark()

    @property
    def mark_of_page(self) -> str:
        """The mark that the page carried; empty where it carried none."""
        return self.seen.data or ""

    def meanwhile(self, now: str) -> None:
        """Say that somebody else was here. What is sent next is asked against `now`, the row as it is."""
        self.form_errors.append(MEANWHILE)
        self.seen.data = now

    @property
    def status(self) -> int:
        """What to answer with when the page is shown again, or for the first time."""
        if MEANWHILE in self.form_errors:
            return 409
        return 422 if self.errors else 200
