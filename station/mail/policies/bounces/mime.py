"""Reading MIME that may be anything at all: bounded in size, depth and parts, and without a way to fail.

The library's parser is fed the oldest policy, which never interprets a header by itself; what is asked of a header
here always answers with text.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from quopri import decodestring

LARGEST_READ = 256 * 1024  # bytes: what a report says stands before what it returns
DEEPEST = 30  # containers in containers: the library calls itself for each
MOST_PARTS = 200
LONGEST_TEXT = 100_000
_CONTAINER = re.compile(rb"^content-type:[ \t\r\n]*(multipart|message)/", re.IGNORECASE | re.MULTILINE)
_CHARSET = re.compile(
    r"(utf-?8|us-ascii|ascii|(iso|windows|cp|koi8|gb|big5|shift|euc|mac)[a-z0-9_-]*)", re.IGNORECASE
)
_SPACE = re.compile(r"\s+")


def parse(raw: bytes) -> Message:
    """The message. One that nests too deeply gets its headers and one plain body."""
    kept = raw[:LARGEST_READ].replace(b"\x00", b"")
    if len(_CONTAINER.findall(kept)) <= DEEPEST:
        return message_from_bytes(kept, policy=policy.compat32)
    flat = BytesHeaderParser(policy=policy.compat32).parsebytes(kept)
    del flat["Content-Type"], flat["Content-Transfer-Encoding"]
    return flat


def header(message: Message, name: str) -> str:
    """A header as one line of text, its encoded words decoded where they can be; nothing when it is not there."""
    found = message.get(name)
    return _line(str(found)) if found is not None else ""


def headers(message: Message, name: str) -> list[str]:
    """All headers of one name."""
    return [_line(str(each)) for each in message.get_all(name) or []][:50]


def _line(value: str) -> str:
    if "=?" in value:
        value = _decoded(value)
    clean = value.encode("utf-8", "replace").decode("utf-8", "replace").replace("\x00", "")
    return _SPACE.sub(" ", clean).strip()[:4000]


def _decoded(value: str) -> str:
    try:
        return "".join(
            part if isinstance(part, str) else _text(part, charset or "ascii")
            for part, charset in decode_header(value[:4000])
        )
    except (ValueError, LookupError, binascii.Error):
        return value


def kind_of(message: Message) -> str:
    """The content type in lower case, for example `message/delivery-status`."""
    return header(message, "Content-Type").partition(";")[0].strip().lower() or "text/plain"


def parameter(message: Message, name: str) -> str:
    """A parameter of the content type, in lower case."""
    found = re.search(rf";\s*{name}\s*=\s*\"?([^\";\s]+)", header(message, "Content-Type"), re.IGNORECASE)
    return found[1].lower() if found else ""


def parts(message: Message) -> Iterator[Message]:
    """The message and what is in it, in order, without going into messages that it returns or forwards."""
    waiting, seen = [message], 0
    while waiting and seen < MOST_PARTS:
        each = waiting.pop()
        seen += 1
        yield each
        inside = each.get_payload()
        if kind_of(each).startswith("multipart/") and isinstance(inside, list):
            waiting += [one for one in inside[:MOST_PARTS][::-1] if isinstance(one, Message)]


def returned(part: Message) -> Message | None:
    """The message within a `message/rfc822` part, or the one whose headers a `text/rfc822-headers` part holds."""
    inside = part.get_payload()
    if isinstance(inside, list) and inside:
        return inside[0] if isinstance(inside[0], Message) else None
    held = text_of(part).lstrip("\r\n")
    return BytesHeaderParser(policy=policy.compat32).parsebytes(held.encode("utf-8", "replace")) if held else None


def text_of(part: Message) -> str:
    """The text of a part that holds no other parts, whatever its charset and encoding claim to be."""
    inside = part.get_payload()
    if isinstance(inside, list):  # the library splits a delivery status into blocks; an encoded one ends up there too
        inside = "\n\n".join(_block(each) for each in inside[:MOST_PARTS] if isinstance(each, Message))
    raw = str(inside)[: 4 * LONGEST_TEXT].encode("utf-8", "surrogateescape")  # back to the bytes that came
    unpacked = _unpacked(raw, header(part, "Content-Transfer-Encoding").lower())
    return _text(unpacked, parameter(part, "charset"))[:LONGEST_TEXT]


def _block(block: Message) -> str:
    lines = [f"{name}: {value}" for name, value in block.items()]
    body = block.get_payload()
    return "\n".join([*lines, *([body] if isinstance(body, str) and body else [])])


def _unpacked(raw: bytes, encoding: str) -> bytes:
    try:
        if encoding == "base64":
            return b64decode(raw + b"===")
        if encoding == "quoted-printable":
            return decodestring(raw)
    except (ValueError, binascii.Error):
        return raw
    return raw


def _text(raw: bytes, charset: str) -> str:
    known = charset if _CHARSET.fullmatch(charset) else "utf-8"
    try:
        found = raw.decode(known, "replace")
    except (LookupError, ValueError):
        found = raw.decode("utf-8", "replace")
    return found.replace("\x00", "")
