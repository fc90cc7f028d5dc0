"""The desk's pages of gifts, of held gifts, and of the words of the ask."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person
from station.accounts.models import Role
from station.core import clock
from station.core.ids import public_id, row_id
from station.giving import policies, queries, reactors, services
from station.giving.desk.blueprint import desk
from station.giving.desk.paging import pager
from station.giving.forms import AskForm, GiverForm, UndoForm
from station.giving.queries import GiftFilter, checks
from station.licensee.queries import StationView, station_by_slug, stations, the_licensee
from station.payments import queries as payments
from station.payments.policies import HOLDS
from station.payments.services import CannotUndo


@desk.get("/gifts")
def gifts() -> str:
    """Gifts, newest first, by station and month, with their total."""
    station = station_by_slug(request.args.get("station", ""))
    month = policies.month_days(request.args.get("month", ""))
    page = policies.page_number(request.args.get("page", ""))
    wanted = GiftFilter(station.id if station else None, *(month or (None, None)))
    found = queries.gifts(wanted, page)
    said = {"station": station.slug if station else None, "month": request.args["month"] if month else None}
    return render_template(
        "giving/desk/gifts.html",
        found=found,
        said=said,
        pager=_pager(found, said),
        held=checks.held_gifts(),
        may_enter=current_person().may(Role.DEVELOPMENT),
    )


@desk.get("/gifts/<gift_id>")
def gift(gift_id: str) -> str:
    """One gift: who, how much, from where, its payment and its receipt."""
    found = row_id("gift", gift_id)
    story = queries.gift_page(found) if found else None
    if story is None:
        abort(404)
    may_write = current_person().may(Role.DEVELOPMENT)
    return render_template("giving/desk/gift.html", story=story, undo=_undo_form(story), may_write=may_write)


@desk.post("/gifts/<gift_id>/take-back")
def take_back(gift_id: str) -> ResponseReturnValue:
    """Take back a gift that was keyed by mistake, or whose check bounced."""
    found, form = row_id("gift", gift_id) or abort(404), UndoForm()
    if form.validate_on_submit():
        try:
            bounced, reason = form.why.data == "bounced", form.reason.data or ""
            services.void_gift(found, reason, current_person().actor, bounced=bounced)
            flash(
                "The gift is taken back: its ledger lines are reversed, and what acknowledged it is void.", "success"
            )
        except CannotUndo as refusal:
            flash(str(refusal), "error")
    else:
        flash("Say why, in a few words: whoever reads the books later needs it.", "error")
    return redirect(url_for("giving_desk.gift", gift_id=gift_id), 303)


def _undo_form(story: queries.GiftStory) -> UndoForm | None:
    """The form that takes a gift back, where a person may and it can be."""
    keyed = story.payment is not None and story.payment.tender in HOLDS and not story.row.voided
    if not (keyed and current_person().may(Role.DEVELOPMENT)):
        return None
    facts = payments.tendered(story.payment.id) if story.payment else None
    return UndoForm(why="bounced" if facts and facts.deposit_id else "mistake")


@desk.get("/gifts/held/<payment_id>")
def name_giver(payment_id: str) -> str:
    """Who gave a held gift, for one that nobody was told of."""
    return _giver_page(payment_id, GiverForm())


@desk.post("/gifts/held/<payment_id>")
def make_held_gift(payment_id: str) -> ResponseReturnValue:
    """Make the gift of a settled payment for which it failed before, as it is or with its donor named."""
    found, form = row_id("pay", payment_id) or abort(404), GiverForm()
    if "name" in request.form and not form.validate():
        return _giver_page(payment_id, form), 422
    try:
        made = reactors.make_held_gift(found, current_person().actor, (form.name.data or "", form.email.data or ""))
    except reactors.NobodyNamed:
        return redirect(url_for("giving_desk.name_giver", payment_id=payment_id), 303)
    except reactors.StillHeld as why:
        flash(f"The gift is not made: its money stays in the books, and it waits here. {why}", "error")
        return redirect(url_for("giving_desk.gifts"), 303)
    if made is None:
        abort(404)
    flash("The gift is made and its receipt is on its way.", "success")
    return redirect(url_for("giving_desk.gift", gift_id=public_id("gift", made)), 303)


def _giver_page(payment_id: str, form: GiverForm) -> str:
    found = row_id("pay", payment_id)
    payment = payments.payment(found) if found else None
    if payment is None or payment_id not in {each.payment_public_id for each in checks.held_gifts()}:
        abort(404)
    return render_template("giving/desk/held.html", payment=payment, form=form)


@desk.route("/ask", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """The words of the ask: what each station shows today, what is planned, and new words."""
    station = station_by_slug(request.args.get("station", "")) or stations()[0]
    today = clock.today(the_licensee().timezone)
    form = AskForm(data={"station": station.slug, "starts_on": today, "body": _body_today(station, today)})
    if request.method == "POST" and form.validate():
        starts_on, actor = form.starts_on.data or today, current_person().actor
        services.write_ask(_chosen(form).id, form.body.data or "", starts_on, form.ends_on.data, actor)
        flash("The new words are saved. Stories show them from the first day on.", "success")
        return redirect(url_for("giving_desk.ask", station=form.station.data), 303)
    shown = [(each, queries.current_ask(each, today), queries.asks_of(each.id)) for each in stations()]
    page = render_template("giving/desk/ask.html", form=form, shown=shown, today=today)
    return page, 422 if form.errors else 200


def _body_today(station: StationView, today: date) -> str:
    return queries.ask_body(station, today) if request.method == "GET" else ""


def _chosen(form: AskForm) -> StationView:
    station = station_by_slug(form.station.data or "")
    assert station is not None  # noqa: S101  # validated
    return station


def _pager(found: queries.GiftPage, said: dict[str, Any]) -> dict[str, Any] | None:
    return pager(found, lambda page: url_for("giving_desk.gifts", **said, page=page))
