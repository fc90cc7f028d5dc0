"""The schedule at the desk: its rules, what is different on one day, and what does not fit together."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard
from station.accounts.models import Role
from station.core import clock
from station.core.ids import public_id, row_id
from station.core.words import day as day_words
from station.licensee.queries import StationView, default_station, station_by_id, station_by_slug, the_licensee
from station.news import airtime, queries, services
from station.news.forms import ChangeForm, EndForm, RuleForm
from station.news.forms.air import SlotForm, needed
from station.news.forms.seen import typed_for_removed
from station.news.policies.seen import mark
from station.news.queries import OverrideView, RuleView
from station.news.services import CHANGE, RULE

desk = Blueprint("schedule_desk", __name__, url_prefix="/desk/schedule")
guard(desk, Role.NEWS)

DAYS = 28  # how far the report looks


@desk.get("")
def index() -> str:
    station, today = asked_station(), clock.today(the_licensee().timezone)
    return render_template(
        "news/desk/schedule.html",
        of=station,
        today=today,
        days=DAYS,
        report=airtime.report(station, today, DAYS),
        rules=queries.rules(station.id),
        overrides=queries.overrides(station.id, today),
    )


@desk.route("/rules/new", methods=["GET", "POST"])
def new_rule() -> ResponseReturnValue:
    station = asked_station()
    form = RuleForm(from_on=clock.today(the_licensee().timezone), minutes=60)
    offer(form, station)
    if form.validate_on_submit() and (done := _rule_kept(form, station, None)):
        return done
    return _rule_page(form, station, None)


@desk.route("/rules/<rule_id>", methods=["GET", "POST"])
def rule(rule_id: str) -> ResponseReturnValue:
    found = _rule(rule_id)
    if found is None:
        return _rule_removed()
    station = station_by_id(found.station_id)
    days = [str(1 << n) for n in range(7) if found.weekdays >> n & 1]
    data = {**vars(found), "weekdays": days, "program": program_name(found.program_id)}
    form = RuleForm(data={**data, "seen": mark(found, RULE), "of": station.slug})
    offer(form, station)
    if form.validate_on_submit() and (done := _rule_kept(form, station, found.id)):
        return done
    return _rule_page(form, station, found)


@desk.post("/rules/<rule_id>/end")
def end(rule_id: str) -> ResponseReturnValue:
    """Let a rule end with a day."""
    found, form = _rule(rule_id) or abort(404), EndForm()
    if not form.validate_on_submit():
        flash("Nothing was changed: say which day is the last.", "danger")
        return redirect(url_for(".rule", rule_id=found.public_id), 303)
    last_day = needed(form.last_day)
    services.end_rule(found.id, last_day, current_person().actor)
    flash(f"{found.name} ends with {day_words(last_day)}.", "success")
    return redirect(url_for(".index", station=station_by_id(found.station_id).slug), 303)


@desk.route("/changes/new", methods=["GET", "POST"])
def new_change() -> ResponseReturnValue:
    station = asked_station()
    form = ChangeForm(on_date=clock.today(the_licensee().timezone), minutes=60)
    offer(form, station)
    if form.validate_on_submit() and (done := _change_kept(form, station, None)):
        return done
    return _change_page(form, station, None)


@desk.route("/changes/<change_id>", methods=["GET", "POST"])
def change(change_id: str) -> ResponseReturnValue:
    found = _change(change_id)
    if found is None:
        return _change_removed()
    station = station_by_id(found.station_id)
    data = {**vars(found), "program": program_name(found.program_id)}
    form = ChangeForm(data={**data, "seen": mark(found, CHANGE), "of": station.slug})
    offer(form, station)
    if form.validate_on_submit() and (done := _change_kept(form, station, found.id)):
        return done
    return _change_page(form, station, found)


@desk.post("/changes/<change_id>/remove")
def remove(change_id: str) -> ResponseReturnValue:
    found = _change(change_id) or abort(404)
    services.remove_override(found.id, current_person().actor)
    flash("That day is as its rules say again.", "success")
    return redirect(url_for(".index", station=station_by_id(found.station_id).slug), 303)


def asked_station() -> StationView:
    """The station that `?station=` names; the first one without it. 404 for none of ours."""
    slug = request.args.get("station")
    return default_station() if slug is None else station_by_slug(slug) or abort(404)


def offer(form: SlotForm, station: StationView) -> None:
    form.offer({public_id("program", each.id): each.name for each in queries.programs(station.id)})


def program_name(program_id: UUID | None) -> str:
    return public_id("program", program_id) if program_id else ""


def _program_id(form: SlotForm) -> UUID | None:
    return row_id("program", form.program.data or "")


def _rule_kept(form: RuleForm, station: StationView, rule_id: UUID | None) -> ResponseReturnValue | None:
    """The way back once it is kept; None, with the reason in the form, when somebody else was here."""
    with form.told_of_others(url_for(".new_rule", station=station.slug)):
        _keep_rule(form, station.id, rule_id)
        flash("Kept.", "success")
        return redirect(url_for(".index", station=station.slug), 303)
    return None


def _keep_rule(form: RuleForm, station_id: UUID, rule_id: UUID | None) -> None:
    services.keep_rule(
        rule_id,
        station_id,
        _program_id(form),
        form.title.data or "",
        form.mask,
        form.begins,
        form.minutes.data or 0,
        needed(form.from_on),
        form.until_on.data,
        current_person().actor,
        seen=form.mark_of_page,
    )


def _change_kept(form: ChangeForm, station: StationView, change_id: UUID | None) -> ResponseReturnValue | None:
    """The way back once it is kept; None, with the reason in the form, when somebody else was here."""
    with form.told_of_others(url_for(".new_change", station=station.slug)):
        _keep_change(form, station.id, change_id)
        flash("Kept.", "success")
        return redirect(url_for(".index", station=station.slug), 303)
    return None


def _keep_change(form: ChangeForm, station_id: UUID, change_id: UUID | None) -> None:
    services.keep_override(
        change_id,
        station_id,
        _program_id(form),
        form.title.data or "",
        needed(form.on_date),
        form.begins,
        form.minutes.data or 0,
        form.note.data or "",
        current_person().actor,
        seen=form.mark_of_page,
    )


def _rule_removed() -> ResponseReturnValue:
    """What was typed for a rule that somebody else removed meanwhile."""
    form = typed_for_removed(RuleForm)
    offer(form, form.station)
    form.removed(url_for(".new_rule", station=form.station.slug))
    return _rule_page(form, form.station, None)


def _change_removed() -> ResponseReturnValue:
    """What was typed for a change of one day that somebody else took off meanwhile."""
    form = typed_for_removed(ChangeForm)
    offer(form, form.station)
    form.removed(url_for(".new_change", station=form.station.slug))
    return _change_page(form, form.station, None)


def _rule_page(form: RuleForm, station: StationView, found: RuleView | None) -> ResponseReturnValue:
    ending = EndForm(formdata=None, last_day=clock.today(the_licensee().timezone))
    known = None if form.gone else found
    page = render_template("news/desk/rule.html", form=form, of=station, rule=known, ending=ending)
    return page, form.status


def _change_page(form: ChangeForm, station: StationView, found: OverrideView | None) -> ResponseReturnValue:
    page = render_template("news/desk/change.html", form=form, of=station, change=None if form.gone else found)
    return page, form.status


def _rule(text: str) -> RuleView | None:
    """A rule by its public id, None once it is removed; 404 for what is no id of a rule."""
    return queries.rule(row_id("rule", text) or abort(404))


def _change(text: str) -> OverrideView | None:
    """A change of one day by its public id, None once it is removed; 404 for what is no id of one."""
    return queries.override(row_id("change", text) or abort(404))
