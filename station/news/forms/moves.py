"""Forms of redirects, of a story's address and of the banner."""

from __future__ import annotations

from datetime import datetime
from unicodedata import category
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
    widgets,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from station.core import clock
from station.licensee.queries import station_by_slug, stations, the_licensee
from station.news.forms.air import trimmed
from station.news.forms.seen import SeenForm
from station.news.models import BannerLevel
from station.news.policies.banners import LONGEST_HEADLINE
from station.news.policies.moves import LONGEST_PATH, LONGEST_TARGET, Refused, moved_path, wanted_slug
from station.news.services import BannerDraft, RedirectDraft

EVERYWHERE = ""
FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


def _rows(text: str | None) -> str:
    """Lines as they were pasted, with the tabs between cells, and without what no keyboard types."""
    lines = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in lines if letter in "\n\t" or category(letter) not in ("Cc", "Cs")).strip("\n")


class _Scoped(FlaskForm):
    """What one redirect and many have in common: where, how, and why."""

    station = SelectField("Holds")
    kind = RadioField("How long", choices={"301": "For good (301)", "302": "For now (302)"}, default="301")
    keep_query = BooleanField("Hand on what follows a question mark", default=True)
    reason = StringField("Reason", [Length(max=300)], filters=[trimmed])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.station.choices = [
            (EVERYWHERE, "On every host"),
            *((each.slug, f"On pages of {each.name}") for each in stations()),
        ]

    @property
    def station_id(self) -> UUID | None:
        found = station_by_slug(self.station.data or "")
        return found.id if found else None


class RedirectForm(_Scoped, SeenForm):
    """A redirect."""

    path = StringField(
        "Old path",
        [DataRequired("Enter the path that is to lead somewhere."), Length(max=LONGEST_PATH)],
        filters=[trimmed],
        description="For example /2019/12/30/some-story. Capitals and a slash at the end make no difference.",
    )
    target = StringField(
        "Leads to",
        [DataRequired("Enter where it leads."), Length(max=LONGEST_TARGET)],
        filters=[trimmed],
        description="A path of ours, for example /news/section/water, or an address that begins with https://.",
    )

    def validate_path(self, field: Field) -> None:
        try:
            moved_path(field.data or "")
        except Refused as problem:
            raise ValidationError(str(problem)) from None

    def draft(self) -> RedirectDraft:
        """What was typed."""
        return RedirectDraft(
            self.station_id,
            self.path.data or "",
            self.target.data or "",
            self.kind.data == "301",
            bool(self.keep_query.data),
            self.reason.data or "",
        )


class ImportForm(_Scoped):
    """Many redirects: a file, or its lines."""

    file = FileField("A CSV file")
    lines = TextAreaField(
        "Or its lines",
        filters=[_rows],
        description="Old path, new address, and 301 or 302 where it differs from the choice below. "
        "For example: /2019/12/30/some-story,/news/story/some-story",
    )

    def validate_lines(self, field: Field) -> None:
        """A file fills the lines, so that they are there for a second look."""
        if self.file.data:
            try:
                field.data = _rows(self.file.data.read().decode("utf-8-sig"))
            except UnicodeDecodeError:
                raise ValidationError(
                    "The file is not in UTF-8. Save it as “CSV UTF-8”, then choose it again."
                ) from None
        if not field.data:
            raise ValidationError("Choose a file, or paste its lines.")

    def common(self) -> RedirectDraft:
        """What the rows share."""
        forever = self.kind.data == "301"
        return RedirectDraft(self.station_id, "", "", forever, bool(self.keep_query.data), self.reason.data or "")


class SlugForm(FlaskForm):
    """The last part of a story's address."""

    slug = StringField(
        "Last part of the address",
        [DataRequired("Enter the last part of the address.")],
        filters=[trimmed],
        description="Letters from a to z, digits and hyphens; at most 100.",
    )

    def validate_slug(self, field: Field) -> None:
        try:
            wanted_slug(field.data or "")
        except Refused as problem:
            raise ValidationError(str(problem)) from None


class BannerForm(FlaskForm):
    """The banner. Instants are of the station's clocks."""

    stations = SelectMultipleField(
        "Above the pages of",
        [InputRequired("Choose at least one station.")],
        option_widget=widgets.CheckboxInput(),
        widget=widgets.ListWidget(prefix_label=False),
    )
    level = RadioField(
        "What it is",
        choices={BannerLevel.BREAKING.value: "Breaking news", BannerLevel.NOTICE.value: "Notice"},
        default=BannerLevel.BREAKING.value,
    )
    headline = StringField(
        "Headline",
        [DataRequired("Enter the headline."), Length(max=LONGEST_HEADLINE)],
        filters=[trimmed],
        description="One line, as short as it can be.",
    )
    link = StringField(
        "Leads to",
        [Length(max=500)],
        filters=[trimmed],
        description="A story of ours, or an address that begins with https://. Without one the banner is no link.",
    )
    starts_at = DateTimeLocalField("Begins", [Optional()], format=FORMATS, description="Now, when it is empty.")
    ends_at = DateTimeLocalField(
        "Ends",
        [InputRequired("Say when it ends, within 48 hours.")],
        format=FORMATS,
        description="At the latest 48 hours after it begins.",
    )
    seen = HiddenField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.stations.choices = [(each.slug, each.name) for each in stations()]

    def validate_starts_at(self, field: Field) -> None:
        _near(field)

    def validate_ends_at(self, field: Field) -> None:
        _near(field)

    def draft(self) -> BannerDraft:
        """What was typed; its validators saw to the end."""
        ends = _instant(self.ends_at.data)
        assert ends is not None  # noqa: S101
        return BannerDraft(
            BannerLevel(self.level.data),
            self.headline.data or "",
            self.link.data or "",
            _instant(self.starts_at.data),
            ends,
        )

    def station_ids(self) -> list[UUID]:
        """The stations that were chosen, in the licensee's order."""
        return [each.id for each in stations() if each.slug in (self.stations.data or ())]

    def seen_editions(self) -> dict[UUID, UUID]:
        """What mark() wrote; empty for what it never wrote."""
        try:
            pairs = [each.split("=") for each in (self.seen.data or "").split()]
            return {UUID(station): UUID(edition) for station, edition in pairs}
        except ValueError:
            return {}

    @staticmethod
    def mark(editions: dict[UUID, UUID]) -> str:
        """What stands above the pages, as a word that the page carries."""
        return " ".join(f"{station}={edition}" for station, edition in editions.items())


def _near(field: Field) -> None:
    if field.data and not 2000 <= field.data.year < 3000:
        raise ValidationError("Choose a day near today.")


def _instant(typed: datetime | None) -> datetime | None:
    """An instant from the station's clocks; of an hour that comes twice, the first."""
    return typed.replace(tzinfo=ZoneInfo(the_licensee().timezone)).astimezone(clock.now().tzinfo) if typed else None
