"""What came back, at the desk: every message that came in, what it says, and what followed."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request

from station.accounts.guards import current_person, guard
from station.accounts.models import Role
from station.mail import queries
from station.mail.models import InboundKind

bounces_desk = Blueprint("bounces_desk", __name__, url_prefix="/desk/bounces")
guard(bounces_desk, Role.DEVELOPMENT)

VIEWS = {
    "reports": (InboundKind.REPORT,),
    "complaints": (InboundKind.COMPLAINT, InboundKind.NOT_SPAM),
    "others": (InboundKind.AUTO_REPLY, InboundKind.CHALLENGE, InboundKind.ORDINARY, InboundKind.UNREADABLE),
}


@bounces_desk.get("")
def index() -> str:
    view = request.args.get("view", "")
    page = queries.inbounds(VIEWS.get(view, ()), request.args.get("before", ""))
    counts = queries.inbound_counts()
    sums = {name: sum(counts.get(kind, 0) for kind in kinds) for name, kinds in VIEWS.items()}
    return render_template("mail/returning/bounces.html", page=page, view=view, sums=sums, rates=queries.rates())


@bounces_desk.get("/<inbound_id>")
def show(inbound_id: str) -> str:
    row = queries.inbound(inbound_id) or abort(404)
    bounces, may = queries.bounces_in(row.id), current_person().may(Role.DEVELOPMENT)
    address = next((each.address for each in bounces if each.address), "")
    shown = {"row": row, "bounces": bounces, "text": queries.inbound_text(row.id), "address": address}
    return render_template("mail/returning/bounce.html", may=may, suppressed=queries.suppression_of(address), **shown)
