"""Forms of the news desk."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, IntegerField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange, Regexp

from station.licensee.queries import stations
from station.news.services import BadQuery, query_of

ADDRESS = r"https?://[^\s<>\"@\\]+\Z"
MAYBE = r"(https?://[^\s<>\"]+)?\Z"
STARTS = "Starts with https://"


def _trim(text: str | None) -> str:
    return (text or "").strip()


class FeedForm(FlaskForm):
    """A query that is put to NPR by the clock."""

    name = StringField("Name", [InputRequired("Give it a name."), Length(max=120)], filters=[_trim])
    query = StringField(
        "Query",
        [InputRequired("Say what to ask for."), Length(max=1000)],
        filters=[_trim],
        description="As in an address, for example collectionIds=1122&limit=20.",
    )
    station = SelectField("New stories go to")
    every_minutes = IntegerField(
        "Minutes between two questions",
        [InputRequired("Say how often."), NumberRange(1, 1440, "From 1 to 1440 minutes, which is a day.")],
    )
    enabled = BooleanField("Ask by the clock")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.station.choices = [(each.slug, each.name) for each in stations()]

    def validate_query(self, field: Field) -> None:
        try:
            query_of(field.data or "")
        except BadQuery as problem:
            raise ValidationError(str(problem)) from None


class PartnerForm(FlaskForm):
    """A partner's feed, and what was agreed about it."""

    name = StringField("Name", [InputRequired("Give it a name."), Length(max=120)], filters=[_trim])
    address = StringField(
        "Address of the feed",
        [InputRequired("Enter the address of the feed."), Length(max=1000), Regexp(ADDRESS, message=STARTS)],
        filters=[_trim],
        description="RSS or Atom.",
    )
    station = SelectField("New stories go to")
    owner = StringField(
        "Owner",
        [InputRequired("Enter the owner."), Length(max=120)],
        filters=[_trim],
        description="As the copyright line names it.",
    )
    owner_url = StringField("Owner’s web address", [Length(max=300), Regexp(MAYBE, message=STARTS)], filters=[_trim])
    section = StringField("Section", [Length(max=80)], filters=[_trim], description="Where their stories stand.")
    whole = BooleanField("Their license lets us show the whole text; else the beginning and a link")
    follow = BooleanField("Withdraw a story here when it is gone from the feed")
    every_minutes = IntegerField(
        "Minutes between two questions",
        [InputRequired("Say how often."), NumberRange(1, 1440, "From 1 to 1440 minutes, which is a day.")],
    )
    enabled = BooleanField("Ask by the clock")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.station.choices = [(each.slug, each.name) for each in stations()]


class OwnerForm(FlaskForm):
    """How the copyright line names an owner."""

    service = StringField(
        "Service",
        [InputRequired("Enter the service's id."), Length(max=80), Regexp(r"[A-Za-z0-9-]+\Z", message="Like s921.")],
        filters=[_trim],
        description="As the refusal names it, for example s921.",
    )
    owner = StringField(
        "Name", [InputRequired("Enter the name."), Length(max=120)], filters=[_trim], description="As it is printed."
    )
    url = StringField(
        "Web address",
        [Length(max=300), Regexp(r"(https?://[^\s<>\"]+)?\Z", message="Starts with https://")],
        filters=[_trim],
    )
