"""Homes at the desk: which stories stand where, and until when."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard
from station.accounts.models import Role
from station.core import clock
from station.core.ids import public_id, row_id
from station.core.words import day
from station.licensee.queries import StationView, default_station, station_by_slug, the_licensee
from station.news import queries, services
from station.news.forms import HomeForm
from station.news.policies.homes import POSITIONS
from station.news.queries import Placed
from station.news.services import ArrangedMeanwhile

desk = Blueprint("home_desk", __name__, url_prefix="/desk/home")
guard(desk, Role.NEWS)

CHOICE = 60  # of the newest stories


@desk.get("")
def index() -> ResponseReturnValue:
    """The first station's home."""
    return home(default_station().slug)


@desk.route("/<station_slug>", methods=["GET", "POST"])
def home(station_slug: str) -> ResponseReturnValue:
    """The places of a home, to be filled by hand or left to fill themselves."""
    station = station_by_slug(station_slug) or abort(404)
    now = clock.now()
    held = queries.placed(station.id, now)
    form = HomeForm(data=_values(held))
    form.offer(_choices(station, held, now))
    if form.validate_on_submit():
        return _keep(form, station)
    return _page(form, station), 422 if form.errors else 200


def _keep(form: HomeForm, station: StationView) -> ResponseReturnValue:
    places = {at: (_id(story), _end(last)) for at, story, last in form.places() if story}
    try:
        services.arrange_home(station.id, places, form.seen_places(), current_person().actor)
    except (ArrangedMeanwhile, LookupError):
        form.conflict()
        return _page(form, station), 409
    flash(f"Kept. The home of {station.name} shows it now.", "success")
    return redirect(url_for(".home", station_slug=station.slug), 303)


def _page(form: HomeForm, station: StationView) -> str:
    return render_template("news/desk/home.html", form=form, of=station, positions=POSITIONS)


def _values(held: list[Placed]) -> dict[str, Any]:
    zone = the_licensee().timezone
    values: dict[str, Any] = {"seen": HomeForm.mark(held)}
    for each in held:
        values[f"story_{each.position}"] = public_id("story", each.story_id)
        values[f"last_{each.position}"] = (
            clock.local_date(each.until - timedelta(seconds=1), zone) if each.until else None
        )
    return values


def _choices(station: StationView, held: list[Placed], now: datetime) -> list[tuple[str, str]]:
    stories = [each.headline for each in held if each.headline] + queries.newest(station.id, now, CHOICE)
    found = {each.public_id: f"{each.headline} ({day(each.published_at)})" for each in stories}
    return [("", "Whatever is newest"), *found.items()]


def _id(text: str) -> UUID:
    return row_id("story", text) or UUID(int=0)


def _end(last: date | None) -> datetime | None:
    """The midnight that ends a station-local day."""
    return clock.day_bounds(last, the_licensee().timezone)[1] if last else None
