"""A mail server that misbehaves as real ones do, as a process of its own: `python -m tests.faults.rough_server …`.

What becomes of the nth try for an address follows from the seed alone, so a run can be repeated and reckoned up. Each
address that is named, each message that is accepted and each connection that is dropped is a line in a file, on disk
before anybody is answered.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
from collections import Counter
from contextlib import suppress
from email import message_from_bytes
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
CALM_AFTER = 5  # tries of one address, after which all goes well
FATES = {  # what happens to a try, and how often in a hundred
    "drop_before": 2.0,  # the connection ends when the address is named
    "greylist": 3.0,
    "busy": 1.0,
    "full": 0.5,
    "slower": 0.05,
    "refuse_text": 1.0,  # a 4xx to the whole text
    "drop_in_text": 2.0,  # in the middle of DATA: not accepted
    "drop_after": 2.0,  # accepted, and gone before it says so
}
FOR_EVER = {"gone": 2.0, "policy": 0.5, "too_large": 0.3}  # of an address, whenever it is tried
ANSWERS = {
    "greylist": "450 4.7.1 Greylisted, come back",
    "busy": "451 4.3.0 Too busy",
    "full": "452 4.2.2 Mailbox full",
    "slower": "421 4.7.0 Too many messages from you",
    "gone": "550 5.1.1 No such mailbox",
    "policy": "550 5.7.1 We do not like your reputation",
    "too_large": "552 5.3.4 Message too large",
    "refuse_text": "451 4.6.0 Try that text again",
}
AT_THE_ADDRESS = ("greylist", "busy", "full", "slower", *FOR_EVER)


def fate_of(seed: int, address: str) -> str:
    """What an address is for ever: gone, policy, too_large, or "" for one that takes mail in the end."""
    return _drawn(FOR_EVER, f"{seed}:{address}")


def fate_of_try(seed: int, address: str, number: int) -> str:
    """What becomes of the nth try for an address; "" where all goes well."""
    always = fate_of(seed, address)
    return always or ("" if number > CALM_AFTER else _drawn(FATES, f"{seed}:{address}:{number}"))


def _drawn(shares: dict[str, float], key: str) -> str:
    left = random.Random(key).uniform(0, 100)
    for name, share in shares.items():
        if left < share:
            return name
        left -= share
    return ""


class RoughServer:
    """The server: a dialogue a connection."""

    def __init__(self, seed: int, log: Path) -> None:
        self.seed, self.tries = seed, Counter[str]()
        self._log = log.open("ab", buffering=0)

    def write_down(self, what: str, **facts: Any) -> None:
        self._log.write(json.dumps({"what": what, **facts}).encode() + b"\n")
        os.fsync(self._log.fileno())

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._dialogue(reader, writer)
        writer.close()

    async def _dialogue(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _say(writer, "220 rough")
        address = fate = ""
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"RCPT":
                address = line.decode().partition("<")[2].partition(">")[0]
                fate = self._next(address)
                if fate == "drop_before":
                    return
                await _say(writer, ANSWERS[fate] if fate in AT_THE_ADDRESS else "250 OK")
                if fate == "slower":
                    return
            elif verb == b"DATA":
                await _say(writer, "354 Go on")
                if not await self._text(reader, writer, address, fate):
                    return
            elif verb == b"QUIT":
                await _say(writer, "221 Bye")
                return
            else:
                await _say(writer, "250 OK")

    def _next(self, address: str) -> str:
        self.tries[address] += 1
        fate = fate_of_try(self.seed, address, self.tries[address])
        self.write_down("named", to=address, fate=fate)
        return fate

    async def _text(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str, fate: str
    ) -> bool:
        """Take the text; False where the connection ends with it."""
        if fate == "drop_in_text":
            await reader.read(400)
            self.write_down("dropped", to=address, accepted=False)
            return False
        raw = (await reader.readuntil(b"\r\n.\r\n"))[:-3]
        if fate == "refuse_text":
            await _say(writer, ANSWERS[fate])
            return True
        self.write_down("accepted", to=address, message_id=message_from_bytes(raw)["Message-ID"])
        if fate == "drop_after":
            self.write_down("dropped", to=address, accepted=True)
            return False
        await _say(writer, "250 OK")
        return True


async def _say(writer: asyncio.StreamWriter, words: str) -> None:
    writer.write(words.encode() + b"\r\n")
    await writer.drain()


async def _serve(port: int, seed: int, log: Path) -> None:
    server = await asyncio.start_server(RoughServer(seed, log).talk, HOST, port, limit=1 << 22)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--log", type=Path, required=True)
    given = parser.parse_args()
    asyncio.run(_serve(given.port, given.seed, given.log))
