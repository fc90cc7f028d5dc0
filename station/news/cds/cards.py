"""Cards that lead to documents which could not be asked for: they are open until one of before closes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from station.news.drafts import Block

OPEN = "open-card"  # a type of blocks that no story is ever kept with


def open_card(cds_id: str, said: Mapping[str, str]) -> Block:
    """A card as its asset has it, without where it leads; `said` is its title, label and teaser, as far as known."""
    return {"type": OPEN, "cds_id": cds_id, **said}


def cards_by_document(blocks: Iterable[Block], before: Iterable[Block]) -> dict[str, Block]:
    """The cards of a story by the id of the document that each leads to.

    `blocks` is its document as it was, read with every card open; `before` are the blocks that were kept of it.
    """
    cards = [block for block in before if block["type"] == "card"]
    found: dict[str, Block] = {}
    for block in blocks:
        if block["type"] != OPEN:
            continue
        card = next((each for each in cards if _of(block, each)), None)
        if card is not None:
            cards.remove(card)
            found.setdefault(block["cds_id"], card)
    return found


def closed(blocks: Iterable[Block], known: Mapping[str, Block]) -> list[Block]:
    """Blocks of a document with each open card leading where its document was known to be; without the others."""
    made = (_closed(block, known) if block["type"] == OPEN else block for block in blocks)
    return [block for block in made if block is not None]


def _of(block: Block, card: Block) -> bool:
    """Whether a card was made of an open one; without a title of its own it has its document's."""
    same = all(block[name] == card.get(name) for name in ("label", "teaser"))
    return same and block["title"] in ("", card.get("title"))


def _closed(block: Block, known: Mapping[str, Block]) -> Block | None:
    card = known.get(block["cds_id"])
    said = {name: block[name] for name in ("title", "label", "teaser")}
    return {**card, **said, "title": said["title"] or card["title"]} if card else None
