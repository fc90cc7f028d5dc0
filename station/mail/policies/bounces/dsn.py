"""Delivery status notifications (RFC 3464, and RFC 6533 for addresses beyond ASCII)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message

from station.mail.policies.bounces.mime import kind_of, text_of
from station.mail.policies.bounces.shapes import Told

STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
ACTIONS = ("failed", "delayed", "delivered", "relayed", "expanded")
MOST_RECIPIENTS = 50
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_BEYOND_ASCII = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
_OF_RECIPIENT = {"final-recipient", "original-recipient", "action", "status"}

Fields = dict[str, str]


def is_status(part: Message) -> bool:
    """Whether this part is the machine's half of a notification."""
    return kind_of(part) in STATUS_PARTS


def read_status(part: Message) -> list[Told]:
    """Every recipient of a delivery status, however its groups are set apart."""
    return read_fields(text_of(part))


def read_fields(text: str) -> list[Told]:
    """Every recipient of whom a text has the fields of a delivery status."""
    groups = [each for each in fields_of(text) if _OF_RECIPIENT & each.keys()]
    found: list[Fields] = []
    for group in groups[: 4 * MOST_RECIPIENTS]:
        if found and not ({"final-recipient", "original-recipient"} & group.keys()):
            found[-1] = {**group, **found[-1]}  # a blank line too many
        else:
            found.append(group)
    return [_told(each) for each in found[:MOST_RECIPIENTS]]


def fields_of(text: str) -> Iterator[Fields]:
    """Blocks of `name: value` lines, set apart by blank ones: names in lower case, values on one line."""
    block: Fields = {}
    name = ""
    for line in [*text.splitlines(), ""]:
        if not line.strip():
            if block:
                yield block
            block, name = {}, ""
        elif line[0] in " \t" and name:
            block[name] = f"{block[name]} {line.strip()}"[:4000]
        elif ":" in line:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            if name == "final-recipient" and name in block:  # no blank line between two recipients
                yield block
                block = {}
            block.setdefault(name, value.strip()[:4000])


def _told(group: Fields) -> Told:
    action = group.get("action", "").split()[0].strip(".;,").lower() if group.get("action", "").split() else ""
    words = typed(group.get("diagnostic-code", ""))
    status = status_in(group.get("status", "")) or status_in(words)
    return Told(
        address=address_in(typed(group.get("final-recipient", ""))),
        original=address_in(typed(group.get("original-recipient", ""))),
        action=action[:40],
        status=status,
        words=words[:1000],
    )


def typed(value: str) -> str:
    """The value of `rfc822; ana@example.org`, or of `smtp; 550 …`, without its type."""
    head, found, tail = value.partition(";")
    return tail.strip() if found and re.fullmatch(r"[A-Za-z0-9-]{1,30}", head.strip()) else value.strip()


def status_in(text: str) -> str:
    """The first enhanced status code in a text (RFC 3463), or nothing."""
    found = _STATUS.search(text)
    return found[0][:12] if found else ""


def address_in(text: str) -> str:
    """An address from how reports write it: in angle brackets, in quotes, with characters spelled out (RFC 6533)."""
    spelled = _BEYOND_ASCII.sub(lambda found: _letter(int(found[1], 16)), text)
    inside = re.search(r"<([^<>\s]{1,320})>", spelled)
    plain = (inside[1] if inside else spelled).strip().strip("\"'").removeprefix("mailto:")
    return plain[:320] if "@" in plain and " " not in plain else ""


def _letter(number: int) -> str:
    return chr(number) if 0x20 < number < 0xD800 or 0xDFFF < number < 0x110000 else ""
