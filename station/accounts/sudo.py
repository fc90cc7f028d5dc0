"""The guard of what a stolen session must not do: `@sudo` on a view asks its person to prove again who they are.

    @desk.post("/<refund_id>/refund")
    @only(Role.DEVELOPMENT)
    @sudo
    def refund(refund_id: str) -> ResponseReturnValue: ...

Without a fresh proof, a GET goes to the page that asks for one and comes back. A POST is answered with that page at
its own address, and what was typed travels along in hidden fields: proof and form arrive together, and the view goes
on. (Files do not travel: a view that takes one also guards the GET of its form.)
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts import policies, queries, services
from station.accounts.challenges import posed
from station.accounts.forms import ConfirmForm
from station.accounts.guards import cookie_token, current_session, renew
from station.accounts.services import AccountsError, TooManyTries
from station.core import csp

P = ParamSpec("P")
R = TypeVar("R")
PREFIX = "sudo-"  # of the fields of the proof, among those of the form that waits for it
ANSWER = f"{PREFIX}answer"


def sudo(view: Callable[P, R]) -> Callable[P, R]:
    """Open one view of a guarded blueprint only to someone who has just proved who they are."""

    @wraps(view)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        refusal = None if is_confirmed() else _ask()
        return view(*args, **kwargs) if refusal is None else cast(R, refusal)

    cast("_Sudo", checked).station_sudo = True
    return checked


def is_confirmed() -> bool:
    """Whether the person of this request has proved who they are in the last minutes."""
    view = current_session()
    return view is not None and view.confirmed


def prove() -> Response | None:
    """Take the proof that this request brings; None when it is good, otherwise the page that asks for one."""
    form = ConfirmForm(prefix=PREFIX)
    brought = any(name.startswith(PREFIX) for name in request.form)
    if not brought or (ANSWER not in request.form and not form.validate()):
        return _page(form, 422 if brought else 403)
    try:
        renew(_confirm(form))
    except AccountsError as error:
        form.form_errors.append(str(error))
        return _page(form, 429 if isinstance(error, TooManyTries) else 422)
    return None


class _Sudo:
    station_sudo: bool


def _ask() -> ResponseReturnValue | None:
    if request.method == "POST":
        return prove()
    return redirect(url_for("sudo_desk.confirm", next=request.full_path.rstrip("?")), 303)


def _confirm(form: ConfirmForm) -> str:
    token, client = cookie_token(), request.remote_addr or ""
    if ANSWER in request.form:
        return services.confirm_with_passkey(token, request.form[ANSWER], posed("confirm"), client)
    return services.confirm(token, form.password.data or "", form.code.data or "", client)


def _page(form: ConfirmForm, status: int) -> Response:
    kept = [(name, value) for name, value in request.form.items(multi=True) if not name.startswith(PREFIX)]
    works = queries.passkeys_work()
    page = render_template(
        "accounts/sudo.html",
        form=form,
        kept=[(name, value) for name, value in kept if name != "csrf_token"],
        minutes=int(policies.SUDO_LASTS.total_seconds() // 60),
        passkeys=works,
    )
    response = make_response(page, 200 if request.method == "GET" else status)
    if works:
        csp.widen(response, csp.OWN_SCRIPTS)
    return response
