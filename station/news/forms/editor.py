"""The form of the editor: a story as its fields, and what was typed into them as a story.

A page carries its blocks in their order as "block" fields ("b3 image"), and what is in them as "b3-alt" and so on.
Nothing is refused or cut here: rules are the policies', and what is wrong comes back to the very field.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, Form, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from station.licensee.queries import stations
from station.news.forms.air import trimmed
from station.news.forms.editor_blocks import FORMS, ImageFields
from station.news.policies.editing import FIELDS, KEPT, MOST_BLOCKS, NAMES, Block, Written, empty, keyed

Choices = Sequence[tuple[str, str]]
MOST_READ = 2 * MOST_BLOCKS  # no page of ours sends more
LINES = ("headline", "deck", "teaser", "seo_title", "social_title", "byline", "section", "program")


class NewStoryForm(FlaskForm):
    """What a story begins with."""

    headline = StringField(
        "Headline",
        [InputRequired("Enter the headline."), Length(max=300)],
        filters=[trimmed],
        description="It can be changed later, and the story’s address with it until it is out.",
    )
    station = SelectField("Station")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.station.choices = [(each.slug, each.name) for each in stations()]


class HeadFields(Form):
    """What stands around the blocks."""

    headline = StringField("Headline")
    deck = TextAreaField("Deck", description="One sentence under the headline.")
    authors = TextAreaField(
        "Authors",
        description="One name a line. A person of the station gets a link; of two with one name, the one whose "
        "address stands behind it: Ana Peña (ana-pena-2).",
    )
    byline = StringField("Byline in other words", description="Instead of the names, for example “KNPR newsroom”.")
    section = SelectField("Section", validate_choice=False)
    program = SelectField("Heard on", validate_choice=False)
    tags = StringField("Tags", description="Separated by commas.")
    teaser = TextAreaField("Teaser", description="For lists, search engines and feeds.")
    seo_title = StringField("Title for search engines", description="Where the headline is too long or too clever.")
    social_title = StringField("Title for social media")
    noindex = BooleanField("Keep it from search engines")


class Part:
    """A block on the page: its key, its type, and its fields; a kept one has none."""

    def __init__(self, block: Block) -> None:
        self.block, self.key, self.type = block, str(block["key"]), str(block["type"])
        self.name = NAMES[self.type]
        form = FORMS.get(self.type)
        self.form = form(formdata=None, data=shown(block), prefix=f"{self.key}-") if form else None


class Editor:
    """A story in fields. `errors` is (id of the field, words) in the order of the page."""

    def __init__(self, written: Written, sections: Choices, programs: Choices) -> None:
        values = {**vars(written), "authors": "\n".join(written.authors), "tags": ", ".join(written.tags)}
        self.head = HeadFields(formdata=None, data=values)
        self.head.section.choices = [("", "No section"), *sections]
        self.head.program.choices = [("", "No program"), *programs]
        self.lead = ImageFields(formdata=None, data=shown(written.image or empty("image")), prefix="lead-")
        self.has_lead = written.image is not None
        self.parts = [Part(block) for block in written.blocks]
        self.errors: list[tuple[str, str]] = []

    def show(self, problems: Mapping[str, str]) -> None:
        """Put what is wrong at its fields, and into the summary in the order of the page."""
        for field in self._fields():
            if words := problems.get(field.name):
                field.errors = [words]
                self.errors.append((field.id, words))
        if words := problems.get("blocks"):
            self.errors.append(("blocks", words))

    def _fields(self) -> Iterator[Field]:
        yield from self.head
        yield from self.lead
        for part in self.parts:
            yield from part.form or ()


def shown(block: Block) -> dict[str, Any]:
    """A block's values as fields take them."""
    return {**block, "decorative": bool(block.get("decorative"))}


def typed(said: MultiDict[str, str], held: Iterable[Block]) -> tuple[Written, str]:
    """What was typed, and why it cannot be taken as it is (empty: it can).

    `held` are the blocks of the versions that the page may show: what is kept comes from there, never from the page.
    """
    known = {(block["key"], block["type"]): block for block in reversed(list(held)) if block["type"] in KEPT}
    sent = said.getlist("block")
    blocks, unknown = [], 0
    for each in sent[:MOST_READ]:
        key, _, kind = each.partition(" ")
        if kind in FIELDS:
            blocks.append(_block(said, key, kind))
        elif kind not in KEPT:
            unknown += 1
        elif (key, kind) in known:
            blocks.append(dict(known[key, kind]))
    lead = _block(said, "lead", "image")
    why = "A block of a kind that does not exist was left out." if unknown else ""
    if len(sent) > MOST_READ:
        why = f"A story has at most {MOST_BLOCKS} blocks; of the {len(sent):,} that were sent, {MOST_READ} are here."
    written = Written(
        **{name: trimmed(said.get(name)) for name in LINES},
        noindex=bool(said.get("noindex")),
        authors=_names((said.get("authors") or "").split("\n")),
        tags=_names((said.get("tags") or "").split(",")),
        image=lead if any(lead[name] for name in FIELDS["image"]) else None,
        blocks=keyed(blocks),
    )
    return written, why


def _block(said: MultiDict[str, str], key: str, kind: str) -> dict[str, str]:
    found = {name: trimmed((said.get(f"{key}-{name}") or "").replace("\r\n", "\n")) for name in FIELDS[kind]}
    if "decorative" in found:
        found["decorative"] = "yes" if found["decorative"] else ""
    return {"key": "" if key == "lead" else key, "type": kind, **found}


def _names(said: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for each in said if (name := " ".join(trimmed(each).split()))))
