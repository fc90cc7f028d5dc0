"""Taking 1,000 CDS documents in, a transaction each, with index, labels and audit; and the same once more."""

from __future__ import annotations

import random
import time
from typing import Any
from uuid import UUID

from flask import Flask

from bench.house import house
from bench.news.stories import paragraphs
from bench.plant import missing, plant
from bench.registry import Result, measure
from station.core.actor import COMMAND
from station.licensee.queries import stations
from station.news.services import import_document

MANY, MOST_SECONDS = 1_000, 60
NPR = "https://organization.api.npr.org/v4/services/s1"
TOPICS, PROGRAMS = ("1001", "1122", "1003", "1007", "1014"), ("2", "3")


@measure("cds_import")
def cds_import() -> list[Result]:
    """On SQLite, and on PostgreSQL where there is one."""
    found = []
    with house() as measured:
        found += _both(measured.app, "SQLite")
    if not missing():
        with plant() as whole:
            found += _both(whole.app, "PostgreSQL")
    return found


def _both(app: Flask, engine: str) -> list[Result]:
    chance = random.Random(3)
    made = [document(chance, number) for number in range(MANY)]
    with app.app_context():
        station = stations()[0].id
        return [_timed(made, station, outcome, engine) for outcome in ("added", "unchanged")]


def _timed(documents: list[Any], station: UUID, outcome: str, engine: str) -> Result:
    wall, cpu = time.monotonic(), time.process_time()
    found = [import_document(each, station, COMMAND) for each in documents]
    wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    assert {each.outcome for each in found} == {outcome}, found[0]
    name, bar = f"{MANY:,} CDS documents, {outcome}, {engine}", f"<= {MOST_SECONDS} s"
    return Result(name, round(wall, 1), "s", spread=f"CPU here {cpu:.1f} s", bar=bar, met=wall <= MOST_SECONDS)


def document(chance: random.Random, number: int) -> dict[str, Any]:
    """In the shape of CDS, of invented words: 12 to 25 paragraphs, two pictures, a recording, two names."""
    cds_id = f"bench-{number}"
    texts = [_asset("text", text=each) for each in paragraphs(chance, chance.randint(12, 25))]
    pictures = [_picture(chance, f"{number}-{at}") for at in range(2)]
    names = [_asset("byline", name=f"{chance.choice('ABC')}. Writer {chance.randint(1, 40)}") for _ in range(2)]
    sound = _sound(number)
    assets = {f"{cds_id}-{at}": each for at, each in enumerate([*texts, *pictures, *names, sound])}
    at = {id(each): {"href": f"#/assets/{name}"} for name, each in assets.items()}
    return {
        "id": cds_id,
        "title": f"{texts[0]['text'][:60]} {number}",
        "teaser": texts[1]["text"][:160],
        "profiles": [
            {"href": "/v1/profiles/story", "rels": ["type"]},
            *({"href": f"/v1/profiles/{each}"} for each in ("document", "publishable", "renderable", "has-audio")),
        ],
        "owners": [{"href": NPR}],
        "brandings": [{"href": NPR}],
        "publishDateTime": f"2026-{number % 9 + 1:02}-{number % 28 + 1:02}T06:00:00-05:00",
        "editorialLastModifiedDateTime": f"2026-{number % 9 + 1:02}-{number % 28 + 1:02}T07:00:00-05:00",
        "collections": [
            {"href": f"/v1/documents/{chance.choice(TOPICS)}", "rels": ["topic", "slug"]},
            {"href": f"/v1/documents/{chance.choice(PROGRAMS)}", "rels": ["program"]},
        ],
        "bylines": [at[id(each)] for each in names],
        "images": [{**at[id(pictures[0])], "rels": ["primary"]}],
        "audio": [{**at[id(sound)], "rels": ["primary"]}],
        "layout": [at[id(each)] for each in (texts[0], sound, *texts[1:6], pictures[1], *texts[6:])],
        "webPages": [{"href": f"https://www.npr.org/2026/{number}", "rels": ["canonical"]}],
        "isRestrictedToAuthorizedOrgServiceIds": False,
        "assets": assets,
    }


def _sound(number: int) -> dict[str, Any]:
    return _asset(
        "audio",
        title="Heard on the air",
        duration=240,
        isDownloadable=True,
        isStreamable=True,
        isEmbeddable=True,
        enclosures=[{"href": f"https://audio.example.org/{number}.mp3", "type": "audio/mpeg", "fileSize": 3_840_000}],
    )


def _asset(kind: str, **fields: Any) -> dict[str, Any]:
    types = [{"href": f"/v1/profiles/{kind}", "rels": ["type"]}, {"href": "/v1/profiles/document"}]
    return {"profiles": types, "isRestrictedToAuthorizedOrgServiceIds": False, **fields}


def _picture(chance: random.Random, name: str) -> dict[str, Any]:
    crops = {"image-wide": (1600, 900), "image-standard": (1600, 1200), "image-square": (1200, 1200)}
    return _asset(
        "image",
        caption=paragraphs(chance, 1)[0][:120],
        altText="What can be seen",
        producer="A. Photographer",
        provider="Bench Pictures",
        enclosures=[
            {
                "href": f"https://media.example.org/{name}-{rel}.jpg",
                "hrefTemplate": f"https://media.example.org/{name}-{rel}.jpg?w={{width}}&q={{quality}}&f={{format}}",
                "rels": [rel, *(["primary"] if rel == "image-wide" else [])],
                "type": "image/jpeg",
                "width": width,
                "height": height,
            }
            for rel, (width, height) in crops.items()
        ],
    )
