"""The desk's queue of recurring payments that failed, and one sustainer in trouble."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard
from station.accounts.models import Role
from station.accounts.places import SUBJECT_PAGES
from station.core.ids import row_id
from station.giving import policies, queries, services
from station.giving.desk.paging import pager
from station.giving.forms import CallForm
from station.giving.queries import FailedStory, Trouble
from station.payments.gateway import SUBSCRIPTION_PREFIX

failed_desk = Blueprint("failed_desk", __name__, url_prefix="/desk/failed-payments")
guard(failed_desk, Role.DEVELOPMENT)


@failed_desk.get("")
def index() -> str:
    """Recurring charges that were refused and stand open, the longest first: of one kind, or all."""
    kind = request.args.get("kind", "")
    wanted = Trouble(kind) if kind in set(Trouble) else None
    found = queries.failed_payments(wanted, policies.page_number(request.args.get("page", "")))
    pages = pager(found, lambda page: url_for("failed_desk.index", kind=wanted.value if wanted else None, page=page))
    return render_template("giving/desk/failed.html", found=found, wanted=wanted, kinds=Trouble, pager=pages)


@failed_desk.get("/<sustainer_id>")
def show(sustainer_id: str) -> str:
    """One sustainer in trouble: why, what comes next, how to reach them, and who spoke with them."""
    return _page(_story(sustainer_id), CallForm())


@failed_desk.post("/<sustainer_id>/call")
def note_call(sustainer_id: str) -> ResponseReturnValue:
    """Note a call."""
    story, form = _story(sustainer_id), CallForm()
    if not form.validate():
        return _page(story, form), 422
    services.note_call(story.donor.subscription_id, form.note.data or "", current_person().actor)
    flash("The call is noted.", "success")
    return redirect(url_for("failed_desk.show", sustainer_id=sustainer_id), 303)


@failed_desk.post("/<sustainer_id>/link")
def send_link(sustainer_id: str) -> ResponseReturnValue:
    """Send the donor the link to their own page."""
    donor = _story(sustainer_id).donor
    if services.send_link_to(donor.subscription_id, current_person().actor):
        flash(f"The link is on its way to {donor.email}.", "success")
    else:
        flash("There is no address that the link could be sent to.", "warning")
    return redirect(url_for("failed_desk.show", sustainer_id=sustainer_id), 303)


def _story(sustainer_id: str) -> FailedStory:
    found = row_id(SUBSCRIPTION_PREFIX, sustainer_id)
    story = queries.failed_story(found) if found else None
    return story or abort(404)


def _page(story: FailedStory, form: CallForm) -> str:
    """`elsewhere` is where this gift is changed, paused and stopped."""
    pages = (each.url(story.donor.subscription_id) for each in SUBJECT_PAGES if each.kind == "subscription")
    return render_template("giving/desk/failed_one.html", story=story, form=form, elsewhere=next(pages, None))
