"""The banner at the desk: what stands above the pages, and another one in its place."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard
from station.accounts.models import Role
from station.core import clock
from station.core.words import when
from station.licensee.queries import station_by_slug, stations, the_licensee
from station.news import services
from station.news.forms import BannerForm
from station.news.policies.banners import NotThen
from station.news.policies.moves import Refused
from station.news.queries.moves import BannerView, banner_of
from station.news.services import BannerMeanwhile

desk = Blueprint("banner_desk", __name__, url_prefix="/desk/banner")
guard(desk, Role.NEWS)

MEANWHILE = (
    "Somebody else changed the banner since you opened this page. Above is what stands there now. Put yours up again "
    "to replace it."
)
TAKEN_DOWN = (
    "Somebody else took the banner down since you opened this page, so nothing was put up. What you typed is below: "
    "put it up anew, or leave it."
)


@desk.route("", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """What stands there, and the form of the next: empty, for `?station=`, or with what `?change=` has.

    `look` shows it first.
    """
    there = _there()
    form = BannerForm(data=_values(there))
    if form.validate_on_submit():
        return _look(form, there) if "look" in request.form else _put_up(form)
    return _page(form, there)


@desk.post("/<station_slug>/down")
def down(station_slug: str) -> ResponseReturnValue:
    """Take a station's banner down now."""
    station, form = station_by_slug(station_slug) or abort(404), BannerForm()
    try:
        headline = services.take_down(station.id, form.seen_editions(), current_person().actor)
    except BannerMeanwhile:
        form = BannerForm(formdata=None, data=_values(_there()))
        form.form_errors.append(
            "Somebody else changed the banner since you opened this page. Look at it, then decide."
        )
        return _page(form, _there(), 409)
    flash(f"“{headline}” is off the pages of {station.name}.", "success")
    return redirect(url_for(".index"), 303)


def _look(form: BannerForm, there: dict[str, BannerView]) -> ResponseReturnValue:
    """The banner as readers would see it, or why it could not be put up."""
    try:
        services.check_banner(form.draft())
    except (Refused, NotThen) as problem:
        _blame(form, problem)
    return _page(form, there, looking=not form.errors)


def _put_up(form: BannerForm) -> ResponseReturnValue:
    draft = form.draft()
    try:
        replaced = services.put_up(form.station_ids(), draft, form.seen_editions(), current_person().actor)
    except (Refused, NotThen) as problem:
        _blame(form, problem)
        return _page(form, _there())
    except BannerMeanwhile:
        there = _there()
        form.form_errors.append(MEANWHILE if there.keys() & set(form.stations.data or ()) else TAKEN_DOWN)
        form.seen.data = _mark(there)
        return _page(form, there, 409)
    instead = f" It replaces “{'” and “'.join(dict.fromkeys(replaced))}”." if replaced else ""
    flash(f"The banner is up until {when(draft.ends_at)}.{instead}", "success")
    return redirect(url_for(".index"), 303)


def _blame(form: BannerForm, problem: Refused | NotThen) -> None:
    field = form.link if isinstance(problem, Refused) else form.ends_at
    field.errors = [str(problem)]


def _page(
    form: BannerForm, there: dict[str, BannerView], status: int = 200, *, looking: bool = False
) -> ResponseReturnValue:
    now = clock.now()
    shown = {slug: each for slug, each in there.items() if each.starts_at <= now}
    page = render_template(
        "news/desk/banner.html", form=form, there=there, shown=shown, looking=looking, mark=_mark(there)
    )
    return page, status if status != 200 or not form.errors else 422


def _there() -> dict[str, BannerView]:
    now = clock.now()
    return {each.slug: found for each in stations() if (found := banner_of(each.id, now))}


def _mark(there: dict[str, BannerView]) -> str:
    return BannerForm.mark({each.station_id: each.edition for each in there.values()})


def _values(there: dict[str, BannerView]) -> dict[str, Any]:
    """What the form begins with: the banner to change, or nothing but the station whose page led here, if one did."""
    found = there.get(request.args.get("change", ""))
    if found is None:
        asked = request.args.get("station")
        return {"seen": _mark(there), "stations": [asked] if asked else []}
    alike = [slug for slug, each in there.items() if _same(each, found)]
    return {
        "seen": _mark(there),
        "stations": alike,
        "level": found.level.value,
        "headline": found.headline,
        "link": found.story_path or found.url,
        "starts_at": _local(found.starts_at),
        "ends_at": _local(found.ends_at),
    }


def _same(one: BannerView, other: BannerView) -> bool:
    said: tuple[str, ...] = ("headline", "level", "url", "story_path", "starts_at", "ends_at")
    return all(getattr(one, name) == getattr(other, name) for name in said)


def _local(instant: datetime) -> datetime:
    return clock.local(instant, the_licensee().timezone).replace(tzinfo=None)
