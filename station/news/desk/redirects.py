"""Redirects at the desk: where addresses lead that no page answers any more, one by one and from a file."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard
from station.accounts.models import Role
from station.core.ids import row_id
from station.licensee.queries import station_by_id, stations
from station.news import services
from station.news.desk.asking import Asked, why_not
from station.news.forms import ImportForm, RedirectForm
from station.news.forms.seen import typed_for_removed
from station.news.policies.moves import Refused, moved_path, target
from station.news.policies.seen import mark
from station.news.queries import moves
from station.news.queries.moves import RedirectView
from station.news.services import REDIRECT
from station.news.services.moving.redirects import Kept

desk = Blueprint("redirects_desk", __name__, url_prefix="/desk/redirects")
guard(desk, Role.NEWS)


@desk.get("")
def index() -> str:
    """Redirects, the newest first: `?q=` of a path, target, reason or headline; `?before=` where a page ended."""
    query = request.args.get("q", "").strip()[:200]
    found = moves.redirects(query, request.args.get("before", ""))
    older = url_for(".index", q=query or None, before=found.before) if found.before else None
    names = {each.id: each.name for each in stations()}
    return render_template(
        "news/desk/redirects.html",
        found=found.redirects,
        query=query,
        names=names,
        pager={"next_url": older} if older else None,
    )


@desk.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    form = RedirectForm(path=request.args.get("path", "")[:500])
    if form.validate_on_submit() and (done := _kept(form, None)):
        return done
    return _page(form, None)


@desk.route("/<redirect_id>", methods=["GET", "POST"])
def show(redirect_id: str) -> ResponseReturnValue:
    found = _redirect(redirect_id)
    if found is None:
        return _removed()
    form = RedirectForm(data=_values(found))
    if request.method == "POST" and found.automatic:
        abort(409)
    if form.validate_on_submit() and (done := _kept(form, found.id)):
        return done
    return _page(form, found)


@desk.post("/<redirect_id>/remove")
def remove(redirect_id: str) -> ResponseReturnValue:
    found = _redirect(redirect_id) or abort(404)
    path = services.remove_redirect(found.id, current_person().actor)
    flash(f"{path} leads nowhere any more.", "success")
    return redirect(url_for(".index"), 303)


@desk.route("/import", methods=["GET", "POST"])
def take() -> ResponseReturnValue:
    """Many at once: looked at first (`look`), then taken."""
    form, report = ImportForm(), None
    if form.validate_on_submit():
        report = _taken(form, dry_run="look" in request.form)
    page = render_template(
        "news/desk/redirects_import.html", form=form, report=report, looking="look" in request.form
    )
    return page, 422 if form.errors else 200


def _taken(form: ImportForm, *, dry_run: bool) -> list[services.TakenRedirect] | None:
    asked = Asked()
    try:
        return services.import_redirects(
            form.lines.data or "",
            form.common(),
            asked.answered,
            asked.leading,
            current_person().actor,
            dry_run=dry_run,
        )
    except Refused as problem:
        form.lines.errors = [str(problem)]
        return None


def _kept(form: RedirectForm, redirect_id: UUID | None) -> ResponseReturnValue | None:
    """The way back once it is kept; None, with the reason in the form, for what cannot be."""
    draft = form.draft()
    try:
        path, to = moved_path(draft.path), target(draft.target, services.hosts_of_ours())
        of_path, of_target = why_not(Asked(), path, to, draft.station_id)
        form.path.errors, form.target.errors = [*filter(None, [of_path])], [*filter(None, [of_target])]
        if of_path or of_target:
            return None
        with form.told_of_others(url_for(".new")):
            kept = services.keep_redirect(redirect_id, draft, current_person().actor, seen=form.mark_of_page)
            return _led(path, kept)
    except Refused as problem:
        form.target.errors = [str(problem)]
    return None


def _led(path: str, kept: Kept) -> ResponseReturnValue:
    now = _redirect(kept.public_id)
    more = f" {kept.bent} that led there lead on with it." if kept.bent else ""
    flash(f"{path} leads to {now.location}.{more}" if now else "Kept.", "success")
    return redirect(url_for(".index"), 303)


def _removed() -> ResponseReturnValue:
    """What was typed for a redirect that somebody else removed meanwhile."""
    form = typed_for_removed(RedirectForm)
    form.removed(url_for(".new"))
    return _page(form, None)


def _page(form: RedirectForm, found: RedirectView | None) -> ResponseReturnValue:
    known = None if form.gone else found
    return render_template("news/desk/redirect.html", form=form, found=known), form.status


def _values(found: RedirectView) -> dict[str, object]:
    return {
        "path": found.path,
        "target": found.location,
        "station": station_by_id(found.station_id).slug if found.station_id else "",
        "kind": "301" if found.permanent else "302",
        "keep_query": found.keep_query,
        "reason": found.reason,
        "seen": mark(found, REDIRECT),
    }


def _redirect(text: str) -> RedirectView | None:
    """A redirect by its public id, None once it is removed; 404 for what is no id of one."""
    return moves.redirect(row_id("redirect", text) or abort(404))
