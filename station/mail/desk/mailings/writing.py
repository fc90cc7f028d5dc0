"""Writing a mailing at the desk, and sending tests of it."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, only
from station.accounts.models import Role
from station.core.ids import new_id, public_id, row_id
from station.mail.desk.mailings.blueprint import back_to, desk, found, refused, testers
from station.mail.desk.mailings.forms import MailingForm, TestForm
from station.mail.desk.mailings.reading import page_of
from station.mail.policies import NotLawful
from station.mail.policies.mailings import OPEN
from station.mail.queries import mailings as queries
from station.mail.queries.mailings import MailingView
from station.mail.services import mailings as services
from station.mail.services.mailings import EditedMeanwhile, MailingRefused


@desk.route("/new", methods=["GET", "POST"])
@only(Role.DEVELOPMENT)
def new() -> ResponseReturnValue:
    form = MailingForm(attempt=public_id(queries.MAILING, new_id()), based_on="1")
    if form.validate_on_submit():
        if known := queries.mailing(form.attempt.data or ""):  # sent twice, or gone back to and changed
            return _saved(known, form)
        made = services.write_mailing(_attempt(form), form.wish, current_person().actor)
        flash("The draft is saved. Nothing is sent yet.", "success")
        return redirect(url_for(".show", mailing_id=public_id(queries.MAILING, made)), 303)
    return _form(form, None, 422 if form.errors else 200)


@desk.route("/<mailing_id>/edit", methods=["GET", "POST"])
@only(Role.DEVELOPMENT)
def edit(mailing_id: str) -> ResponseReturnValue:
    view = found(mailing_id)
    form = MailingForm.of(view)
    if view.state not in OPEN:
        return refused(view, MailingRefused("It is no draft any more: open it again before you change it."))
    if not form.validate_on_submit():
        return _form(form, view, 422 if form.errors else 200)
    return _saved(view, form)


def _saved(view: MailingView, form: MailingForm) -> ResponseReturnValue:
    try:
        services.change_mailing(view.id, form.wish, _version(form), current_person().actor)
    except EditedMeanwhile as clash:
        form.based_on.data = str(view.version)  # saving again means to
        return _form(form, view, 409, theirs=clash.by)
    except MailingRefused as why:
        return refused(view, why)
    flash("Saved. It is to be tested and checked again where its words have changed.", "success")
    return back_to(view)


@desk.post("/<mailing_id>/test")
@only(Role.DEVELOPMENT)
def test(mailing_id: str) -> ResponseReturnValue:
    view, form = found(mailing_id), TestForm(testers())
    if not form.validate_on_submit():
        return page_of(view, form, 422)
    try:
        many = services.send_test(view.id, form.to.data or [], form.attempt.data or "", current_person().actor)
    except (MailingRefused, NotLawful) as why:
        return refused(view, MailingRefused(str(why)))
    flash(f"{many} test letter{'s' if many != 1 else ''} on the way. Read them in your own mail program.", "success")
    return back_to(view)


def _form(form: MailingForm, view: MailingView | None, status: int, theirs: str = "") -> ResponseReturnValue:
    """The form; with `theirs`, what that person saved meanwhile stands beside what was typed."""
    return render_template("mail/mailings/form.html", form=form, mailing=view, theirs=theirs), status


def _version(form: MailingForm) -> int:
    """The version that the form was opened with; none for what is no number."""
    said = form.based_on.data or ""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0


def _attempt(form: MailingForm) -> UUID:
    return row_id(queries.MAILING, form.attempt.data or "") or new_id()
