"""The letter of a mailing: rendered once for each language, then filled for each of its recipients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import escape

from station.core import clock
from station.core.runtime import settings
from station.licensee.queries import the_licensee
from station.mail import policies
from station.mail.models import Stream
from station.mail.policies.mailings import FIELDS, Letter, Words, as_html, as_text, fill
from station.mail.queries.links import footer_of, preferences_url, unsubscribe_url
from station.mail.render import Rendered, render

TEMPLATE = "mail/mailings/letter"
NOBODY = "ana.ruiz@example.org"  # whose links previews show
STOP, CHOOSE = "https://stop.invalid/", "https://choose.invalid/"  # stand for the links of each
TEST = "[Test] "


@dataclass(frozen=True)
class Form:
    """The letter in one language, with its fields and the links of its foot still open."""

    language: str
    topic: str
    open: Rendered

    def fill(self, values: Mapping[str, str], address: str, mark: str = "") -> tuple[Rendered, str]:
        """The letter to somebody, and the link that ends mail about its topic. `mark` stands before the subject."""
        stop = unsubscribe_url(address, self.topic, self.language)
        links = {STOP: stop, CHOOSE: preferences_url(address, self.language)}
        subject = mark + policies.one_line(fill(self.open.subject, values, self.language))
        text, html = (_linked(part, links) for part in (self.open.text, self.open.html))
        html = fill(html, values, self.language, lambda value: str(escape(value)))
        return Rendered(subject[:300], fill(text, values, self.language), html), stop


def form_of(words: Words, topic: str, language: str) -> Form:
    """The letter that these words make."""
    footer = {**footer_of(NOBODY, topic, language), "unsubscribe_url": STOP, "preferences_url": CHOOSE}
    context = {
        "words": words,
        "headline_text": as_text(words.headline),
        "paragraphs": [as_html(each) for each in words.paragraphs],
        "texts": [as_text(each) for each in words.paragraphs],
        "footer": footer,
    }
    return Form(language, topic, render(TEMPLATE, context, commercial=True))


def sample(words: Words, topic: str, language: str) -> Rendered:
    """The letter as a preview shows it."""
    return form_of(words, topic, language).fill(FIELDS, NOBODY)[0]


def examined(words: Words, topic: str, language: str, sender: str) -> Letter:
    """A sample of the letter for the checks: its size, its text, and why the law would not let it leave."""
    rendered, stop = form_of(words, topic, language).fill(FIELDS, NOBODY)
    letter = policies.Letter(
        message_id="<sample@localhost>",
        stream=Stream.APPEALS,
        sender=sender,
        reply_to="",
        to_name="",
        to_email=NOBODY,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        written_at=clock.now(),
        kind="mailing",
        topic=topic,
        unsubscribe_url=stop,
        postal_address=the_licensee().address_lines,
    )
    fault = ""
    try:
        policies.require_lawful(letter)
    except policies.NotLawful as error:
        fault = str(error)
    return Letter(len(rendered.html.encode()), rendered.text, fault)


def sender() -> str:
    """The address that mailings leave from."""
    return settings().mail_appeals_from


def _linked(part: str, links: Mapping[str, str]) -> str:
    for stands, link in links.items():
        part = part.replace(stands, link)
    return part
