"""Yearly statements at the desk: how far each year has come, what waits, one member's versions and running view."""

from __future__ import annotations

import logging
import re

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard, only
from station.accounts.models import Role
from station.core import clock
from station.core.words import counted
from station.licensee.queries import the_licensee
from station.members import queries as members
from station.members.queries import MemberView
from station.receipts.forms import AgainForm
from station.receipts.models import RunKind
from station.receipts.pdf import CannotRender, render_many
from station.receipts.policies.statements import over
from station.receipts.queries import statements as queries
from station.receipts.services import statements as services

logger = logging.getLogger(__name__)
desk = Blueprint("statements_desk", __name__, url_prefix="/desk/statements")
guard(desk, Role.DEVELOPMENT)


@desk.get("")
def index() -> str:
    """The years, newest first, with what was frozen of each."""
    today = clock.today(the_licensee().timezone)
    known = sorted({today.year, *queries.years(), *queries.frozen_years()}, reverse=True)
    return render_template(
        "receipts/statements/index.html", years=known, frozen=queries.frozen_years(), this_year=today.year
    )


@desk.get("/<year>")
def year(year: str) -> str:
    """One year: its numbers, its runs, and its statements by number."""
    wanted = _year(year)
    page = queries.statements_of_year(wanted, _number(request.args.get("after", "")))
    return render_template(
        "receipts/statements/year.html",
        counts=queries.year_counts(wanted),
        over=over(wanted, clock.today(the_licensee().timezone)),
        runs=queries.runs_of(wanted),
        open_runs={kind.value for kind in RunKind if queries.open_run(kind, wanted)},
        page=page,
        left=queries.delivered([row.id for row in page.rows]),
        may=current_person().may(Role.DEVELOPMENT),
    )


@desk.post("/<year>/freeze")
@only(Role.DEVELOPMENT)
def freeze(year: str) -> ResponseReturnValue:
    try:
        services.start_freeze(_year(year), current_person().actor)
        flash(
            "The statements are being frozen. You may leave this page; its numbers move as the work does.", "success"
        )
    except services.CannotRun as refusal:
        flash(str(refusal), "error")
    return redirect(url_for(".year", year=year), 303)


@desk.post("/<year>/send")
@only(Role.DEVELOPMENT)
def send(year: str) -> ResponseReturnValue:
    try:
        services.start_sending(_year(year), current_person().actor)
        flash("The statements are being mailed. What has no address waits for paper.", "success")
    except services.CannotRun as refusal:
        flash(str(refusal), "error")
    return redirect(url_for(".year", year=year), 303)


@desk.get("/<year>/paper")
def paper(year: str) -> str:
    """What has no email address and has not left: to be printed, posted, and written down here."""
    page = queries.for_paper(_year(year))
    return render_template(
        "receipts/statements/paper.html", year=_year(year), page=page, may=current_person().may(Role.DEVELOPMENT)
    )


@desk.get("/<year>/paper/print")
def print_all(year: str) -> str:
    """Those statements one after the other, each on a sheet of its own."""
    page = queries.for_paper(_year(year))
    shown = {"year": _year(year), "rows": page.rows, "pdf_failed": "pdf_failed" in request.args}
    return render_template("receipts/statements/print.html", **shown)


@desk.get("/<year>/paper/print.pdf")
def print_pdf(year: str) -> ResponseReturnValue:
    """The same as one PDF. When it cannot be made, the page that a browser prints."""
    page = queries.for_paper(_year(year))
    if not page.rows:
        return redirect(url_for(".paper", year=year), 303)
    try:
        papers = [queries.paper_of(row) for row in page.rows]
        made = render_many(papers, "statement", f"Statements of {year} for the post")
    except CannotRender:
        logger.exception("no PDF of the statements of %s for the post", year)
        return redirect(url_for(".print_all", year=year, pdf_failed="yes"), 303)
    return Response(made, mimetype="application/pdf")


@desk.post("/<year>/paper/posted")
@only(Role.DEVELOPMENT)
def posted(year: str) -> ResponseReturnValue:
    """A person says that the statements which the page listed were posted."""
    ticked = request.form.getlist("statement")
    many = services.mark_printed(ticked, _year(year), current_person().actor)
    if not ticked:
        flash("Tick the statements that were posted.", "error")
    elif many:
        flash(f"{counted(many, 'statement is', 'statements are')} written down as posted.", "success")
    else:
        flash("These were written down as posted before.", "info")
    return redirect(url_for(".paper", year=year), 303)


@desk.get("/<year>/members/<member_id>")
def member(year: str, member_id: str) -> str:
    """One member's year: the running view, and every official version."""
    return _member_page(_year(year), _member(member_id), AgainForm())


@desk.post("/<year>/members/<member_id>/again")
@only(Role.DEVELOPMENT)
def again(year: str, member_id: str) -> ResponseReturnValue:
    """A new version because a person asks for it: a name was wrong, or a line needs other words."""
    found, form = _member(member_id), AgainForm()
    if not form.validate_on_submit():
        return _member_page(_year(year), found, form), 422
    try:
        made = services.correct(found.id, _year(year), current_person().actor, form.reason.data or "", form.version)
        flash(*_issued(made is not None, _year(year), found, form.version))
    except services.StillFreezing:
        flash("The year is being frozen. Try again when that is through.", "error")
    return redirect(url_for(".member", year=year, member_id=member_id), 303)


def _issued(made: bool, year: int, found: MemberView, seen: int | None) -> tuple[str, str]:
    """What became of a new version that was asked for, with the kind of notice."""
    holding = queries.official(year, found.id)
    if made:
        return "A new version was issued.", "success"
    if holding and seen and holding.version != seen:
        return f"Version {holding.version} was issued already. Look at it before you issue another one.", "info"
    return "No version was issued: what holds it stands on this page.", "error"


@desk.get("/<year>/members/<member_id>/running")
def running(year: str, member_id: str) -> str:
    """The running view on paper, marked as no official statement."""
    printed = queries.running_view(_year(year), _member(member_id).id)
    return render_template("receipts/statements/show.html", printed=printed, statement=None)


def _member_page(year: int, found: MemberView, form: AgainForm) -> str:
    versions = queries.versions(year, found.id)
    return render_template(
        "receipts/statements/member.html",
        year=year,
        member=found,
        printed=queries.running_view(year, found.id),
        waiting=queries.waiting_gifts(year, found.id),
        versions=versions,
        left=queries.delivered([row.id for row in versions]),
        form=form,
        may=current_person().may(Role.DEVELOPMENT),
    )


def _year(text: str) -> int:
    return int(text) if re.fullmatch(r"(19|20)[0-9]{2}", text) else abort(404)


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0


def _member(text: str) -> MemberView:
    return members.member_by_public_id(text) or abort(404)
