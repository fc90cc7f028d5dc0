"""The pledge form before screening: what a request says about itself, and the page between form and payment."""

from __future__ import annotations

from flask import g, render_template, request

from station.giving.forms import Attempt, PledgeForm
from station.licensee.queries import station_by_slug
from station.screening import services as screening
from station.screening.policies import Knock, Verdict


def sender() -> str:
    """The keyed hash of this request's network. Its address is what our own proxies say (STATION_PROXIES)."""
    return screening.sender(request.remote_addr or "")


def knock(form: PledgeForm, attempt: Attempt, *, opening: bool = True, pressed: bool = True) -> Verdict:
    """Judge a form. `opening`: a page at Stripe would be opened because of it.

    `pressed`: a person has pressed the button; otherwise a script only prepares the payment, at once and by itself,
    so that neither time nor email say anything yet.
    """
    return screening.admit(
        Knock(
            address=request.remote_addr or "",
            attempt=attempt.id,
            email=(form.email.data or "") if pressed else "",
            trap=form.website.data or "",
            shown_at=attempt.shown_at if pressed else None,
            proof=form.proof.data or "",
            opening=opening,
        )
    )


def one_more_step(form: PledgeForm, verdict: Verdict) -> str:
    """The page between form and payment: everything that was typed, and a button that works after a short wait."""
    g.station = station_by_slug(form.station.data or "") or g.get("station")
    form.proof.data, form.website.data = verdict.later, ""
    kept = [(each.name, each.data or "") for each in form]
    return render_template("giving/one_more_step.html", form=form, kept=kept, verdict=verdict)
