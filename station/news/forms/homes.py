"""The form of a home: which story stands where, and until when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, SelectField
from wtforms.validators import Optional

from station.news.policies.homes import POSITIONS
from station.news.queries import Placed


class HomeForm(FlaskForm):
    """For each place a story and the last day that it stands there; what stood there when the page was made."""

    seen = HiddenField()

    def offer(self, choices: Sequence[tuple[str, str]]) -> None:
        """The stories that can be chosen."""
        for position in POSITIONS:
            self[f"story_{position}"].choices = list(choices)

    def places(self) -> Iterator[tuple[int, str, date | None]]:
        """(position, public id of a story or empty, last day or None)."""
        for position in POSITIONS:
            yield position, self[f"story_{position}"].data or "", self[f"last_{position}"].data

    @staticmethod
    def mark(held: Sequence[Placed]) -> str:
        """What stands on a home, as a word that the page carries."""
        return " ".join(f"{p.position}={p.story_id}={p.until.isoformat() if p.until else ''}" for p in held)

    def seen_places(self) -> dict[int, tuple[UUID, datetime | None]]:
        """What mark() wrote; empty for what it never wrote."""
        found = {}
        try:
            for each in (self.seen.data or "").split():
                position, story, until = each.split("=")
                found[int(position)] = (UUID(story), datetime.fromisoformat(until) if until else None)
        except ValueError:
            return {}
        return found

    def conflict(self) -> None:
        """Say that somebody else was here."""
        self.form_errors.append("Somebody else changed this home since you opened it. Open it again, then choose.")

    def validate(self, extra_validators: object = None) -> bool:
        """Each story once."""
        fine = bool(super().validate(extra_validators))
        taken: set[str] = set()
        for position, story, _ in self.places():
            if story and story in taken:
                self[f"story_{position}"].errors = ["This story stands in a place above already."]
                fine = False
            taken.add(story)
        return fine


for _position in POSITIONS:
    _place = "The lead" if _position == 1 else f"Place {_position}"
    setattr(HomeForm, f"story_{_position}", SelectField(_place))
    setattr(HomeForm, f"last_{_position}", DateField(f"Last day of {_place[0].lower()}{_place[1:]}", [Optional()]))
