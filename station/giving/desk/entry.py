"""The entry of one gift that came past Stripe: type it, read the receipt as it will be, record it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, only
from station.accounts.models import Role
from station.core import clock
from station.core.ids import new_id, public_id
from station.giving import queries, services
from station.giving.desk.blueprint import desk
from station.giving.forms import OfflineForm
from station.giving.services import KeyedBefore, OfflineGift, OfflineRefused
from station.licensee.queries import station_by_id, supported, the_licensee
from station.members import queries as members
from station.receipts.models import Acknowledged
from station.receipts.policies import letter_advice, receipt_text, sections
from station.receipts.queries import Asked, facts_of

NEXT_NUMBER = "the next number"


@desk.route("/gifts/new", methods=["GET", "POST"])
@only(Role.DEVELOPMENT)
def new_gift() -> ResponseReturnValue:
    """One gift: who is looked up first, then everything is shown as it will stand, then it is recorded."""
    today = clock.today(the_licensee().timezone)
    kept = {"tender": request.args.get("tender", "check"), "station": request.args.get("station", "")}
    form = OfflineForm(data={"received_on": today, **kept} if request.method == "GET" else None)
    if request.method == "GET" or not form.validate_on_submit():
        return _page(form)
    if form.checked.data != form.facts():
        form.again.data = ""
        return _page(form, _preview(form.keyed(), form.donor_name()))
    return _record(form)


def _record(form: OfflineForm) -> ResponseReturnValue:
    keyed = form.keyed()
    try:
        gift_id = services.record_offline_gift(keyed, current_person().actor)
    except KeyedBefore as twin:
        form.again.data = "yes"
        form.form_errors = [f"{twin} If this is another check with the same number, record it once more."]
        return _page(form, _preview(keyed, form.donor_name()))
    except OfflineRefused as refusal:
        form.form_errors = [str(refusal)]
        return _page(form)
    story = queries.gift_page(gift_id)
    receipt = f", receipt {story.receipts[0].label}" if story and story.receipts else ""
    flash(f"Recorded {keyed.amount} from {form.donor_name()}{receipt}.", "success")
    return redirect(
        url_for(".new_gift", tender=form.tender.data, station=form.station.data, gift=_shown(gift_id)), 303
    )


def _shown(gift_id: Any) -> str:
    return public_id("gift", gift_id)


def _preview(keyed: OfflineGift, donor: str) -> dict[str, Any]:
    """What will be recorded, and what the donor will get."""
    second = station_by_id(keyed.second_station_id) if keyed.second_station_id else None
    stations = supported(station_by_id(keyed.station_id), second)
    shown = {"keyed": keyed, "donor": donor, "stations": stations, "sections": [], "letter": "", "waits": ""}
    if keyed.acknowledged is Acknowledged.LETTER:
        return {**shown, "letter": letter_advice(keyed.way)}
    if keyed.acknowledged is Acknowledged.NONE:
        return shown
    asked = _asked(keyed, donor, stations)
    judged = asked.judged()
    if judged.waits:
        return {**shown, "waits": judged.waits}
    return {**shown, "sections": sections(receipt_text(facts_of(asked, judged, NEXT_NUMBER)))}


def _asked(keyed: OfflineGift, donor: str, stations: str) -> Asked:
    """The receipt that the gift would get."""
    known = members.member(keyed.donor) if isinstance(keyed.donor, UUID) else None
    return Asked(
        reference=new_id(),
        member_id=new_id(),
        donor_name=donor,
        email="",
        amount=keyed.amount,
        given_on=keyed.given_on,
        station_name=stations,
        interval=None,
        benefits=keyed.benefits,
        language=known.language if known else "en",
        received_on=keyed.received_on,
    )


def _page(form: OfflineForm, preview: dict[str, Any] | None = None) -> ResponseReturnValue:
    if preview is not None:
        form.checked.data = form.facts()
    page = render_template("giving/desk/new_gift.html", form=form, preview=preview, last=request.args.get("gift"))
    return page, 422 if form.errors else 200
