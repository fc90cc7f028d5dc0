"""What goes on paper: plain data for `receipts.pdf`, of what was issued and of who the licensee is today."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC
from typing import Any

from station.core.ids import row_id
from station.licensee.queries import StationView, default_station, stations, the_licensee
from station.receipts.pdf import labels
from station.receipts.queries.receipts import ReceiptView, receipt

BAND = (88.0, 108.0)  # megahertz: what the dial of the letterhead shows


def letterhead(supported: Collection[str] = ()) -> dict[str, Any]:
    """The head of any paper: who we are today. The stations that are `supported`, by name, are lit on the dial."""
    house = the_licensee()
    return {
        "name": house.legal_name,
        "ein": house.ein,
        "lines": house.address_lines,
        "contact": [said for said in (house.phone, house.email) if said],
        "stations": [{"name": one.name, "on": one.name in supported, **_place(one)} for one in stations()],
    }


def brand_of(supported: Collection[str]) -> str:
    """The brand of the first station that is supported, or of the house."""
    return next((one.brand for one in stations() if one.name in supported), default_station().brand)


def paper_of(view: ReceiptView) -> dict[str, Any]:
    """A receipt as a document for the template "receipt": its stored text part by part, and a band if it is void."""
    language = view.language
    words = labels(language)
    said = " ".join(value for section in view.sections for _, value in section.facts)
    supported = [one.name for one in stations() if one.name in said]
    heading = words["receipt"].format(label=view.label)
    heading += f", {words['void'].lower()}" if view.void_because else ""
    return {
        "language": language,
        "at": view.issued_at.astimezone(UTC).isoformat(),
        "heading": heading,
        "brand": brand_of(supported),
        "letterhead": letterhead(supported),
        "band": _band(view, words) if view.void_because else None,
        "sections": [
            {"facts": section.facts} if section.facts else {"paragraph": section.paragraph}
            for section in view.sections
        ],
    }


def _band(view: ReceiptView, words: dict[str, str]) -> dict[str, str]:
    newer_id = row_id("receipt", view.replaced_by) if view.replaced_by else None
    newer = receipt(newer_id) if newer_id else None
    instead = words["replaced"].format(label=newer.label) if newer else ""
    return {"kind": "void", "word": words["void"], "text": f"{view.void_because} {instead}".strip()}


def _place(station: StationView) -> dict[str, float]:
    """Where a station stands on the FM band; nothing for one that does not."""
    try:
        mhz = float(station.frequency)
    except ValueError:
        return {}
    return {"mhz": mhz} if BAND[0] <= mhz <= BAND[1] else {}
