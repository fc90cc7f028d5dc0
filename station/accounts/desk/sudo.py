"""Proving again who one is, on the way to a page that asks for it."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request
from flask.typing import ResponseReturnValue

from station.accounts import policies, queries
from station.accounts.challenges import pose
from station.accounts.guards import signed_in
from station.accounts.sudo import is_confirmed, prove

sudo = Blueprint("sudo_desk", __name__, url_prefix="/desk/sudo")
signed_in(sudo, "everyone proves who they are before what asks for it")


@sudo.route("", methods=["GET", "POST"])
def confirm() -> ResponseReturnValue:
    page = None if is_confirmed() else prove()
    return page or redirect(policies.safe_next(request.args.get("next", "")), 303)


@sudo.get("/passkey/options")
def passkey_options() -> ResponseReturnValue:
    """What the script of that page asks the browser for, as JSON; its challenge goes into the cookie."""
    return queries.passkey_request(pose("confirm")) or abort(404)
