"""The donor's own page of a recurring gift. Its address is the key to it; everything on it works without a script."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import public
from station.core.actor import VISITOR, Actor, ActorKind
from station.giving import forms, queries, services
from station.giving.forms import LinkForm, OwnAmountForm, OwnDayForm, OwnForm, OwnPauseForm, OwnStopForm
from station.giving.policies import plain
from station.giving.queries import OwnGift
from station.payments import services as payments
from station.payments.models import InvoiceState
from station.payments.services import NoMethod, NothingOpen, StripeRefused, StripeUnavailable
from station.screening.services import may_ask

own = Blueprint("own", __name__, url_prefix="/my-gift")
public(own, "a donor has no account; the address of the page carries a signed link that ends and can be shut")
own.csrf_exempt_because = (  # type: ignore[attr-defined]  # read by web.app
    "no cookie speaks for a donor here; the link in the address does, and the sender's own site is checked"
)
FORMS: Mapping[str, type[OwnForm]] = {
    "amount": OwnAmountForm,
    "day": OwnDayForm,
    "skip": OwnForm,
    "pause": OwnPauseForm,
    "resume": OwnForm,
    "stop": OwnStopForm,
    "stay": OwnForm,
}
TAKEN = {InvoiceState.PAID: "paid", InvoiceState.SETTLING: "settling", InvoiceState.OPEN: "asks"}


@own.after_request
def private(response: Response) -> Response:
    """Nobody keeps this answer, no search engine lists it, and no other site learns its address."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@own.route("", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """“Send me my link”. The answer is the same for every address."""
    form = LinkForm()
    if request.method == "GET":
        return render_template("giving/own/ask.html", form=form)
    if not form.validate():
        return render_template("giving/own/ask.html", form=form), 422
    if not may_ask(request.remote_addr or ""):
        return render_template("giving/own/too_often.html"), 429
    if not form.website.data:
        services.ask_for_link(form.email.data or "")
    return render_template("giving/own/asked.html", email=form.email.data)


@own.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    """The page: what was promised, what comes next, and everything that can be done about it."""
    link = services.read_link(token)
    gift = queries.own_gift(link.subscription_id) if link and link.opens else None
    if gift is None:
        return shut(410 if link else 404)
    if "back" in request.args:
        return _home(token, gift)
    return page(token, gift, said=request.args.get("said", ""))


def _home(token: str, gift: OwnGift) -> ResponseReturnValue:
    """The donor is back from Stripe's page: see what they did there, before its events tell."""
    said = "given"
    try:
        if gift.invoice is not None:
            payments.look_at_invoice(gift.invoice.id, VISITOR)
        if request.args["back"] == "method":
            said = "given" if payments.look_at_method_page(gift.donor.subscription_id) else "same"
        else:
            said = ""
    except StripeUnavailable:
        said = "later"
    except StripeRefused:
        said = "stuck"
    return to(token, said)


def page(
    token: str, gift: OwnGift, sent: Mapping[str, OwnForm] | None = None, status: int = 200, said: str = ""
) -> Response:
    """The page with a form for each change; one that was `sent` keeps what was typed and its errors."""
    g.station = gift.donor.station
    donor = gift.donor
    first = {"day": str(donor.charge_day or ""), "amount": plain(donor.gift), "cover": bool(donor.cover.cents)}
    fresh = {name: kind(formdata=None, prefix=name, data=first) for name, kind in FORMS.items()}
    wrong = next(iter(sent.values())) if sent else None
    shown = {"token": token, "gift": gift, "said": said, "forms": {**fresh, **(sent or {})}, "wrong": wrong}
    shown["again"] = services.again_link(gift.donor) if gift.donor.over else ""
    return make_response(render_template("giving/own/show.html", **shown), status)


@own.post("/<token>/method")
def change_method(token: str) -> ResponseReturnValue:
    """On to Stripe's page, where another card or bank account is given."""
    gift = theirs(token)
    if isinstance(gift, Response):
        return gift
    back = url_for("own.show", token=token, back="method", _external=True)
    try:
        return redirect(payments.open_method_page(gift.donor.subscription_id, back), 303)
    except StripeRefused:
        return to(token, "stuck")
    except StripeUnavailable:
        return to(token, "later")


@own.post("/<token>/pay/<invoice>")
def pay(token: str, invoice: str) -> ResponseReturnValue:
    """Pay what stands open, because the donor says so. A second press changes nothing."""
    gift = theirs(token)
    if isinstance(gift, Response):
        return gift
    wanted = queries.own_invoice(gift.donor.subscription_id, invoice)
    return to(token, _pay(gift, wanted) if wanted else "nothing")


def _pay(gift: OwnGift, invoice: UUID) -> str:
    try:
        return TAKEN.get(payments.pay_open_invoice(invoice, donor_of(gift)).state, "nothing")
    except NothingOpen:
        return "nothing"
    except NoMethod:
        return "no_method"
    except StripeRefused as refusal:
        return "refused" if refusal.by_bank else "stuck"
    except StripeUnavailable:
        return "later"


@own.post("/<token>/shut")
def shut_links(token: str) -> ResponseReturnValue:
    """Shut every link to this page, for somebody whose mail was read by others."""
    gift = theirs(token)
    if isinstance(gift, Response):
        return gift
    services.shut_links(gift.donor.subscription_id, donor_of(gift))
    return redirect(url_for("own.ask"), 303)


def theirs(token: str) -> OwnGift | Response:
    """The gift behind a link that opens, for a form that was sent from our own page; else what is answered."""
    if not forms.sent_from_here(dict(request.headers), request.host):
        return shut(403)
    link = services.read_link(token)
    gift = queries.own_gift(link.subscription_id) if link and link.opens else None
    return gift or shut(410 if link else 404)


def shut(status: int) -> Response:
    """The same page for a link that is forged, foreign, too old or shut: it tells nothing, and offers a new one."""
    return make_response(render_template("giving/own/shut.html", form=LinkForm(formdata=None)), status)


def to(token: str, said: str) -> ResponseReturnValue:
    """Back to the page, with a word about what was done."""
    return redirect(url_for("own.show", token=token, said=said or None), 303)


def donor_of(gift: OwnGift) -> Actor:
    """Who does what is done on this page."""
    return Actor(ActorKind.MEMBER, gift.donor.name, gift.donor.member_id)
