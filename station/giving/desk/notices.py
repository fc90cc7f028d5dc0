"""The desk's pages of notices: what is due, what was given and how, and what a person has to give."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard
from station.accounts.models import Role
from station.core import clock
from station.core.ids import row_id
from station.core.sheets import csv_lines
from station.giving import policies, services
from station.giving.desk.paging import pager
from station.giving.forms import GivenForm
from station.giving.models import Channel, NoticeKind
from station.giving.policies.notices import CATALOGUE, Rule
from station.giving.queries import notices as queries
from station.giving.queries.notices import Counted, NoticeView, View
from station.licensee.queries import the_licensee

notices_desk = Blueprint("notices_desk", __name__, url_prefix="/desk/notices")
guard(notices_desk, Role.DEVELOPMENT)

AHEAD = 30  # days that the page looks ahead
HEADER = (
    "notice",
    "kind",
    "required_by",
    "sustainer",
    "donor",
    "announces",
    "from",
    "in_time_until",
    "written_at",
    "wording",
    "language",
    "how",
    "given_on",
    "to",
    "mail_state",
    "sent_at",
    "message_id",
    "by",
    "note",
    "in_time",
)


@notices_desk.get("")
def index() -> str:
    """Counts by kind, and the list: what did not arrive, what was late, or all; of one kind or of each."""
    view, kind = _wanted()
    found = queries.notices(view, kind, policies.page_number(request.args.get("page", "")))
    return render_template(
        "giving/desk/notices.html",
        found=found,
        view=view,
        kind=kind,
        views=View,
        rows=_kinds(),
        pager=pager(found, lambda page: url_for("notices_desk.index", view=view, kind=kind, page=page)),
    )


def _kinds() -> list[tuple[Rule, Counted, int | None]]:
    """Each kind with what became of its notices, and how many come in the next thirty days."""
    counts = queries.notice_counts()
    return [(rule, counts[each], _ahead(each)) for each, rule in CATALOGUE.items()]


def _wanted() -> tuple[View, NoticeKind | None]:
    view, kind = request.args.get("view", ""), request.args.get("kind", "")
    return View(view) if view in set(View) else View.ALL, NoticeKind(kind) if kind in set(NoticeKind) else None


def _ahead(kind: NoticeKind) -> int | None:
    """How many of a kind are to be written in the next thirty days; None for what is told with the change itself."""
    if kind not in queries.KINDS:
        return None
    return sum(1 for _ in queries.every_due(kind, queries.horizon(AHEAD)))


@notices_desk.get("/notices.csv")
def export() -> ResponseReturnValue:
    """Every notice with its proof as a table, for an auditor: of the last year, or from a day to a day."""
    today = clock.today(the_licensee().timezone)
    since, until = _day("since", today - timedelta(days=366)), _day("until", today)
    lines = csv_lines(HEADER, (line for each in queries.notices_written(since, until) for line in _lines(each)))
    named = f'attachment; filename="notices-{since}-{until}.csv"'
    return Response(list(lines), mimetype="text/csv", headers={"Content-Disposition": named})


def _day(name: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return otherwise


def _lines(each: NoticeView) -> Iterator[tuple[Any, ...]]:
    """A line for each way in which a notice was given or tried to be; one without for a notice that never was."""
    head = (each.public_id, each.rule.name, each.rule.source, each.sustainer_id, each.name)
    days = (each.event_on, each.opens_on, each.due_on, each.written_at.isoformat(), each.wording, each.language)
    in_time = "no" if each.late else "yes" if each.given_on else "not yet"
    for tried in each.deliveries:
        sent = tried.sent_at.isoformat() if tried.sent_at else ""
        how = (tried.how.value, tried.on, tried.recipient, tried.state.value if tried.state else "", sent)
        yield (*head, *days, *how, tried.message_id, tried.by, tried.note, in_time)
    if not each.deliveries:
        yield (*head, *days, "", "", "", "", "", "", "", "", in_time)


@notices_desk.get("/<notice_id>")
def show(notice_id: str) -> str:
    """One notice: why it is required, when it was in time, how it was given, and its words."""
    today = clock.today(the_licensee().timezone)
    return _page(_notice(notice_id), GivenForm(formdata=None, data={"on": today}))


@notices_desk.get("/<notice_id>/paper")
def paper(notice_id: str) -> str:
    """The notice as a letter for the post."""
    return render_template("giving/desk/notice_paper.html", notice=_notice(notice_id))


@notices_desk.post("/<notice_id>/given")
def given(notice_id: str) -> ResponseReturnValue:
    """Note that it was given by post or phone, or that it is not needed."""
    found, form = _notice(notice_id), GivenForm()
    if not form.validate_on_submit():
        return _page(found, form), 422
    assert form.on.data is not None  # noqa: S101  # validated
    services.note_given(found.id, Channel(form.how.data), form.on.data, form.note.data or "", current_person().actor)
    flash("It is noted.", "success")
    return redirect(url_for("notices_desk.show", notice_id=notice_id), 303)


@notices_desk.post("/<notice_id>/again")
def again(notice_id: str) -> ResponseReturnValue:
    """Send it once more, to the donor's address of today."""
    found = _notice(notice_id)
    try:
        services.write_again(found.id, current_person().actor)
    except services.NotNeeded as why:
        flash(str(why), "warning")
    else:
        flash("It is on its way once more.", "success")
    return redirect(url_for("notices_desk.show", notice_id=notice_id), 303)


def _notice(text: str) -> NoticeView:
    return (queries.notice(text) if row_id(queries.PREFIX, text) else None) or abort(404)


def _page(found: NoticeView, form: GivenForm) -> str:
    return render_template("giving/desk/notice.html", notice=found, form=form)
