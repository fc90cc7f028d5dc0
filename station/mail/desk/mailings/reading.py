"""Reading mailings: the list of all, one, its letter, and who is on its list."""

from __future__ import annotations

from flask import Response, abort, make_response, render_template, request

from station.accounts.guards import current_person, only
from station.accounts.models import Role
from station.accounts.queries import tell
from station.core import clock, csp
from station.core.events import Subject, events_of
from station.core.ids import new_id
from station.core.sheets import csv_lines
from station.mail.desk.mailings.blueprint import desk, found, testers
from station.mail.desk.mailings.forms import RULES, TestForm
from station.mail.desk.outgoing import MESSAGE_POLICY
from station.mail.policies.mailings import LISTED, OPEN
from station.mail.queries import mailings as queries
from station.mail.queries.mailings import MailingView, RecipientRow
from station.mail.services import mailings as services

COLUMNS = ("Position", "Name", "Address", "Language", "Member", "Became", "Why", "Message")


@desk.get("")
def index() -> str:
    page = queries.mailings(request.args.get("before", ""))
    may = current_person().may(Role.DEVELOPMENT)
    return render_template("mail/mailings/index.html", page=page, may=may)


@desk.get("/<mailing_id>")
def show(mailing_id: str) -> Response:
    return page_of(found(mailing_id))


def page_of(view: MailingView, test: TestForm | None = None, status: int = 200) -> Response:
    """The page of a mailing: what is to be done next, its letter, and what happened."""
    is_open, counted = view.state in OPEN, view.state in LISTED or view.ended_at or view.listed
    page = render_template(
        "mail/mailings/show.html",
        mailing=view,
        problems=queries.problems_of(view.id) if is_open or view.state.value == "frozen" else [],
        people=queries.people_on(view.id) if is_open else view.listed,
        results=queries.results(view.id) if counted else None,
        samples={each: queries.sample(words, view.topic, each) for each, words in view.words.items()},
        test=test or (TestForm(testers(), attempt=str(new_id())) if is_open and view.words else None),
        happened=tell(events_of(Subject("mailing", view.id))),
        may=current_person().may(Role.DEVELOPMENT),
        rules=RULES,
        now=clock.now(),
    )
    response = make_response(page, status)
    csp.widen(response, {"frame-src": ("'self'",)})
    return response


@desk.get("/<mailing_id>/letter/<language>")
def letter(mailing_id: str, language: str) -> Response:
    """The letter as HTML, for the frames of the page."""
    view = found(mailing_id)
    words = view.words.get(language) or abort(404)
    response = Response(queries.sample(words, view.topic, language).html, mimetype="text/html")
    response.headers[csp.HEADER] = MESSAGE_POLICY
    response.headers["X-Fragment"] = "mail"  # not a page of ours: the house rules for pages do not apply
    return response


@desk.get("/<mailing_id>/people")
def people(mailing_id: str) -> str:
    """Who is on the frozen list, and what became of each."""
    view, became = found(mailing_id), request.args.get("became", "")
    became = became if became in queries.LISTS else ""
    after = request.args.get("after", "")
    rows = queries.recipients(view.id, became, int(after) if after.isdecimal() and len(after) < 10 else 0, 101)
    return render_template(
        "mail/mailings/people.html",
        mailing=view,
        became=became,
        rows=rows[:100],
        after=rows[99].position if len(rows) > 100 else None,
        counts=queries.results(view.id).counts,
        may=current_person().may(Role.DEVELOPMENT),
    )


@desk.post("/<mailing_id>/people.csv")
@only(Role.DEVELOPMENT)
def export(mailing_id: str) -> Response:
    """The whole list as a table for a spreadsheet; that it was taken is written down."""
    view = found(mailing_id)
    services.note_export(view.id, current_person().actor)
    rows = (_cells(each) for each in queries.every_recipient(view.id))
    named = {"Content-Disposition": f'attachment; filename="{view.public_id}.csv"', "Cache-Control": "no-store"}
    return Response("".join(csv_lines(COLUMNS, rows)), mimetype="text/csv", headers=named)


def _cells(row: RecipientRow) -> tuple[object, ...]:
    why = row.reason.value if row.reason else row.trouble
    return (row.position, row.name, row.email, row.language, row.member, row.became, why, row.mail)
