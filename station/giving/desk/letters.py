"""The letters about a gift that gets no receipt: a few words are added, then they are written."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, only
from station.accounts.models import Role
from station.core.ids import public_id, row_id
from station.giving import queries, services
from station.giving.desk.blueprint import desk
from station.giving.forms import LetterForm
from station.giving.queries.letters import LetterWords, kinds_of, letters_for
from station.receipts.policies import letter_text, sections
from station.receipts.queries import letters_of


@desk.route("/gifts/<gift_id>/letter", methods=["GET", "POST"])
@only(Role.DEVELOPMENT)
def letter(gift_id: str) -> ResponseReturnValue:
    """Write the letters about a gift, or write them anew."""
    found = row_id("gift", gift_id) or abort(404)
    kinds = kinds_of(found) or abort(404)
    written = [each for each in letters_of(found) if not each.void_because]
    form = LetterForm.for_kinds(kinds, bool(written))
    if request.method == "POST" and form.validate():
        return _written(found, form)
    drafts = letters_for(found, LetterWords()) if form.nothing_to_add else []
    said = [sections(letter_text(facts)) for facts in drafts]
    page = render_template(
        "giving/desk/letter.html", form=form, story=queries.gift_page(found), drafts=said, anew=bool(written)
    )
    return page, 422 if form.errors else 200


def _written(gift_id: UUID, form: LetterForm) -> ResponseReturnValue:
    words = LetterWords(form.text("fund"), form.text("adviser"), form.text("holder"))
    made = services.write_letters(gift_id, words, current_person().actor, form.text("reason"))
    if not made:
        flash("This gift was taken back a moment ago, so no letter is written.", "error")
    else:
        flash("The letter is written." if len(made) == 1 else "Both letters are written.", "success")
    if len(made) == 1:
        return redirect(url_for("letters_desk.show", letter_id=public_id("letter", made[0])), 303)
    return redirect(url_for(".gift", gift_id=public_id("gift", gift_id)), 303)
