"""Programs at the desk: what the schedule names and what stories were heard on."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard
from station.accounts.models import Role
from station.core.ids import public_id, row_id
from station.licensee.queries import StationView, station_by_id
from station.news import queries, services
from station.news.desk.schedule import asked_station
from station.news.forms import ProgramForm
from station.news.forms.seen import typed_for_removed
from station.news.models import Program
from station.news.policies.seen import mark
from station.news.services import PROGRAM

desk = Blueprint("programs_desk", __name__, url_prefix="/desk/programs")
guard(desk, Role.NEWS)


@desk.get("")
def index() -> str:
    station = asked_station()
    programs = [(public_id("program", each.id), each) for each in queries.programs(station.id)]
    return render_template("news/desk/programs.html", of=station, programs=programs)


@desk.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    station, form = asked_station(), ProgramForm()
    if form.validate_on_submit() and (done := _kept(form, None, station)):
        return done
    return _page(form, None, station)


@desk.route("/<program_id>", methods=["GET", "POST"])
def show(program_id: str) -> ResponseReturnValue:
    found = _program(program_id)
    if found is None:
        return _removed()
    station = station_by_id(found.station_id)
    form = ProgramForm(obj=found, seen=mark(found, PROGRAM), of=station.slug)
    if form.validate_on_submit() and (done := _kept(form, found.id, station)):
        return done
    return _page(form, found, station)


def _kept(form: ProgramForm, program_id: UUID | None, station: StationView) -> ResponseReturnValue | None:
    """The way back once it is kept; None, with the reason in the form, when somebody else was here."""
    with form.told_of_others(url_for(".new", station=station.slug)):
        _keep(form, program_id, station.id)
        flash("Kept.", "success")
        return redirect(url_for(".index", station=station.slug), 303)
    return None


def _removed() -> ResponseReturnValue:
    """What was typed for a program that is there no more."""
    form = typed_for_removed(ProgramForm)
    form.removed(url_for(".new", station=form.station.slug))
    return _page(form, None, form.station)


def _keep(form: ProgramForm, program_id: UUID | None, station_id: UUID) -> None:
    services.keep_program(
        program_id,
        station_id,
        form.name.data or "",
        form.source.data or "",
        form.about.data or "",
        form.hosts.data or "",
        form.url.data or "",
        bool(form.podcast.data),
        current_person().actor,
        artwork_url=form.artwork_url.data or "",
        category=form.category.data or "",
        explicit=bool(form.explicit.data),
        seen=form.mark_of_page,
    )


def _page(form: ProgramForm, found: Program | None, station: StationView) -> ResponseReturnValue:
    program = None if form.gone else found
    page = render_template("news/desk/program.html", form=form, program=program, slug=station.slug)
    return page, form.status


def _program(text: str) -> Program | None:
    """A program by its public id, None once it is removed; 404 for what is no id of one."""
    return queries.program(row_id("program", text) or abort(404))
