"""What the newsroom does with a story: it is published, scheduled, held back, withdrawn, kept quiet."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person
from station.accounts.queries import tell
from station.core.actor import Actor
from station.core.words import when
from station.news import services
from station.news.desk.stories.pages import desk, page, record
from station.news.forms import ActForm, DateForm, EmbargoForm, QuietForm, ReasonForm, WhenForm
from station.news.policies.releasing import Refusal
from station.news.queries import StoryRecord
from station.news.services import ChangedMeanwhile

F = TypeVar("F", bound=ActForm)
Do = Callable[[UUID, F, Actor], bool]


@desk.post("/<public_id>/publish")
def publish(public_id: str) -> ResponseReturnValue:
    """Let it out now."""
    return _act(
        public_id,
        ActForm(prefix="publish-"),
        lambda id_, form, who: services.publish(id_, None, who, seen=form.seen.data),
        "It is out.",
    )


@desk.post("/<public_id>/schedule")
def schedule(public_id: str) -> ResponseReturnValue:
    """Let it out at a minute to come."""
    return _act(
        public_id,
        form := WhenForm(prefix="schedule-"),
        lambda id_, form, who: services.publish(id_, form.instant, who, seen=form.seen.data),
        lambda: f"It comes out by itself: {when(form.instant)}.",
    )


@desk.post("/<public_id>/unpublish")
def unpublish(public_id: str) -> ResponseReturnValue:
    """Make it a draft again."""
    found = record(public_id)
    scheduled = found.published_at is not None and found.standing.value == "scheduled"
    form = (ActForm if scheduled else ReasonForm)(prefix="unpublish-")
    return _act(
        public_id,
        form,
        lambda id_, form, who: services.unpublish(
            id_, (form.why.data or "") if isinstance(form, ReasonForm) else "", who, seen=form.seen.data
        ),
        "It is a draft again.",
    )


@desk.post("/<public_id>/date")
def date(public_id: str) -> ResponseReturnValue:
    """Correct the date of a story that is out."""
    return _act(
        public_id,
        form := DateForm(prefix="date-"),
        lambda id_, form, who: services.redate(
            id_, form.instant, who, seen=form.seen.data, told=bool(form.told.data)
        ),
        lambda: f"It is dated {when(form.instant)}.",
    )


@desk.post("/<public_id>/embargo")
def embargo(public_id: str) -> ResponseReturnValue:
    """Let nothing out before a minute."""
    return _act(
        public_id,
        form := EmbargoForm(prefix="embargo-"),
        lambda id_, form, who: services.embargo(id_, form.instant, form.why.data or "", who, seen=form.seen.data),
        lambda: f"Nothing of it is out before {when(form.instant)}.",
    )


@desk.post("/<public_id>/lift")
def lift(public_id: str) -> ResponseReturnValue:
    """End its embargo early."""
    return _act(
        public_id,
        ReasonForm(prefix="lift-"),
        lambda id_, form, who: services.lift_embargo(id_, form.why.data or "", who, seen=form.seen.data),
        "Its embargo is lifted. It comes out when you say so.",
    )


@desk.post("/<public_id>/withdraw")
def withdraw(public_id: str) -> ResponseReturnValue:
    """Take it off the site."""
    return _act(
        public_id,
        ReasonForm(prefix="withdraw-"),
        lambda id_, form, who: services.withdraw(id_, form.why.data or "", who, seen=form.seen.data),
        "It is withdrawn. Its address says that it is gone.",
    )


@desk.post("/<public_id>/back")
def back(public_id: str) -> ResponseReturnValue:
    """Put back what was withdrawn."""
    return _act(
        public_id,
        ReasonForm(prefix="back-"),
        lambda id_, form, who: services.put_back(id_, form.why.data or "", who, seen=form.seen.data),
        "It is back, with the date that it had.",
    )


@desk.post("/<public_id>/quiet")
def quiet(public_id: str) -> ResponseReturnValue:
    """Say what does not stand beside it."""
    return _act(
        public_id,
        QuietForm(prefix="quiet-"),
        lambda id_, form, who: services.set_quiet(
            id_, form.no_underwriting.data, form.sensitive.data, form.why.data or "", who, seen=form.seen.data
        ),
        "Kept. Its page is so now.",
    )


def _act(public_id: str, form: F, do: Do[F], done: str | Callable[[], str]) -> ResponseReturnValue:
    """Do it and go back to the story; or say there why it was not done: 422, or 409 when somebody else was here."""
    found = record(public_id)
    if not form.validate():
        return page(found, form), 422
    try:
        changed = do(found.id, form, current_person().actor)
    except Refusal as problem:
        form.refuse(problem)
        return page(record(public_id), form), 422
    except ChangedMeanwhile:
        return _meanwhile(record(public_id), form), 409
    if changed:
        flash(done if isinstance(done, str) else done(), "success")
    else:
        flash("That was so already. Nothing was changed.", "info")
    return redirect(url_for(".story", public_id=public_id), 303)


def _meanwhile(found: StoryRecord, form: ActForm) -> str:
    """Say what the other one did; the form is then one that has seen it."""
    last = next(iter(tell(found.history[:1])), None)
    what = f" {last.sentence} ({last.at})." if last else ""
    words = f"Somebody was here since you opened this page.{what} Look where the story stands, then choose again."
    form.refuse(Refusal(words))
    form.seen.data = found.mark
    return page(found, form)
