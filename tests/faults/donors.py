"""Donors as people with browsers: over HTTP, with what a form says, and an address of their own."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.faults.brokers import PATIENCE

FACTS = {
    "frequency": "once",
    "amount": "25",
    "other_amount": "",
    "station": "news",
    "given_name": "Ada",
    "family_name": "Quill",
    "email": "ada@example.org",
    "source": "",
}
NOBODY = {"given_name": "", "family_name": "", "email": ""}
LOST = 0  # the status of a request that was never answered


@dataclass(frozen=True)
class Answer:
    """What came back; status 0 when nothing did."""

    status: int
    text: str = ""
    location: str = ""

    @property
    def said(self) -> dict[str, Any]:
        """What an answer to the page's script says; empty for a page."""
        return dict(json.loads(self.text)) if self.text.startswith("{") else {}

    @property
    def attempt(self) -> str:
        """The attempt token of the form on the page, or that the script is given; empty where there is none."""
        found = re.search(r'name="attempt"[^>]*value="([^"]+)"', self.text)
        return html.unescape(found[1]) if found else str(self.said.get("attempt", ""))

    @property
    def session_id(self) -> str:
        """The Checkout Session of a redirect, or whose secret the script gets; empty for every other answer."""
        found = re.search(r"cs_\w+", self.location or str(self.said.get("client_secret", "")))
        return found[0].partition("_secret_")[0] if found else ""


@dataclass
class Donor:
    """Someone at the form. `form` is what sending it sends now."""

    site: str
    facts: dict[str, str] = field(default_factory=dict)
    address: str = "198.51.100.7"
    form: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.form = {**FACTS, **self.facts}

    def open(self, link: str = "/give") -> Answer:
        """Open the form; its attempt token is the one that is sent from now on."""
        answer = self.get(link)
        if answer.attempt:
            self.form["attempt"] = answer.attempt
        return answer

    def send(self) -> Answer:
        """Send the form. The redirect is read, not followed."""
        return self._ask("POST", "/give", data=self.form)

    def get(self, link: str) -> Answer:
        return self._ask("GET", link)

    def _ask(self, method: str, link: str, **more: dict[str, str]) -> Answer:
        headers = {"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": self.address}
        try:
            got = requests.request(
                method, self.site + link, headers=headers, timeout=PATIENCE, allow_redirects=False, **more
            )
        except requests.RequestException:
            return Answer(LOST)
        return Answer(got.status_code, got.text, got.headers.get("Location", ""))


class PageDonor(Donor):
    """Someone who pays in the page: what its script sends, without a browser."""

    def look(self) -> Answer:
        """Open the checkout of the form as it is set, or bring the open one to it; nobody has said who they are."""
        return self._ask("POST", "/give/checkout", data={**self.form, **NOBODY})

    def send(self) -> Answer:
        """Press the button. The secret in the answer means that the script may confirm."""
        return self._ask("POST", "/give/pledge", data=self.form)
