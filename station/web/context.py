"""What every template may use. A view names the station of its page by setting `flask.g.station`."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Flask, g, request, url_for

from station.accounts.guards import signed_in_person
from station.accounts.places import DESK_NOTICES, NAV, DeskNotice
from station.accounts.queries import Person
from station.core import clock
from station.core.words import FILTERS
from station.licensee.queries import StationView, default_station, station_by_host, stations, the_licensee
from station.news.queries.moves import current_banner
from station.web.assets import asset


def install(app: Flask) -> None:
    """Filters, globals, and the licensee, stations, person and navigation of each page."""
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(asset=asset, give_url=give_url)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_page)


def give_url(
    station: StationView, amount_cents: int | None = None, frequency: str | None = None, source: str | None = None
) -> str:
    """The pledge form, with what the link promises filled in. `frequency` is once, month, quarter or year."""
    amount = None if amount_cents is None else f"{amount_cents / 100:.2f}".removesuffix(".00")
    said = {"station": station.slug, "amount": amount, "frequency": frequency, "source": source}
    return f"/give?{urlencode({name: value for name, value in said.items() if value})}"


def current_station() -> StationView:
    """The station of this page: as its view says, by its host name, or the first one."""
    named: StationView | None = g.get("station")
    return named or station_by_host(request.host.partition(":")[0]) or default_station()


def _page() -> dict[str, Any]:
    if request.endpoint is None or g.get("no_database"):
        return {}
    page: dict[str, Any] = {"licensee": the_licensee(), "stations": stations(), "station": current_station()}
    if not request.path.startswith("/desk"):
        page["banner"] = current_banner(page["station"].id, clock.now())
    elif person := signed_in_person():
        page |= {"person": person, "nav": _nav(person), "desk_notices": _notices()}
    return page


def _notices() -> list[DeskNotice]:
    return [notice for told in DESK_NOTICES for notice in told()]


def _nav(person: Person) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for item in NAV:
        if person.may(*item.roles, reading=True):
            url = url_for(item.endpoint)
            groups.setdefault(item.group, []).append(
                {"label": item.label, "url": url, "current": request.endpoint == item.endpoint}
            )
    return [{"title": title, "items": items} for title, items in groups.items()]
