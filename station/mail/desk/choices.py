"""The desk about people's mail: what a member told us about it, and who turned it down."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard, only
from station.accounts.models import Role
from station.core.ids import public_id
from station.mail import queries, services
from station.mail.forms import NoteForm
from station.mail.policies.choices.consent import WAYS
from station.mail.policies.choices.topics import EXCHANGES
from station.members import queries as members
from station.members.queries import MemberView

choices_desk = Blueprint("choices_desk", __name__, url_prefix="/desk/mail")
guard(choices_desk, Role.DEVELOPMENT)


@choices_desk.get("/unsubscribes")
def report() -> str:
    """How many turned which mail down, and each of them, newest first."""
    found = queries.unsubscribes(request.args.get("before", ""))
    people = {line.id: public_id(members.PREFIX, line.member_id) for line in found.lines if line.member_id}
    return render_template("mail/unsubscribes.html", found=found, people=people, ways=WAYS)


@choices_desk.route("/choices/<member_id>", methods=["GET", "POST"])
@only(Role.DEVELOPMENT)
def note(member_id: str) -> ResponseReturnValue:
    """Write down what a member said about their mail, on the phone, in a letter or at the counter."""
    member = members.member_by_public_id(member_id) or abort(404)
    choices = queries.choices(member.id)
    form = NoteForm.of(choices)
    if form.validate_on_submit():
        return _noted(member, form)
    shown = {"member": member, "choices": choices, "form": form, "exchanges": EXCHANGES}
    return render_template("mail/note.html", **shown), 422 if form.errors else 200


def _noted(member: MemberView, form: NoteForm) -> ResponseReturnValue:
    actor, none = current_person().actor, bool(form.none.data)
    done = services.note_answers(member.id, form.before, form.after, none, form.wording, actor)
    flash("It is written down, and holds from now on." if done else "Nothing was changed.", "success")
    return redirect(url_for("members_desk.show", member_id=member.public_id), 303)
