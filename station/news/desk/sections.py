"""Sections at the desk: what stories are filed under, in which order, and whether the home shows it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard
from station.accounts.models import Role
from station.core.ids import row_id
from station.licensee.queries import StationView, station_by_id
from station.news import services
from station.news.desk.schedule import asked_station
from station.news.forms import SectionForm
from station.news.forms.seen import typed_for_removed
from station.news.policies.moves import Refused
from station.news.policies.seen import mark
from station.news.queries import newsroom
from station.news.queries.newsroom import SectionRecord
from station.news.services import SECTION, SectionUsed

desk = Blueprint("sections_desk", __name__, url_prefix="/desk/sections")
guard(desk, Role.NEWS)

STEP = 10  # between two sections, so that another one has room there


@desk.get("")
def index() -> str:
    """Every section of a station (`?station=`), in its order."""
    station = asked_station()
    found = newsroom.section_records(station.id)
    return render_template("news/desk/sections.html", of=station, sections=found)


@desk.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    station = asked_station()
    last = max((each.position for each in newsroom.section_records(station.id)), default=0)
    form = SectionForm(position=last + STEP)
    if form.validate_on_submit() and (done := _kept(form, None, station)):
        return done
    return _page(form, None, station)


@desk.route("/<section_id>", methods=["GET", "POST"])
def show(section_id: str) -> ResponseReturnValue:
    found = _section(section_id)
    if found is None:
        return _removed()
    station = station_by_id(found.station_id)
    form = SectionForm(data={**vars(found), "seen": mark(found, SECTION), "of": station.slug})
    if form.validate_on_submit() and (done := _kept(form, found.id, station)):
        return done
    return _page(form, _section(section_id), station)


@desk.post("/<section_id>/delete")
def delete(section_id: str) -> ResponseReturnValue:
    """Delete one that is empty."""
    found = _section(section_id) or abort(404)
    try:
        name = services.delete_section(found.id, current_person().actor)
    except SectionUsed as used:
        many = "1 story stands" if used.count == 1 else f"{used.count:,} stories stand"
        flash(f"It was not deleted: {many} under it, or will. File them under another section first.", "danger")
        return redirect(url_for(".show", section_id=section_id), 303)
    flash(f"The section “{name}” is deleted.", "success")
    return redirect(url_for(".index", station=station_by_id(found.station_id).slug), 303)


def _kept(form: SectionForm, section_id: UUID | None, station: StationView) -> ResponseReturnValue | None:
    """The way back once it is kept; None, with the reason in the form, for what cannot be."""
    try:
        with form.told_of_others(url_for(".new", station=station.slug)):
            services.keep_section(
                section_id, station.id, form.draft(), current_person().actor, seen=form.mark_of_page
            )
            flash("Kept.", "success")
            return redirect(url_for(".index", station=station.slug), 303)
    except Refused as problem:
        form.refuse_slug(problem)
    return None


def _removed() -> ResponseReturnValue:
    """What was typed for a section that is there no more."""
    form = typed_for_removed(SectionForm)
    form.removed(url_for(".new", station=form.station.slug))
    return _page(form, None, form.station)


def _page(form: SectionForm, found: SectionRecord | None, station: StationView) -> ResponseReturnValue:
    return render_template("news/desk/section.html", form=form, section=found, of=station), form.status


def _section(text: str) -> SectionRecord | None:
    """A section by its public id, None once it is deleted; 404 for what is no id of one."""
    return newsroom.section_record(row_id("section", text) or abort(404))
