"""The address of a story at the desk: what it is, what it was, and a new one."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard
from station.accounts.models import Role
from station.core.ids import row_id
from station.core.runtime import settings
from station.licensee.queries import station_by_id
from station.news import queries, services
from station.news.forms import SlugForm
from station.news.policies.moves import Refused
from station.news.queries import StoryView
from station.news.queries.moves import earlier_addresses

desk = Blueprint("addresses_desk", __name__, url_prefix="/desk/redirects/story")
guard(desk, Role.NEWS)


@desk.route("/<story_id>", methods=["GET", "POST"])
def show(story_id: str) -> ResponseReturnValue:
    """A story of our own gets another address; all that it had lead to it."""
    found = _story(story_id)
    form, of = SlugForm(slug=found.slug), station_by_id(found.station_id)
    if form.validate_on_submit() and (done := _changed(form, found)):
        return done
    page = render_template(
        "news/desk/address.html",
        form=form,
        story=found,
        of=of,
        site=settings().base_url,
        earlier=earlier_addresses(found.id),
    )
    return page, 422 if form.errors else 200


def _changed(form: SlugForm, found: StoryView) -> ResponseReturnValue | None:
    """The way back once it is changed; None, with the reason in the form, for what cannot be."""
    try:
        slug = services.change_slug(found.id, form.slug.data or "", current_person().actor)
    except Refused as problem:
        form.slug.errors = [str(problem)]
        return None
    flash(f"The story is at {slug} now. Its earlier addresses lead there.", "success")
    return redirect(url_for(".show", story_id=found.public_id), 303)


def _story(text: str) -> StoryView:
    story_id, known = row_id("story", text), queries.story_slug(text)
    return (queries.story(*known) if story_id and known else None) or abort(404)
