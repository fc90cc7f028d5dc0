"""The way in: sign-in, second factor, the pages behind links, and the way out."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import segno
from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from station.accounts import policies, queries, services
from station.accounts.challenges import pose, posed
from station.accounts.forms import CodeForm, JoinForm, PasskeyForm, SecondFactorForm, SignInForm
from station.accounts.guards import cookie_token, current_session, forget, public, remember, signed_in_person
from station.accounts.services import AccountsError, CodeRefused, LinkSpent, PasswordRefused, TooManyTries
from station.core import csp
from station.core.actor import VISITOR
from station.licensee.queries import the_licensee

views = Blueprint("accounts", __name__, url_prefix="/desk")
public(views, "the way into the desk; each step checks what it needs")


@views.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    form, wanted = SignInForm(), _wanted()
    if signed_in_person():
        return redirect(wanted, 303)
    if form.validate_on_submit():
        try:
            token = services.sign_in(form.email.data or "", form.password.data or "", _client(), _browser())
        except AccountsError as error:
            return _sign_in_page(form, error)
        remember(token)
        return redirect(url_for(".second_factor", next=wanted), 303)
    return _sign_in_page(form)


@views.get("/sign-in/passkey/options")
def passkey_options() -> ResponseReturnValue:
    """What the script of the sign-in page asks the browser for, as JSON; its challenge goes into the cookie."""
    return queries.passkey_request(pose("sign_in")) or abort(404)


@views.post("/sign-in/passkey")
def passkey() -> ResponseReturnValue:
    form = PasskeyForm()
    if not form.validate_on_submit():
        return _sign_in_page(form)
    try:
        token = services.sign_in_with_passkey(form.answer.data or "", posed("sign_in"), _client(), _browser())
    except AccountsError as error:
        return _sign_in_page(form, error)
    remember(token)
    return redirect(_wanted(), 303)


@views.route("/second-factor", methods=["GET", "POST"], defaults={"how": "app"})
@views.route("/recovery-code", methods=["GET", "POST"], defaults={"how": "recovery"}, endpoint="recovery_code")
def second_factor(how: str) -> ResponseReturnValue:
    form, wanted = CodeForm(), _wanted()
    view = current_session()
    if view is None or view.second_factor:
        return redirect(wanted if view else url_for(".sign_in", next=wanted), 303)
    if form.validate_on_submit():
        try:
            remember(services.second_step(cookie_token(), form.code.data or "", _browser()))
        except AccountsError as error:
            return _page("accounts/second_factor.html", form, error, how=how, wanted=wanted)
        return redirect(wanted, 303)
    return _page("accounts/second_factor.html", form, how=how, wanted=wanted)


@views.route("/join/<token>", methods=["GET", "POST"])
def join(token: str) -> ResponseReturnValue:
    link = queries.invitation(token)
    if link is None:
        return make_spent()
    form = JoinForm() if link.purpose == "join" else SecondFactorForm()
    if form.validate_on_submit():
        try:
            joined = services.join(token, form.password.data or "", form.code.data or "", _browser())
        except LinkSpent:
            return make_spent()
        except AccountsError as error:
            return _page("accounts/join.html", form, error, **_offer(token, link))
        remember(joined.token)
        return render_template("accounts/recovery_codes.html", codes=joined.recovery_codes)
    return _page("accounts/join.html", form, **_offer(token, link))


@views.get("/join/<token>/code.svg")
def join_picture(token: str) -> Response:
    link = queries.invitation(token)
    if link is None:
        abort(404)
    address = policies.totp_address(services.offered_secret(token), link.email, the_licensee().short_name)
    picture = BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", scale=5, dark="#000", light="#fff")
    return Response(picture.getvalue(), mimetype="image/svg+xml")


@views.after_request
def tell_no_link(response: Response) -> Response:
    """The address of a link is its key: browsers pass on our origin alone (which Flask-WTF asks for over https)."""
    if "token" in (request.view_args or {}):
        response.headers["Referrer-Policy"] = "strict-origin"
    return response


@views.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    person = signed_in_person()
    services.end_session(cookie_token(), person.actor if person else VISITOR)
    forget()
    flash("You are signed out.", "success")
    return redirect(url_for(".sign_in"), 303)


def make_spent() -> ResponseReturnValue:
    """The page behind a link that does not work any more."""
    return render_template("accounts/link_spent.html"), 410


def _offer(token: str, link: queries.InvitationView) -> dict[str, Any]:
    secret = services.offered_secret(token)
    groups = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    return {"token": token, "link": link, "secret": groups}


def _wanted() -> str:
    return policies.safe_next(request.args.get("next", ""))


def _sign_in_page(form: FlaskForm, error: AccountsError | None = None) -> Response:
    """Both ways in; `form` is the one that was sent, whose errors are shown."""
    fields = form if isinstance(form, SignInForm) else SignInForm(formdata=None)
    works = queries.passkeys_work()
    page = _page("accounts/sign_in.html", form, error, fields=fields, wanted=_wanted(), passkeys=works)
    response = make_response(page)
    if works:
        csp.widen(response, csp.OWN_SCRIPTS)
    return response


def _page(template: str, form: FlaskForm, error: AccountsError | None = None, **known: Any) -> ResponseReturnValue:
    """A page with a form: 200 fresh, 422 with what is wrong, 429 when the door is shut for a while."""
    if error:
        field = {CodeRefused: "code", PasswordRefused: "password"}.get(type(error))
        (form[field].errors if field else form.form_errors).append(str(error))
    status = 429 if isinstance(error, TooManyTries) else 422 if form.errors else 200
    return render_template(template, form=form, **known), status


def _client() -> str:
    return request.remote_addr or ""


def _browser() -> str:
    return request.user_agent.string
