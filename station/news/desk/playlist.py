"""The playlist at the desk: a day of it, with what was forgotten added and what was wrong corrected."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard
from station.accounts.models import Role
from station.core import clock
from station.core.ids import row_id
from station.core.words import minutes
from station.licensee.queries import StationView, station_by_id, station_by_slug, stations, the_licensee
from station.news import queries, services
from station.news.forms import PieceForm
from station.news.forms.seen import typed_for_removed
from station.news.playlists import Unreadable, piece
from station.news.policies.seen import mark
from station.news.queries import Played
from station.news.services import PIECE

desk = Blueprint("playlist_desk", __name__, url_prefix="/desk/playlist")
guard(desk, Role.NEWS)


@desk.get("")
def index() -> str:
    """A day of a station's playlist: `?station=&day=`, today at the last station without them."""
    station, day = _station(), _day()
    begins, ends = clock.day_bounds(day, the_licensee().timezone)
    return render_template(
        "news/desk/playlist.html", of=station, day=day, played=queries.playlist(station.id, begins, ends)
    )


@desk.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    station, form = _station(), PieceForm(day=_day())
    if form.validate_on_submit() and (done := _kept(form, None, station)):
        return done
    return _page(form, None, station)


@desk.route("/<entry_id>", methods=["GET", "POST"])
def show(entry_id: str) -> ResponseReturnValue:
    found = _entry(entry_id)
    if found is None:
        return _removed()
    local = clock.local(found.started_at, the_licensee().timezone)
    length = minutes(found.seconds) if found.seconds else ""
    data = {"day": local.date(), "starts": local.time().replace(microsecond=0), "seconds": length}
    station = station_by_id(found.station_id)
    form = PieceForm(data={**vars(found), **data, "seen": mark(found, PIECE), "of": station.slug})
    if form.validate_on_submit() and (done := _kept(form, found.id, station)):
        return done
    return _page(form, found, station)


@desk.post("/<entry_id>/remove")
def remove(entry_id: str) -> ResponseReturnValue:
    found = _entry(entry_id) or abort(404)
    services.remove_piece(found.id, current_person().actor)
    flash(f"“{found.title}” is off the playlist.", "success")
    return redirect(_back(station_by_id(found.station_id), found), 303)


def _kept(form: PieceForm, entry_id: UUID | None, station: StationView) -> ResponseReturnValue | None:
    """The way back once it is kept; None, with the reason in the form, for what cannot be."""
    try:
        draft = piece(form.row(), the_licensee().timezone)
    except Unreadable as problem:
        form.form_errors.append(str(problem))
        return None
    with form.told_of_others(_anew(form, station)):
        services.keep_piece(entry_id, station.id, draft, current_person().actor, seen=form.mark_of_page)
        flash("Kept.", "success")
        return redirect(url_for(".index", station=station.slug, day=form.day.data), 303)
    return None


def _removed() -> ResponseReturnValue:
    """What was typed for a piece that somebody else took off meanwhile."""
    form = typed_for_removed(PieceForm)
    form.removed(_anew(form, form.station))
    return _page(form, None, form.station)


def _anew(form: PieceForm, station: StationView) -> str:
    return url_for(".new", station=station.slug, day=form.day.data)


def _page(form: PieceForm, found: Played | None, station: StationView) -> ResponseReturnValue:
    entry = None if form.gone else found
    page = render_template("news/desk/piece.html", form=form, entry=entry, of=station, back=_back(station, found))
    return page, form.status


def _back(station: StationView, found: Played | None) -> str:
    day = clock.local_date(found.started_at, the_licensee().timezone) if found else _day()
    return url_for(".index", station=station.slug, day=day)


def _station() -> StationView:
    slug = request.args.get("station")
    return stations()[-1] if slug is None else station_by_slug(slug) or abort(404)


def _day() -> date:
    """The day that `?day=` names; today for anything else."""
    try:
        found = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        found = date.min
    return found if date(1970, 1, 1) < found < date(9000, 1, 1) else clock.today(the_licensee().timezone)


def _entry(text: str) -> Played | None:
    """A piece by its public id, None once it is removed; 404 for what is no id of a piece."""
    return queries.played(row_id("entry", text) or abort(404))
