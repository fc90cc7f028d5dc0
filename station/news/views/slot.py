"""The slot alone, for the proxy that puts it into pages which it keeps (docs/news/caching.md)."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from station.accounts.guards import public
from station.core import clock
from station.news import pages
from station.news.pages import keeping
from station.news.views.listing import station_at
from station.underwriting.slots import credit_for

slot = Blueprint("slot", __name__)
public(slot, "the credit of a page, which the proxy asks for at each view of it")


@slot.get("/slot/<station_slug>")
def fragment(station_slug: str) -> Response:
    """This view's credit, or nothing in an unsold slot. 404 for anybody but the proxy."""
    if not keeping.proxy_has_the_slot(request.environ):
        abort(404)
    credit = credit_for(station_at(station_slug).id, clock.now())
    headers = {"Cache-Control": "private, no-store", "X-Fragment": "slot"}
    return Response(pages.slot_html(credit) if credit else "", headers=headers, mimetype="text/html")
