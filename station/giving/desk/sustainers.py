"""The desk's pages of sustainers: the list with its filters, and one sustainer with all that can be asked of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard
from station.accounts.models import Role
from station.core.actor import Actor
from station.core.ids import row_id
from station.giving import policies, queries
from station.giving.forms import REASONS, AmountForm, CancelForm, DayForm, PauseForm, SustainerForm
from station.giving.queries import SustainerFilter, SustainerPage, SustainerStory
from station.licensee.queries import station_by_slug
from station.payments.gateway import SUBSCRIPTION_PREFIX
from station.payments.models import ChangeKind, EndReason, Interval, SubscriptionState
from station.payments.policies import may_ask
from station.payments.queries import SubscriptionView
from station.payments.services import StripeUnavailable, sustaining
from station.payments.services.sustaining import ChangeRefused

sustainers_desk = Blueprint("sustainers_desk", __name__, url_prefix="/desk")
guard(sustainers_desk, Role.DEVELOPMENT)

UNKNOWN = (
    "Stripe has not answered, so it is not known yet whether the change is made. It is written down, and the same "
    "question is asked again until there is an answer. Look here in ten minutes; there is no need to send it again."
)
Wish = Callable[[UUID, Any, Actor], object]


def _change_amount(found: UUID, form: AmountForm, actor: Actor) -> None:
    total, cover_cents = form.total_for(found)
    sustaining.change_amount(found, total, actor, form.who, cover_cents=cover_cents)


ACTIONS: dict[ChangeKind, tuple[type[SustainerForm], Wish, str]] = {
    ChangeKind.AMOUNT: (AmountForm, _change_amount, "The change counts from the next charge on."),
    ChangeKind.DATE: (
        DayForm,
        lambda found, form, actor: sustaining.change_date(found, int(form.charge_day.data), actor, form.who),
        "The day of charge is changed.",
    ),
    ChangeKind.SKIP: (
        SustainerForm,
        lambda found, form, actor: sustaining.skip(found, actor),
        "The next charge is left out.",
    ),
    ChangeKind.PAUSE: (
        PauseForm,
        lambda found, form, actor: sustaining.pause(found, form.until.data, actor),
        "The gift is paused.",
    ),
    ChangeKind.RESUME: (
        SustainerForm,
        lambda found, form, actor: sustaining.resume(found, actor),
        "The gift goes on.",
    ),
    ChangeKind.CANCEL: (
        CancelForm,
        lambda found, form, actor: sustaining.cancel(
            found,
            EndReason(form.reason.data),
            actor,
            words=form.words.data or "",
            at_period_end=form.when.data == "later",
        ),
        "The gift is stopped.",
    ),
    ChangeKind.STAY: (
        SustainerForm,
        lambda found, form, actor: sustaining.stay(found, actor),
        "The gift goes on after all.",
    ),
}


@sustainers_desk.get("/sustainers")
def index() -> str:
    """Sustainers, newest first, by state, station, interval and words, with what they bring in a month."""
    said, wanted = _wanted()
    found = queries.sustainers(wanted, policies.page_number(request.args.get("page", "")))
    return render_template(
        "giving/desk/sustainers.html",
        found=found,
        said=said,
        states=[state for state in SubscriptionState if state is not SubscriptionState.CREATED],
        intervals=Interval,
        pager=_pager(found, said),
    )


@sustainers_desk.get("/sustainers/<sustainer_id>")
def show(sustainer_id: str) -> ResponseReturnValue:
    """One sustainer: promise, schedule, changes, payments, log, and what can be asked now."""
    return _page(_story(sustainer_id), {})


@sustainers_desk.post("/sustainers/<sustainer_id>/<action>")
def change(sustainer_id: str, action: str) -> ResponseReturnValue:
    """Ask one change of a sustainer, in the name of who is signed in."""
    story = _story(sustainer_id)
    kind = ChangeKind(action) if action in set(ChangeKind) else abort(404)
    form = ACTIONS[kind][0]()
    if not form.validate_on_submit():
        return _page(story, {kind: form})
    try:
        _ask(kind, story.row.order.id, form)
    except ChangeRefused as refusal:
        form.form_errors = [str(refusal)]
        return _page(_story(sustainer_id), {kind: form})
    return redirect(url_for("sustainers_desk.show", sustainer_id=sustainer_id), 303)


def _ask(kind: ChangeKind, subscription_id: UUID, form: SustainerForm) -> None:
    """Make the change, or say that it is not known yet. Raises ChangeRefused."""
    _, wish, done = ACTIONS[kind]
    try:
        wish(subscription_id, form, current_person().actor)
    except StripeUnavailable:
        flash(UNKNOWN, "warning")
    else:
        flash(done, "success")


def _wanted() -> tuple[dict[str, str], SustainerFilter]:
    """What the address asks for, as text for the page and as a filter; nonsense is left out."""
    args = request.args
    station = station_by_slug(args.get("station", ""))
    state, interval = args.get("state", ""), args.get("interval", "")
    wanted = SustainerFilter(
        SubscriptionState(state) if state in set(SubscriptionState) else None,
        station.id if station else None,
        Interval(interval) if interval in set(Interval) else None,
        " ".join(args.get("q", "").split())[:100],
    )
    said = {
        "state": wanted.state or "",
        "station": station.slug if station else "",
        "interval": wanted.interval or "",
        "q": wanted.text,
    }
    return {name: str(value) for name, value in said.items() if value}, wanted


def _pager(found: SustainerPage, said: dict[str, str]) -> dict[str, Any] | None:
    if found.page == 1 and not found.more:
        return None
    query: dict[str, Any] = dict(said)
    before = url_for("sustainers_desk.index", **query, page=found.page - 1) if found.page > 1 else None
    after = url_for("sustainers_desk.index", **query, page=found.page + 1) if found.more else None
    return {"prev_url": before, "next_url": after, "text": f"Page {found.page}"}


def _story(sustainer_id: str) -> SustainerStory:
    found = row_id(SUBSCRIPTION_PREFIX, sustainer_id)
    story = queries.sustainer_story(found) if found else None
    return story or abort(404)


def _as_it_is(order: SubscriptionView) -> dict[str, Any]:
    return {"amount": policies.plain(order.amount - order.cover), "cover": bool(order.cover.cents)}


def _page(story: SustainerStory, sent: dict[ChangeKind, SustainerForm]) -> ResponseReturnValue:
    """The page with its forms; the one that was `sent` keeps what was typed and says what is wrong."""
    order = story.row.order
    forms: dict[ChangeKind, SustainerForm] = {
        ChangeKind.AMOUNT: AmountForm(formdata=None, data=_as_it_is(order)),
        ChangeKind.DATE: DayForm(formdata=None, data={"charge_day": policies.nearest_day(story.day)}),
        ChangeKind.PAUSE: PauseForm(formdata=None),
        ChangeKind.CANCEL: CancelForm(formdata=None),
        **sent,
    }
    may = {kind.value for kind in ChangeKind if may_ask(kind, order.state, ending=order.ends_at is not None)}
    problem = next(iter(sent.values()), SustainerForm(formdata=None))
    page = render_template(
        "giving/desk/sustainer.html",
        story=story,
        may=may,
        forms={kind.value: form for kind, form in forms.items()},
        problem=problem,
        reasons=REASONS,
        days={int(day): words for day, words in policies.charge_days().items()},
    )
    return page, 422 if sent else 200
