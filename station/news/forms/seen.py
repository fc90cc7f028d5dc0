"""Forms of rows that two editors may have open at once: they carry a mark of what was seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from flask import abort, request
from flask_wtf import FlaskForm
from sqlalchemy.exc import NoResultFound
from wtforms import HiddenField

from station.licensee.queries import StationView, station_by_slug
from station.news.policies.seen import ChangedSince

MEANWHILE = (
    "Somebody else changed this since you opened it, so nothing was kept. What you typed is below. Look at "
    "what they wrote, or keep yours once more to put it in its place."
)
REMOVED = "Somebody else removed this since you opened it, so nothing was kept. What you typed is below"
ANEW = f"{REMOVED}: keep it to add it anew, or leave it."
FOR_GOOD = f"{REMOVED}, to be copied: it cannot be added anew here."


class _Mark(HiddenField):
    """What the page carried, and nothing where it carried none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0] if valuelist else ""


class SeenForm(FlaskForm):
    """A form with the mark (policies.seen.mark) of the row that it shows; empty for a new one.

    `gone` says that somebody removed the row meanwhile; what was typed is then sent to the address `anew`, if any.
    """

    seen = _Mark()
    gone = False
    anew = ""

    @property
    def mark_of_page(self) -> str:
        """The mark that the page carried; empty where it carried none."""
        return self.seen.data or ""

    @contextmanager
    def told_of_others(self, anew: str) -> Iterator[None]:
        """Within it the row is kept. Where somebody else changed or removed it, the form says so after it."""
        try:
            yield
        except ChangedSince as since:
            self.meanwhile(since.now)
        except NoResultFound:
            self.removed(anew)

    def meanwhile(self, now: str) -> None:
        """Say that somebody else was here. What is sent next is asked against `now`, the row as it is."""
        self.form_errors.append(MEANWHILE)
        self.seen.data = now

    def removed(self, anew: str) -> None:
        """Say that the row is there no more, beside what cannot be kept of what was typed.

        `anew` is where it is added as a new one; empty where it cannot be.
        """
        self.validate()
        self.form_errors.append(ANEW if anew else FOR_GOOD)
        self.seen.data, self.gone, self.anew = "", True, anew

    @property
    def status(self) -> int:
        """What to answer with when the page is shown again, or for the first time."""
        if self.gone or MEANWHILE in self.form_errors:
            return 409
        return 422 if self.errors else 200


class StationRowForm(SeenForm):
    """A form of a row of one station, which the page names: the row that could say it may be removed meanwhile."""

    of = HiddenField()

    @property
    def station(self) -> StationView:
        """The station that the page named; 404 for none of ours."""
        return station_by_slug(self.of.data or "") or abort(404)


Typed = TypeVar("Typed", bound=SeenForm)


def typed_for_removed(kind: type[Typed]) -> Typed:
    """What somebody typed for a row that is there no more; `removed()` says so. 404 where no page showed the row."""
    form = kind() if request.method == "POST" else abort(404)
    return form if form.mark_of_page else abort(404)
