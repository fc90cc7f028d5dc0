"""A mailbox that speaks as much IMAP (RFC 3501) as reading it needs: a real server on a real socket."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class ImapBox(socketserver.ThreadingTCPServer):
    """Messages by number; `seen` are those that were marked. `refuse` is a command that is answered NO."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.messages: list[bytes] = []
        self.seen: set[int] = set()
        self.refuse = ""

    @property
    def url(self) -> str:
        return f"imap://box:s%40cret@127.0.0.1:{self.server_address[1]}/Returned%20mail"


class _Session(socketserver.StreamRequestHandler):
    server: ImapBox

    def handle(self) -> None:
        self._say(b"* OK ready")
        for line in iter(self.rfile.readline, b""):
            tag, _, rest = line.strip().partition(b" ")
            verb = rest.upper().removeprefix(b"UID ").split(b" ")[0].decode()
            if verb == self.server.refuse:
                self._say(tag + b" NO not today")
                continue
            if not self._answer(verb, rest):
                self._say(tag + b" NO " + verb.encode())
                continue
            self._say(tag + b" OK done")

    def _answer(self, verb: str, rest: bytes) -> bool:
        box = self.server
        if verb == "CAPABILITY":
            self._say(b"* CAPABILITY IMAP4rev1")
        elif verb == "LOGIN":
            return rest == b'LOGIN box "s@cret"'
        elif verb == "SELECT":
            self._say(f"* {len(box.messages)} EXISTS".encode())
            return rest == b'SELECT "Returned mail"'
        elif verb == "SEARCH":
            new = [str(n) for n in range(1, len(box.messages) + 1) if n not in box.seen]
            self._say(f"* SEARCH {' '.join(new)}".encode())
        elif verb == "FETCH":
            self._fetch(rest)
        elif verb == "STORE":
            number = int(rest.split()[2])
            box.seen.add(number)
        return True

    def _fetch(self, rest: bytes) -> None:
        number, most = (int(each) for each in re.findall(rb"FETCH (\d+) .*<0\.(\d+)>", rest)[0])
        raw = self.server.messages[number - 1]
        part = raw[:most]
        head = f"* {number} FETCH (UID {number} RFC822.SIZE {len(raw)} BODY[]<0> {{{len(part)}}}"
        self._say(head.encode())
        self.wfile.write(part)
        self._say(b")")

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


@contextmanager
def imap_box() -> Iterator[ImapBox]:
    """A mailbox that is open while the block lasts."""
    with ImapBox() as box:
        thread = threading.Thread(target=box.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield box
        box.shutdown()
        thread.join()
