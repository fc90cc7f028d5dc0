"""The gallery: every part that pages are made of, in every state, and the tokens behind them, in each skin."""

from __future__ import annotations

import re
from functools import cache

from flask import Blueprint, render_template, request

from station.accounts.guards import signed_in
from station.web.assets import FOLDER
from station.web.desk.samples import long, plain, wrong

SKINS = {"desk": "The desk", "news": "News", "classical": "Classical"}  # the brands of css/tokens.css

gallery = Blueprint("gallery", __name__, url_prefix="/desk/parts")
signed_in(gallery, "it shows no data, and everyone at the desk may see how pages are made")


@gallery.get("")
def index() -> str:
    wanted = request.args.get("skin", "")
    skin = wanted if wanted in SKINS else "desk"
    return render_template(
        "web/gallery/index.html",
        skin=skin,
        skins=SKINS,
        plain=plain(),
        wrong=wrong(),
        long=long(),
        tokens=tokens(),
        icons=icons(),
    )


@cache
def tokens() -> dict[str, list[str]]:
    """The names of css/tokens.css by what they are: colours, sizes of type, steps of space, and the rest."""
    sheet = (FOLDER / "css/tokens.css").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {"colours": [], "type": [], "space": [], "rest": []}
    for name, value in dict(re.findall(r"(--[\w-]+): ([^;]+);", sheet)).items():
        size = "type" if name.startswith("--size") else "space" if re.fullmatch(r"--s\d", name) else "rest"
        found["colours" if value.startswith("#") else size].append(name)
    return found


@cache
def icons() -> list[str]:
    """The names that the sprite holds."""
    return re.findall(r'<symbol id="([^"]+)"', (FOLDER / "img/icons.svg").read_text(encoding="utf-8"))
