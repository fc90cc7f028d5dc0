"""The story page against the saved KNPR page, line by line (../shared/data, beside the repository)."""

from __future__ import annotations

import json
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from station.core import bulletin, clock
from station.core.actor import COMMAND
from station.core.db import transaction
from station.core.ids import new_id
from station.giving.models import Ask
from station.members.services import add_organisation
from station.news.services import import_document
from station.underwriting import services as underwriting
from station.underwriting.policies import fingerprint
from tests.conftest import BESIDE, House

SAVED = BESIDE / "seed" / "knpr-story.txt"
DOCUMENT = BESIDE / "cds" / "derived" / "seed_page_as_cds_document.json"
INLINE = {"a", "b", "em", "i", "span", "strong", "time"}

pytestmark = pytest.mark.skipif(not SAVED.exists(), reason="the saved page is not beside this repository")


class Lines(HTMLParser):
    """The text of a page as a reader meets it: a line for each block."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = [""]
        self._within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("title", "svg", "style"):
            self._within.append(tag)
        if tag not in INLINE:
            self.lines.append("")

    def handle_endtag(self, tag: str) -> None:
        if self._within and self._within[-1] == tag:
            self._within.pop()
        if tag not in INLINE:
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        if not self._within:
            self.lines[-1] += data

    @classmethod
    def of(cls, html: str) -> list[str]:
        reader = cls()
        reader.feed(html)
        return [" ".join(line.split()) for line in reader.lines if line.strip()]


def saved_lines() -> list[str]:
    """The saved page's lines, each said once: the caption stood there twice."""
    lines = [" ".join(line.split()) for line in SAVED.read_text(encoding="utf-8").splitlines() if line.strip()]
    return list(dict.fromkeys(lines))


@pytest.fixture
def page(house: House, client: FlaskClient) -> str:
    """The seed story at KNPR, with the saved page's ask and a sponsor in its slot."""
    taken = import_document(json.loads(DOCUMENT.read_text(encoding="utf-8"))["resources"][0], house.news.id, COMMAND)
    assert taken.outcome == "added", taken
    today = clock.today(house.licensee.timezone)
    with transaction() as session:
        session.add(
            Ask(
                id=new_id(),
                station_id=house.news.id,
                body=saved_lines()[-1],
                starts_on=today,
                ends_on=None,
                created_at=clock.now(),
            )
        )
        bulletin.bump("asks")
        member = add_organisation("Basin Books LLC", "desk@basin.example", COMMAND)
        sponsor = underwriting.make_sponsor(member, "Basin Books", "https://basin.example", COMMAND)
        flight = underwriting.add_flight(sponsor, house.news.id, today, today + timedelta(days=9), COMMAND)
        credit = underwriting.write_credit(flight, "Used and new books in Henderson.", COMMAND)
        underwriting.approve_credit(credit, fingerprint("Used and new books in Henderson."), COMMAND)
    response = client.get("/news/story/iraq-condemns-us-airstrikes-against-iranian-backed-militia")
    assert response.status_code == 200
    return response.text


def test_every_saved_line_is_there_in_the_saved_order(page: str) -> None:
    lines, at = Lines.of(page), 0
    for wanted in saved_lines():
        found = next(
            (i for i in range(at, len(lines)) if lines[i] in (wanted, f"NPR {wanted}", f"{wanted} npr.org.")), None
        )
        assert found is not None, f"{wanted[:60]!r} is missing, or stands before {lines[at - 1][:60]!r}"
        at = found + 1
    assert len(saved_lines()) == 24


def test_the_main_part_holds_the_saved_lines_and_the_named_additions_only(page: str) -> None:
    main = page.partition("<main")[2].partition("</main>")[0].partition('class="ask-links"')[0]
    lines = Lines.of(f"<main{main}")
    saved = saved_lines()[3:]
    extra = [line for line in lines if line not in saved and line.removesuffix(" npr.org.") not in saved]
    assert extra == ["Dec 30, 2019, 9:00 AM PT", "Basin Books", "Used and new books in Henderson."]


def test_caption_once_and_the_slot_after_the_fifth_paragraph(page: str) -> None:
    caption = saved_lines()[5]
    assert page.partition("<main")[2].count(caption) == 1
    assert 'alt=""' in page
    body = page.partition('class="story-body"')[2]
    assert body.partition("<aside")[0].count("<p>") == 5
    assert 'datetime="2019-12-30T09:00:00-08:00"' in page


def test_the_ask_leads_to_the_form_with_what_it_promises(page: str) -> None:
    ask = page.partition('class="ask"')[2].partition("</section>")[0]
    assert "amount=5&amp;frequency=month&amp;source=story%3Astory_" in ask
    assert "amount=5&amp;frequency=once" in ask
    assert page.index("</article>") < page.index('class="ask"')
