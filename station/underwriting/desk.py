"""The underwriting desk: sponsors, flights, credits and their approval."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard
from station.accounts.models import Role
from station.core.ids import row_id
from station.licensee.queries import station_by_slug, stations
from station.members.queries import member_by_public_id
from station.underwriting import queries, services
from station.underwriting.forms import (
    ApproveForm,
    CreditForm,
    FlightForm,
    NewSponsorForm,
    SponsorForm,
    StopForm,
    trimmed,
)
from station.underwriting.policies import fingerprint
from station.underwriting.queries import FlightView, SponsorView
from station.underwriting.services import NotPossible

desk = Blueprint("underwriting_desk", __name__, url_prefix="/desk")
guard(desk, Role.UNDERWRITING)


@desk.get("/sponsors")
def sponsors() -> str:
    wanted = trimmed(request.args.get("q"))[:100]
    return render_template(
        "underwriting/sponsors.html",
        wanted=wanted,
        sponsors=queries.sponsors(wanted),
        others=queries.organisations_named(wanted) if wanted else [],
    )


@desk.route("/sponsors/new", methods=["GET", "POST"])
def new_sponsor() -> ResponseReturnValue:
    """A new sponsor, of a new organisation or of the one that `?member=` names."""
    member = member_by_public_id(wanted) or abort(404) if (wanted := request.args.get("member")) else None
    form = SponsorForm(credit_name=member.name) if member else NewSponsorForm()
    if form.validate_on_submit():
        try:
            return _to_sponsor(_add(form, member.id if member else None), "The sponsor is there. Book a flight next.")
        except NotPossible as reason:
            form.form_errors.append(str(reason))
    return render_template("underwriting/new_sponsor.html", form=form, member=member), _status(form)


@desk.get("/sponsors/<sponsor_id>")
def sponsor(sponsor_id: str) -> str:
    found = _sponsor(sponsor_id)
    return render_template("underwriting/sponsor.html", sponsor=found, flights=queries.flights_of(found.id))


@desk.route("/sponsors/<sponsor_id>/flights/new", methods=["GET", "POST"])
def new_flight(sponsor_id: str) -> ResponseReturnValue:
    found, today = _sponsor(sponsor_id), queries.today()
    form = FlightForm([(s.slug, s.name) for s in stations()], starts_on=today)
    if form.validate_on_submit():
        station = station_by_slug(form.station.data) or abort(404)
        try:
            made = services.add_flight(found.id, station.id, *form.days(), current_person().actor)
            return _to_flight(made, "The flight is booked. Write its credit next.")
        except NotPossible as reason:
            form.ends_on.errors = [str(reason)]
    return render_template("underwriting/new_flight.html", form=form, sponsor=found), _status(form)


@desk.get("/flights/<flight_id>")
def flight(flight_id: str) -> ResponseReturnValue:
    found = _flight(flight_id)
    return _page(found, CreditForm(copy=found.draft.copy if found.draft else ""))


@desk.post("/flights/<flight_id>/credit")
def write(flight_id: str) -> ResponseReturnValue:
    """Keep the words as a draft."""
    found, form = _flight(flight_id), CreditForm()
    if not form.validate_on_submit():
        return _page(found, form)
    services.write_credit(found.id, form.copy.data or "", current_person().actor)
    return _to_flight(found.id, "The draft is kept. It runs once it is approved.")


@desk.post("/credits/<credit_id>/approve")
def approve(credit_id: str) -> ResponseReturnValue:
    """Approve the draft that was read; it runs at once when the flight does."""
    credit = row_id("credit", credit_id) or abort(404)
    found = queries.flight_of_credit(credit) or abort(404)
    form = ApproveForm()
    if not form.validate_on_submit():
        abort(400)
    try:
        services.approve_credit(credit, form.read.data or "", current_person().actor)
    except NotPossible as reason:
        form.form_errors.append(str(reason))
        return _page(found, CreditForm(copy=found.draft.copy if found.draft else "", formdata=None), form)
    return _to_flight(found.id, "The credit is approved. Stories show it while the flight is live.")


@desk.post("/flights/<flight_id>/stop")
def stop(flight_id: str) -> ResponseReturnValue:
    """Take the flight out of the slot for good."""
    found, form = _flight(flight_id), StopForm()
    if not form.validate_on_submit():
        abort(400)
    services.stop_flight(found.id, current_person().actor)
    return _to_flight(found.id, "The flight is stopped. Stories no longer show it.")


def _add(form: SponsorForm, member_id: UUID | None) -> UUID:
    actor, name, url = current_person().actor, form.credit_name.data or "", form.url.data or ""
    if member_id is not None or not isinstance(form, NewSponsorForm):
        return services.make_sponsor(member_id or abort(404), name, url, actor)
    return services.add_sponsor(form.organisation.data or "", form.email.data or "", name, url, actor)


def _page(found: FlightView, form: CreditForm, approval: ApproveForm | None = None) -> ResponseReturnValue:
    refused = approval is not None or bool(form.errors)
    mark = fingerprint(found.draft.copy) if found.draft else ""
    return render_template(
        "underwriting/flight.html",
        flight=found,
        form=form,
        problem=approval if approval else form,
        approve_form=ApproveForm(read=mark, formdata=None),
        refused=refused,
    ), 422 if refused else 200


def _status(form: SponsorForm | FlightForm) -> int:
    return 422 if form.errors or form.form_errors else 200


def _sponsor(sponsor_id: str) -> SponsorView:
    found = row_id("sponsor", sponsor_id)
    return (queries.sponsor(found) if found else None) or abort(404)


def _flight(flight_id: str) -> FlightView:
    found = row_id("flight", flight_id)
    return (queries.flight(found) if found else None) or abort(404)


def _to_sponsor(sponsor_id: UUID, said: str) -> ResponseReturnValue:
    flash(said, "success")
    found = queries.sponsor(sponsor_id) or abort(404)
    return redirect(url_for(".sponsor", sponsor_id=found.public_id), 303)


def _to_flight(flight_id: UUID, said: str) -> ResponseReturnValue:
    flash(said, "success")
    found = queries.flight(flight_id) or abort(404)
    return redirect(url_for(".flight", flight_id=found.public_id), 303)
