"""The pages behind the links in our letters: one press ends a kind of mail, and a page chooses among all of them.

No cookie, no password, no script. Reading one of them changes nothing: programs that look through mail for bad links
open every address in it, and must not end anything by that (RFC 8058 §3.1).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import public
from station.core.actor import VISITOR
from station.core.ids import public_id, row_id
from station.core.ratelimit import network
from station.mail import queries, services
from station.mail.forms import ChoicesForm, as_text
from station.mail.models import ConsentSource
from station.mail.policies.choices.page_words import NAMES, WORDS, language_of
from station.mail.policies.choices.topics import EXCHANGES
from station.mail.policies.choices.unsubscribe import ONE_CLICK
from station.mail.services import Evidence
from station.screening.services import hashed

views = Blueprint("mail_choices", __name__, url_prefix="/mail")
public(views, "whoever holds a letter chooses what comes to its address; the link in it is sealed and names nobody")
views.csrf_exempt_because = (  # type: ignore[attr-defined]  # read by web.app
    "no cookie speaks for anybody here, the sealed link does; and mail programs post to it without a page (RFC 8058)"
)


@views.after_request
def private(response: Response) -> Response:
    """Nobody keeps this answer, no search engine lists it, and no other site learns its address."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@views.get("/unsubscribe/<mail_token>")
def stop(mail_token: str) -> ResponseReturnValue:
    """Ask before a kind of mail ends. Changes nothing."""
    key = queries.read_key(mail_token)
    if key is None or not key.topic:
        return _shut()
    topic = queries.topic_or_retired(key.topic)
    return _page("mail/choices/stop.html", mail_token=mail_token, topic=topic, choices=queries.choices(key.address))


@views.post("/unsubscribe/<mail_token>")
def one_click(mail_token: str) -> ResponseReturnValue:
    """End a kind of mail: asked by the button of a mail program, or of the page above. The same answer every time."""
    key = queries.read_key(mail_token)
    if key is None or not key.topic:
        return _shut()
    if list(request.form.items(multi=True)) != [ONE_CLICK] or request.files:
        return _page("mail/choices/wrong.html", 400, mail_token=mail_token)
    done = services.unsubscribe(key, _evidence(_pressed_where()), VISITOR)
    topic, choices = queries.topic_or_retired(key.topic), queries.choices(key.address)
    return _page(
        "mail/choices/stopped.html", mail_token=mail_token, topic=topic, choices=choices, change=_named(done)
    )


@views.get("/<mail_token>")
def show(mail_token: str) -> ResponseReturnValue:
    """What we write about to this address, and what of it is wanted."""
    key = queries.read_key(mail_token)
    if key is None:
        return _shut()
    choices = queries.choices(key.address)
    shown: dict[str, Any] = {"choices": choices, "was": as_text(choices.on), "exchanges": EXCHANGES}
    return _page("mail/choices/show.html", mail_token=mail_token, **shown)


@views.post("/<mail_token>")
def choose(mail_token: str) -> ResponseReturnValue:
    """Save what was ticked, or end all of it; then say what holds now."""
    key = queries.read_key(mail_token)
    if key is None:
        return _shut()
    who, form, evidence = queries.who_is(key.address), ChoicesForm(), _evidence(ConsentSource.FORM)
    if "none" in request.form:
        done = services.none_at_all(who, evidence, VISITOR)
    else:
        before = form.before if form.was.raw_data else queries.choices_of(who).on
        done = services.choose(who, before, form.after, evidence, VISITOR)
    spoken = services.speak(who, form.spoken, VISITOR)
    return _to_done(mail_token, done, spoken=spoken)


@views.get("/<mail_token>/done")
def done(mail_token: str) -> ResponseReturnValue:
    """What holds now, and the way back."""
    key = queries.read_key(mail_token)
    if key is None:
        return _shut()
    change = row_id(queries.CHANGE, request.args.get("change", ""))
    lines = queries.change(change, queries.who_is(key.address).key) if change else []
    said = "undone" if "undone" in request.args else "done" if lines or "spoken" in request.args else "same"
    choices = queries.choices(key.address)
    return _page(
        "mail/choices/done.html",
        mail_token=mail_token,
        choices=choices,
        change=_named(change if lines else None),
        said=said,
    )


@views.post("/<mail_token>/undo")
def undo(mail_token: str) -> ResponseReturnValue:
    """Take one press back, as far as nothing newer was said."""
    key, change = queries.read_key(mail_token), row_id(queries.CHANGE, request.form.get("change", ""))
    if key is None:
        return _shut()
    who = queries.who_is(key.address)
    taken = services.undo(change, who, _evidence(ConsentSource.FORM), VISITOR) if change else None
    return _to_done(mail_token, taken, undone=taken is not None)


def _to_done(mail_token: str, change: UUID | None, undone: bool = False, spoken: bool = False) -> ResponseReturnValue:
    said: dict[str, Any] = {
        "change": _named(change) or None,
        "undone": "1" if undone else None,
        "spoken": "1" if spoken else None,
        "lang": request.args.get("lang"),
    }
    return redirect(url_for(".done", mail_token=mail_token, **said), 303)


def _named(change: UUID | None) -> str:
    return public_id(queries.CHANGE, change) if change else ""


def _pressed_where() -> ConsentSource:
    """A browser says when it goes to a page (Fetch Metadata); the server of a mail program does not."""
    return ConsentSource.FORM if request.headers.get("Sec-Fetch-Mode") == "navigate" else ConsentSource.ONE_CLICK


def _evidence(source: ConsentSource) -> Evidence:
    where = hashed("consent", network(request.remote_addr or ""))
    return Evidence(source, _language(), where, request.headers.get("User-Agent", ""))


def _language() -> str:
    return language_of(request.args.get("lang", ""))


def _page(name: str, status: int = 200, **shown: Any) -> Response:
    """A page of this blueprint in the language of its address, with the way to the same page in the other one."""
    language = _language()
    other = "en" if language == "es" else "es"
    toggle = {"label": WORDS[language]["other"], "lang": other, "url": _here(None if other == "en" else other)}
    named = {
        "language": language,
        "say": WORDS[language],
        "names": NAMES,
        "language_link": toggle,
        "lang": request.args.get("lang"),
    }
    return make_response(render_template(name, **named, **shown), status)


def _here(language: str | None) -> str:
    """This page in another language. What only answers a POST is read at the page that asked."""
    kept: dict[str, Any] = {name: request.args.get(name) for name in ("change", "undone", "spoken")}
    endpoint = ".show" if request.endpoint == "mail_choices.undo" else request.endpoint or ".show"
    return url_for(endpoint, **{**kept, "lang": language}, **(request.view_args or {}))


def _shut() -> Response:
    """A link that is forged, altered or cut off: say what to do, tell nothing."""
    return _page("mail/choices/shut.html", 404)
