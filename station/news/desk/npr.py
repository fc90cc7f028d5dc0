"""Stories of NPR and of partners at the desk: what is asked by the clock, what came of it, how owners are named."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard
from station.accounts.models import Role
from station.core.ids import row_id
from station.core.runtime import settings
from station.licensee.queries import station_by_slug
from station.news import queries, services
from station.news.forms import FeedForm, OwnerForm, PartnerForm
from station.news.partners import Source
from station.news.queries import FeedView

desk = Blueprint("npr_desk", __name__, url_prefix="/desk/npr")
guard(desk, Role.NEWS)


@desk.get("")
def index() -> str:
    return _page(OwnerForm())


@desk.route("/feeds/new", methods=["GET", "POST"])
def new_feed() -> ResponseReturnValue:
    form = FeedForm(every_minutes=15, enabled=True)
    if form.validate_on_submit():
        return _keep(form, None)
    return _feed_page(form, None)


@desk.route("/feeds/<feed_id>", methods=["GET", "POST"])
def feed(feed_id: str) -> ResponseReturnValue:
    found = _feed(feed_id)
    if found.owner:
        form = PartnerForm(obj=found, address=found.query)
        return _keep_partner(form, found.id) if form.validate_on_submit() else _feed_page(form, found)
    query = FeedForm(obj=found)
    return _keep(query, found.id) if query.validate_on_submit() else _feed_page(query, found)


@desk.route("/partners/new", methods=["GET", "POST"])
def new_partner() -> ResponseReturnValue:
    form = PartnerForm(every_minutes=30, enabled=True)
    if form.validate_on_submit():
        return _keep_partner(form, None)
    return _feed_page(form, None)


@desk.post("/feeds/<feed_id>/ask")
def ask(feed_id: str) -> ResponseReturnValue:
    """Ask now; a worker does it."""
    found = _feed(feed_id)
    services.ask_soon(found.id)
    flash(f"{found.owner or 'NPR'} is being asked. Reload in a moment to see what came.", "success")
    return redirect(url_for(".index"), 303)


@desk.post("/owners")
def owners() -> ResponseReturnValue:
    form = OwnerForm()
    if not form.validate_on_submit():
        return _page(form), 422
    services.name_owner(form.service.data or "", form.owner.data or "", form.url.data or "", current_person().actor)
    flash(f"Stories of {form.owner.data} can be taken from now on.", "success")
    return redirect(url_for(".index"), 303)


def _keep(form: FeedForm, feed_id: UUID | None) -> ResponseReturnValue:
    station = station_by_slug(form.station.data) or abort(404)
    services.keep_feed(
        feed_id,
        form.name.data or "",
        form.query.data or "",
        station.id,
        form.every_minutes.data or 15,
        bool(form.enabled.data),
        current_person().actor,
    )
    flash("Kept.", "success")
    return redirect(url_for(".index"), 303)


def _keep_partner(form: PartnerForm, feed_id: UUID | None) -> ResponseReturnValue:
    station = station_by_slug(form.station.data) or abort(404)
    fields = form.address, form.owner, form.owner_url, form.section
    address, owner, owner_url, section = (field.data or "" for field in fields)
    source = Source("", address, owner, owner_url, section, bool(form.whole.data), bool(form.follow.data))
    minutes, enabled = form.every_minutes.data or 30, bool(form.enabled.data)
    services.keep_partner(feed_id, form.name.data or "", source, station.id, minutes, enabled, current_person().actor)
    flash("Kept.", "success")
    return redirect(url_for(".index"), 303)


def _feed_page(form: FeedForm | PartnerForm, feed: FeedView | None) -> ResponseReturnValue:
    partner = isinstance(form, PartnerForm)
    page = render_template("news/desk/feed.html", form=form, feed=feed, partner=partner)
    return page, 422 if form.errors else 200


def _page(form: OwnerForm) -> str:
    return render_template(
        "news/desk/npr.html",
        feeds=queries.feeds(),
        owners=queries.owner_rows(),
        form=form,
        has_token=bool(settings().npr_cds_token),
    )


def _feed(text: str) -> FeedView:
    found = row_id("feed", text)
    return next((each for each in queries.feeds() if each.id == found), None) or abort(404)
