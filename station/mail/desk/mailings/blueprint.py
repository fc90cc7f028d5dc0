"""The desk of mailings, and what its pages share."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from station.accounts import queries as accounts
from station.accounts.guards import current_person, guard
from station.accounts.models import Role
from station.mail.queries import mailings as queries
from station.mail.queries.mailings import MailingView
from station.mail.services.mailings import MailingRefused

desk = Blueprint("mailings_desk", __name__, url_prefix="/desk/mail/mailings")
guard(desk, Role.DEVELOPMENT)


def found(mailing_id: str) -> MailingView:
    """The mailing of an address; 404 for anything else."""
    return queries.mailing(mailing_id) or abort(404)


def back_to(view: MailingView) -> ResponseReturnValue:
    """To the page of a mailing."""
    return redirect(url_for("mailings_desk.show", mailing_id=view.public_id), 303)


def refused(view: MailingView, why: MailingRefused) -> ResponseReturnValue:
    """Say why something cannot be done, on the page of the mailing, which shows how it stands."""
    flash(str(why), "error")
    return back_to(view)


def testers() -> dict[str, str]:
    """Whom a test may go to, by address, the person who asks first: members of staff who can sign in."""
    own = current_person()
    others = {each.email: each.name for each in accounts.staff_list() if each.joined and not each.disabled_at}
    return {own.email: own.name, **others}
