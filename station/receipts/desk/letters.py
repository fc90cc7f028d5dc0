"""Letters at the desk: one to print or to mail, and one about property that is not in the books of money."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard, only
from station.accounts.models import Role
from station.core import clock
from station.core.ids import new_id, public_id, row_id
from station.licensee.queries import the_licensee
from station.mail import queries as mail_queries
from station.mail.queries import MailView
from station.members import queries as members
from station.members.queries import MemberView
from station.receipts import queries, services
from station.receipts.forms import PropertyForm
from station.receipts.policies import Because, Why
from station.receipts.queries import LetterView

desk = Blueprint("letters_desk", __name__, url_prefix="/desk/letters")
guard(desk, Role.DEVELOPMENT)


@desk.get("")
def index() -> str:
    """The newest letters."""
    return render_template("receipts/desk/letters.html", letters=queries.letters())


@desk.get("/<letter_id>")
def show(letter_id: str) -> str:
    """A letter, with the ways in which it can leave."""
    letter = _found(letter_id)
    member = members.member(letter.member_id)
    may, mails = current_person().may(Role.DEVELOPMENT) and not letter.void_because, _mails(letter)
    email = queries.letter_email(letter.kind, letter.member_id)
    email = "" if email in {each.recipient for each in mails} else email
    return render_template(
        "receipts/desk/letter.html", letter=letter, member=member, may=may, mails=mails, email=email
    )


@desk.get("/<letter_id>/print")
def on_paper(letter_id: str) -> Response:
    """The letter alone, for paper."""
    response = make_response(render_template("receipts/letter.html", letter=_found(letter_id)))
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@desk.post("/<letter_id>/mail")
@only(Role.DEVELOPMENT)
def mail(letter_id: str) -> ResponseReturnValue:
    """Send a letter to its member's address."""
    letter = _found(letter_id)
    email = queries.letter_email(letter.kind, letter.member_id)
    if letter.void_because or not email:
        flash("This letter cannot be mailed: it is void, or there is no email address. Print it.", "error")
    elif any(each.recipient == email for each in _mails(letter)):
        flash(f"It went to {email} before. Open that message to send it once more.", "info")
    elif services.mail_letter(letter.id, email, current_person().actor) is None:
        flash("This letter was taken back a moment ago, so it is not mailed.", "error")
    else:
        flash(f"The letter is on its way to {email}.", "success")
    return redirect(url_for(".show", letter_id=letter_id), 303)


@desk.post("/<letter_id>/take-back")
@only(Role.DEVELOPMENT)
def take_back(letter_id: str) -> ResponseReturnValue:
    """Let a letter about goods or a vehicle hold no more; whoever may have it is told."""
    letter = _found(letter_id)
    if letter.void_because or not letter.of_property:
        flash("It is void already, or is about a gift in the books: take that back instead.", "error")
    else:
        services.void_letters_of(letter.reference, Why(Because.MISTAKE), current_person().actor)
        flash("The letter is void. Whoever may have it is told so.", "success")
    return redirect(url_for(".show", letter_id=letter_id), 303)


@desk.route("/new/<member_id>", methods=["GET", "POST"])
@only(Role.DEVELOPMENT)
def new(member_id: str) -> ResponseReturnValue:
    """Write a letter about goods or a vehicle that a member gave."""
    member = members.member_by_public_id(member_id) or abort(404)
    fresh = {"received_on": clock.today(the_licensee().timezone), "attempt": public_id("letter", new_id())}
    form = PropertyForm(data=fresh)
    if request.method == "POST" and form.validate():
        return _written(form, member)
    page = render_template("receipts/desk/new_letter.html", form=form, member=member)
    return page, 422 if form.errors else 200


def _written(form: PropertyForm, member: MemberView) -> ResponseReturnValue:
    reference = row_id("letter", form.attempt.data or "") or new_id()
    if known := queries.letters_of(reference):
        flash("This letter was written before, as it stands here. For another one, begin anew.", "info")
        return redirect(url_for(".show", letter_id=known[0].public_id), 303)
    facts = queries.letter_facts(form.kind_chosen(), member.name, form.day(), member.language, **form.said())
    made = services.write_letter(reference, member.id, facts, current_person().actor)
    flash("The letter is written. Print it, or send it by email.", "success")
    return redirect(url_for(".show", letter_id=public_id("letter", made)), 303)


def _mails(letter: LetterView) -> list[MailView]:
    """The messages that carried a letter, or told that it holds no more."""
    return mail_queries.mail_about(letter.member_id, str(letter.id))


def _found(letter_id: str) -> LetterView:
    found = row_id("letter", letter_id)
    return (queries.letter(found) if found else None) or abort(404)
