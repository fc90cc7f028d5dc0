"""Reporters and hosts at the desk: who has a page, what it says of them, and which stories it lists."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard
from station.accounts.models import Role
from station.core.ids import row_id
from station.licensee.queries import StationView, station_by_id
from station.news import services
from station.news.desk.schedule import asked_station
from station.news.forms import PersonForm
from station.news.forms.labels import one_line
from station.news.forms.seen import typed_for_removed
from station.news.policies.moves import Refused
from station.news.policies.seen import mark
from station.news.queries import newsroom
from station.news.queries.newsroom import PersonRecord
from station.news.services import PERSON

desk = Blueprint("people_desk", __name__, url_prefix="/desk/people")
guard(desk, Role.NEWS)


@desk.get("")
def index() -> str:
    """People of a station (`?station=`) by name: `?q=` of a name or role; `?after=` where a page ended."""
    station, query = asked_station(), one_line(request.args.get("q"))[:200]
    found = newsroom.person_records(station.id, query, row_id("person", request.args.get("after", "")))
    after = found.people[-1].public_id if found.more else None
    return render_template(
        "news/desk/people.html",
        of=station,
        people=found.people,
        query=query,
        pager={"next_url": url_for(".index", station=station.slug, q=query or None, after=after)} if after else None,
    )


@desk.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    station, form = asked_station(), PersonForm()
    if form.validate_on_submit() and (done := _kept(form, None, station)):
        return done
    return _page(form, None, station)


@desk.route("/<person_id>", methods=["GET", "POST"])
def show(person_id: str) -> ResponseReturnValue:
    found = _person(person_id)
    if found is None:
        return _removed()
    station = station_by_id(found.station_id)
    form = PersonForm(data={**vars(found), "seen": mark(found, PERSON), "of": station.slug})
    if form.validate_on_submit() and (done := _kept(form, found.id, station)):
        return done
    return _page(form, _person(person_id), station)


def _kept(form: PersonForm, person_id: UUID | None, station: StationView) -> ResponseReturnValue | None:
    """The way back once they are kept; None, with the reason in the form, for what cannot be."""
    try:
        with form.told_of_others(url_for(".new", station=station.slug)):
            services.keep_person(person_id, station.id, form.draft(), current_person().actor, seen=form.mark_of_page)
            flash("Kept.", "success")
            return redirect(url_for(".index", station=station.slug), 303)
    except Refused as problem:
        form.refuse_slug(problem)
    return None


def _removed() -> ResponseReturnValue:
    """What was typed for somebody whose page is there no more."""
    form = typed_for_removed(PersonForm)
    form.removed(url_for(".new", station=form.station.slug))
    return _page(form, None, form.station)


def _page(form: PersonForm, found: PersonRecord | None, station: StationView) -> ResponseReturnValue:
    others = newsroom.others_named(found) if found else []
    page = render_template("news/desk/person.html", form=form, known=found, others=others, of=station)
    return page, form.status


def _person(text: str) -> PersonRecord | None:
    """A person by their public id, None once they have no page; 404 for what is no id of one."""
    return newsroom.person_record(row_id("person", text) or abort(404))
