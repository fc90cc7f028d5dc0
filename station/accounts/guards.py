"""Who may see what: every blueprint declares a guard, and a whole-house test finds the ones that do not.

`guard(desk, Role.DEVELOPMENT)` lets that role (and admins) in, and auditors read. `public(views, "why")` says why
anyone may. `only(Role.ADMIN)` narrows one view of a guarded blueprint; `station.accounts.sudo` asks for a fresh proof
of who one is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Literal, ParamSpec, TypeVar, cast

from flask import Blueprint, abort, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from station.accounts import queries, services
from station.accounts.models import Role
from station.accounts.queries import Person, SessionView
from station.core import clock

P = ParamSpec("P")
R = TypeVar("R")
TOKEN = "desk"  # noqa: S105  # the name under which Flask's signed cookie carries the token
_KNOWN = "station.desk_session"


@dataclass(frozen=True)
class Guard:
    """What a blueprint or a view asks of the one who comes."""

    kind: Literal["roles", "public", "signed_in"]
    roles: frozenset[Role] = frozenset()
    read: bool = True
    reason: str = ""


def guard(blueprint: Blueprint, *roles: Role, read: bool = True) -> None:
    """Let these roles in (and admins). With `read`, an auditor may GET. Strangers are sent to sign in."""
    _install(blueprint, Guard("roles", frozenset({Role.ADMIN, *roles}), read))


def signed_in(blueprint: Blueprint, reason: str) -> None:
    """Let everyone in who is signed in with a second factor, whatever their roles; `reason` says why."""
    _install(blueprint, Guard("signed_in", reason=reason))


def public(blueprint: Blueprint, reason: str) -> None:
    """Let anyone in; `reason` says why."""
    cast("_Guarded", blueprint).station_guard = Guard("public", reason=reason)


def only(*roles: Role, read: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Narrow one view of a guarded blueprint to these roles (an admin always; an auditor's GET with `read`)."""
    narrow = Guard("roles", frozenset({Role.ADMIN, *roles}), read)

    def wrap(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            refusal = _refusal(narrow)
            return view(*args, **kwargs) if refusal is None else cast(R, refusal)

        cast("_Guarded", checked).station_guard = narrow
        return checked

    return wrap


def current_person() -> Person:
    """The person who is signed in. Answers 403 where nobody is, which a guarded view never sees."""
    person = signed_in_person()
    if person is None:
        abort(403)
    return person


def signed_in_person() -> Person | None:
    """The person who is fully signed in, or None (on public pages, and between the two steps of sign-in)."""
    view = current_session()
    return view.person if view and view.second_factor else None


def current_session() -> SessionView | None:
    """The live session of this request's cookie, read once a request."""
    known = request.environ
    if _KNOWN not in known:
        token = cookie_token()
        known[_KNOWN] = queries.session_of(token, clock.now()) if token else None
    return cast("SessionView | None", known[_KNOWN])


def cookie_token() -> str:
    """The token in this request's cookie, or nothing."""
    token = session.get(TOKEN)
    return token if isinstance(token, str) else ""


def remember(token: str) -> None:
    """Put a new session's token into the cookie, with nothing of the one before (no session fixation)."""
    session.clear()
    session[TOKEN] = token
    request.environ.pop(_KNOWN, None)


def renew(token: str) -> None:
    """The same session goes on under a new token; the forms that are open elsewhere stay good."""
    session[TOKEN] = token
    request.environ.pop(_KNOWN, None)


def forget() -> None:
    """Empty the cookie."""
    session.clear()
    request.environ.pop(_KNOWN, None)


class _Guarded:
    station_guard: Guard


def _install(blueprint: Blueprint, needed: Guard) -> None:
    cast(_Guarded, blueprint).station_guard = needed
    blueprint.before_request(lambda: _refusal(needed))


def _refusal(needed: Guard) -> ResponseReturnValue | None:
    """None for a person who may pass; otherwise the way to sign-in, or a page that says which role is missing."""
    view = current_session()
    if view is None or not view.second_factor:
        wanted = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("accounts.sign_in", next=wanted), 303)
    services.touch(view)
    reading = needed.read and request.method in ("GET", "HEAD")
    if needed.kind == "signed_in" or view.person.may(*needed.roles, reading=reading):
        return None
    roles = [role.value for role in Role if role in needed.roles]
    return make_response(render_template("accounts/forbidden.html", roles=roles), 403)
