"""Every colour of the house can be read: WCAG contrast of every pair that is printed, in every brand and mode.

A colour token that takes part in no pair fails too, so a new token cannot come in unmeasured.
"""

from __future__ import annotations

import colorsys
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

ROOT = Path(__file__).resolve().parents[2]
CSS = ROOT / "station" / "static" / "css"
BRANDS, MODES = ("news", "classical", "desk"), ("light", "dark")
TEXT, UI = 4.5, 3.0

GROUNDS = ("bg", "bg2", "bg3")
INKS = ("ink", "ink2", "ink3", "brand", "strong", "accent", "success", "warning", "danger", "info", "visited")
PAIRS = [
    *((ink, ground, TEXT) for ink in INKS for ground in GROUNDS),
    *((f"{tone}", f"{tone}-tint", TEXT) for tone in ("success", "warning", "danger", "info")),
    *(("ink", f"{tone}-tint", TEXT) for tone in ("success", "warning", "danger", "info")),
    *((ink, "tint", TEXT) for ink in ("ink", "ink2", "ink3", "brand", "strong")),
    *((ink, "slot", TEXT) for ink in ("ink", "ink2", "ink3", "brand", "strong")),
    ("on-brand", "brand", TEXT),
    ("on-brand", "strong", TEXT),
    ("bar-ink", "bar", TEXT),
    ("bar-ink2", "bar", TEXT),
    ("bar", "needle", TEXT),
    *(("line-strong", ground, UI) for ground in GROUNDS),
    *(("focus", ground, UI) for ground in (*GROUNDS, "tint", "slot")),
    ("focus-bar", "bar", UI),
    ("needle", "bar", UI),
]
DECORATIVE = {"line"}

MAIL_PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "ink2", "ink3", "brand") for ground in ("bg", "bg2", "tint")),
    ("on_brand", "brand", TEXT),
    ("on_brand", "strong", TEXT),
]
MAIL_DARK_PAIRS = [
    *((f"dark_{ink}", f"dark_{ground}", TEXT) for ink in ("ink", "ink2", "ink3") for ground in ("bg", "bg2", "tint")),
    *(("dark_brand", f"dark_{ground}", TEXT) for ground in ("bg", "bg2", "tint")),
    ("dark_on_brand", "dark_brand", TEXT),
]


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def flip_channels(colour: str) -> str:
    """Inside out, as the bluntest mail programs do it."""
    return "#" + "".join(f"{255 - int(colour[i : i + 2], 16):02x}" for i in (1, 3, 5))


def flip_lightness(colour: str) -> str:
    """Inside out with the hue kept, as the gentler ones do."""
    hue, light, strength = colorsys.rgb_to_hls(*(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)))
    return "#" + "".join(f"{round(255 * c):02x}" for c in colorsys.hls_to_rgb(hue, 1 - light, strength))


def declared(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})\s*;", css))


def rules(css: str, selector: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for body in re.findall(re.escape(selector) + r"\s*\{([^{}]*)\}", css):
        found |= declared(body)
    return found


def read_tokens(css: str) -> dict[tuple[str, str], dict[str, str]]:
    """Colours by (brand, mode), as a browser would cascade them."""
    light, _, dark = css.partition("@media screen and (prefers-color-scheme: dark)")
    assert dark, "tokens.css has no dark half"
    tokens = {}
    for brand in BRANDS:
        own = f'html[data-brand="{brand}"]'
        day = rules(light, ":root") | rules(light, own)
        tokens[brand, "light"] = day
        tokens[brand, "dark"] = day | rules(dark, ":root") | rules(dark, own)
    return tokens


def too_faint(tokens: dict[str, str], pairs: list[tuple[str, str, float]]) -> list[str]:
    measured = [(ink, ground, floor, contrast(tokens[ink], tokens[ground])) for ink, ground, floor in pairs]
    return [f"{ink} on {ground}: {got:.2f} < {floor}" for ink, ground, floor, got in measured if got < floor]


TOKENS = read_tokens((CSS / "tokens.css").read_text())
TEMPLATES = Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=True)
MAIL: dict[str, dict[str, str]] = vars(TEMPLATES.get_template("parts/mail_palette.html").module)["mail"]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("brand", BRANDS)
def test_every_pair_can_be_read(brand: str, mode: str) -> None:
    assert too_faint(TOKENS[brand, mode], PAIRS) == []


def test_no_colour_goes_unmeasured() -> None:
    measured = {name for ink, ground, _ in PAIRS for name in (ink, ground)}
    for tokens in TOKENS.values():
        assert set(tokens) - measured == DECORATIVE


def test_brands_declare_the_same_tokens_in_both_modes() -> None:
    css = (CSS / "tokens.css").read_text()
    light, _, dark = css.partition("@media screen and (prefers-color-scheme: dark)")
    for half in (light, dark):
        assert len({frozenset(rules(half, f'html[data-brand="{brand}"]')) for brand in BRANDS}) == 1
    assert set(rules(light, ":root")) == set(rules(dark, ":root"))


def test_style_sheets_take_their_colours_from_the_tokens() -> None:
    """Only paper white may be spelled out; anything else would dodge the measuring."""
    for sheet in CSS.glob("*.css"):
        if sheet.name != "tokens.css":
            assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", sheet.read_text())) <= {"#ffffff"}, sheet.name


@pytest.mark.parametrize("flip", [str, flip_channels, flip_lightness])
@pytest.mark.parametrize("brand", BRANDS)
def test_mail_can_be_read_as_sent_and_turned_inside_out(brand: str, flip: Callable[[str], str]) -> None:
    palette = {name: flip(colour) for name, colour in MAIL[brand].items()}
    assert too_faint(palette, MAIL_PAIRS) == []


@pytest.mark.parametrize("brand", BRANDS)
def test_mail_can_be_read_in_its_own_dark_mode(brand: str) -> None:
    assert too_faint(MAIL[brand], MAIL_DARK_PAIRS) == []


@pytest.mark.parametrize("brand", BRANDS)
def test_mail_palette_equals_the_tokens(brand: str) -> None:
    for name, colour in MAIL[brand].items():
        mode = "dark" if name.startswith("dark_") else "light"
        assert colour == TOKENS[brand, mode][name.removeprefix("dark_").replace("_", "-")], name


def test_the_mail_shell_spells_out_no_colour_of_its_own() -> None:
    assert not re.search(r"#[0-9a-fA-F]{6}\b", (ROOT / "templates/shell/mail.html").read_text())


def test_a_bad_token_would_be_caught() -> None:
    worse = TOKENS["news", "light"] | {"ink3": "#9a9a9a"}
    assert any(line.startswith("ink3 on bg") for line in too_faint(worse, PAIRS))
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)
