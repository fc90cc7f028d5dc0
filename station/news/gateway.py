"""The door to NPR's Content Distribution Service: documents by id and by query (docs: npr.github.io, "CDS API").

And to the feeds of partners."""

from __future__ import annotations

import ipaddress
import json
import socket
import time
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    Request,
    build_opener,
)

from station.core.runtime import settings

TIMEOUT = 20  # seconds of silence
LONGEST = 60  # seconds of an answer
CHUNK = 1 << 16
LARGEST_ANSWER = 50_000_000  # bytes
LARGEST_FEED = 10_000_000
FEEDS = "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.8"
MOST_A_CALL, MOST_IN_ALL = 300, 2_000  # CDS's own limits of `limit` and of `offset + limit`
IDS_A_CALL = 100


class CdsUnavailable(Exception):
    """NPR does not answer, or not as it should: the same question may be answered later."""


class CdsRefused(Exception):
    """NPR says no to the question itself: a wrong token, a wrong parameter. Carries its words."""


class _NoRedirects(HTTPRedirectHandler):
    """The token goes to the address of the settings and to no other."""

    def redirect_request(self, *_args: object) -> None:
        return None


_opener = build_opener(_NoRedirects)


def document(cds_id: str) -> dict[str, Any] | None:
    """One document, or None when NPR has none of that id. Raises CdsUnavailable and CdsRefused."""
    found = _ask(f"/v1/documents/{quote(cds_id, safe='')}", {})
    if not found:
        return None
    return found[0] if isinstance(found[0], dict) else {}  # what is no document is not a missing one


def documents(cds_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Those of these documents that NPR has. Raises CdsUnavailable and CdsRefused."""
    found: list[dict[str, Any]] = []
    for start in range(0, len(cds_ids), IDS_A_CALL):
        some = cds_ids[start : start + IDS_A_CALL]
        found += _ask(
            "/v1/documents", {"ids": ",".join(some), "limit": str(len(some)), "sort": "publishDateTime:desc"}
        )
    return found


def query(asked: Mapping[str, str], most: int) -> list[dict[str, Any]]:
    """The first `most` documents that answer a query; `sort` should be among its parameters. Raises as above."""
    found: list[dict[str, Any]] = []
    most = min(most, MOST_IN_ALL)
    while len(found) < most:
        some = min(MOST_A_CALL, most - len(found))
        answer = _ask("/v1/documents", {**asked, "limit": str(some), "offset": str(len(found))})
        found += answer[:some]
        if len(answer) < some:
            break
    return found


def feed(address: str) -> bytes:
    """A partner's feed as it was sent. Raises CdsUnavailable.

    A few redirects are followed, to http and https only; nothing is asked of an address that is not a public one.
    """
    request = Request(address, headers={"Accept": FEEDS, "User-Agent": "Station", "Accept-Encoding": "identity"})  # noqa: S310
    if request.type not in ("http", "https"):
        raise CdsUnavailable("a feed is read over https or http")
    try:
        with _outside.open(request, timeout=TIMEOUT) as answer:
            return _read(answer, LARGEST_FEED, "The feed")
    except HTTPError as error:
        raise CdsUnavailable(f"the feed answered {error.code}: {str(error.reason)[:100]}") from None
    except (OSError, HTTPException, ValueError) as error:
        raise CdsUnavailable(f"the feed does not answer ({type(error).__name__})") from None


class _FewRedirects(HTTPRedirectHandler):
    max_redirections = max_repeats = 3

    def redirect_request(self, req: Request, *more: Any) -> Request | None:
        target: str = more[-1]
        return super().redirect_request(req, *more) if urlsplit(target).scheme in ("http", "https") else None


def is_public(host: str) -> bool:
    """Whether an address of the network belongs to everybody: not this machine, not the house's own network."""
    return ipaddress.ip_address(host.partition("%")[0]).is_global


def _connect(*args: Any, **named: Any) -> socket.socket:
    """A connection that is let go before a word is said when it leads to where no feed of a partner is."""
    made = socket.create_connection(*args, **named)
    if not is_public(made.getpeername()[0]):
        made.close()
        raise OSError("not a public address")
    return made


class _Http(HTTPConnection):
    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._create_connection = _connect


class _Https(HTTPSConnection):
    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._create_connection = _connect


class _HttpOut(HTTPHandler):
    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_Http, req)


class _HttpsOut(HTTPSHandler):
    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_Https, req)


_outside = OpenerDirector()  # without proxies, files and ftp
for _handler in (_HttpOut, _HttpsOut, _FewRedirects, HTTPErrorProcessor, HTTPDefaultErrorHandler):
    _outside.add_handler(_handler())


def _ask(path: str, params: Mapping[str, str]) -> list[dict[str, Any]]:
    known = settings()
    address = f"{known.npr_cds_url}{path}{'?' if params else ''}{urlencode(params)}"
    headers = {"Accept": "application/json", "User-Agent": "Station"}
    if known.npr_cds_token:
        headers["Authorization"] = f"Bearer {known.npr_cds_token}"
    try:
        with _opener.open(Request(address, headers=headers), timeout=TIMEOUT) as answer:  # noqa: S310  # config.py
            raw = _read(answer, LARGEST_ANSWER)
    except HTTPError as error:
        if error.code == 404 and not params:  # of one document; a query that finds nothing is answered with 200
            return []
        said = f"NPR answered {error.code}: {_messages(error)}"
        if 400 <= error.code < 500 and error.code != 429:
            raise CdsRefused(said) from None
        raise CdsUnavailable(said) from None
    except (OSError, HTTPException) as error:
        raise CdsUnavailable(f"NPR does not answer ({type(error).__name__})") from None
    return _resources(raw)


def _read(answer: HTTPResponse | HTTPError, most: int, who: str = "NPR's answer") -> bytes:
    """The body of an answer, in bounded size and time: a server that sends a byte now and then is let go."""
    until, read = time.monotonic() + LONGEST, bytearray()
    while chunk := answer.read1(CHUNK):
        read += chunk
        if len(read) > most:
            raise CdsUnavailable(f"{who} is larger than {most // 1_000_000} MB")
        if time.monotonic() > until:
            raise CdsUnavailable(f"{who} takes longer than {LONGEST} seconds")
    return bytes(read)


def _resources(raw: bytes) -> list[dict[str, Any]]:
    try:
        said = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise CdsUnavailable("NPR's answer is not JSON") from None
    found = said.get("resources") if isinstance(said, dict) else None
    if not isinstance(found, list):
        raise CdsUnavailable("NPR's answer has no list of resources")
    return found


def _messages(error: HTTPError) -> str:
    try:
        said = json.loads(_read(error, LARGEST_ANSWER))
        return "; ".join(str(each) for each in said["meta"]["messages"])[:300]
    except (CdsUnavailable, ValueError, KeyError, TypeError, RecursionError, OSError, HTTPException):
        return str(error.reason)[:300]
