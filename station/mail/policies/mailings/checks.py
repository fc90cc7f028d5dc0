"""What a mailing has to be before it is sent: every fault at once, each with the way to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from station.mail.policies.mailings.words import FIELDS, LANGUAGES, Words, fill, links, wrong_fields

SUBJECT_LONGEST = 78  # characters: what a line of a header holds (RFC 5322 §2.1.1); phones show half of it
HTML_MOST = (
    60 * 1024
)  # bytes; Gmail cuts a message at 102 KB, and a letter of text alone that is larger hides a fault


@dataclass(frozen=True)
class Letter:
    """A sample of the letter in one language, as it would leave. `fault` says why it could not be written."""

    html_bytes: int = 0
    text: str = ""
    fault: str = ""


@dataclass(frozen=True)
class Facts:
    """All that the checks look at. `needed` are the languages that people on the list read."""

    words: Mapping[str, Words]
    needed: frozenset[str]
    letters: Mapping[str, Letter]
    people: int
    topic_known: bool
    tested: bool
    sender: str
    stopped: str
    secure: bool  # our own pages are behind https


@dataclass(frozen=True)
class Problem:
    """What is wrong, and how to mend it. `where` is the field of the form, or nothing."""

    what: str
    mend: str
    where: str = ""


def problems(facts: Facts) -> list[Problem]:
    """Everything that keeps a mailing from being sent."""
    return [problem for check in CHECKS for problem in check(facts)]


def _people(facts: Facts) -> Iterator[Problem]:
    if not facts.people:
        yield Problem("Nobody is on the list.", "Choose another list.", "list_code")
    if not facts.topic_known:
        yield Problem("There is no such topic any more.", "Choose what the mail is about.", "topic")


def _languages(facts: Facts) -> Iterator[Problem]:
    if not facts.words:
        yield Problem("It says nothing yet.", "Write a subject and a text.", "en-subject")
    for language in sorted(facts.needed - set(facts.words)) if facts.words else ():
        name = LANGUAGES[language]
        yield Problem(
            f"People on the list read {name}, and there are no words in {name}.",
            f"Write the {name} words, or choose one language for everybody.",
            f"{language}-subject",
        )


def _subjects(facts: Facts) -> Iterator[Problem]:
    for language, name, words in _each(facts):
        if not words.subject:
            yield Problem(f"The {name} subject is missing.", "Write one.", f"{language}-subject")
        elif len(fill(words.subject, {}, language)) > SUBJECT_LONGEST:
            yield Problem(
                f"The {name} subject is longer than {SUBJECT_LONGEST} characters.",
                "Shorten it.",
                f"{language}-subject",
            )


def _blocks(facts: Facts) -> Iterator[Problem]:
    for language, name, words in _each(facts):
        if not words.headline:
            yield Problem(f"The {name} headline is missing.", "Write one.", f"{language}-headline")
        if not words.paragraphs:
            yield Problem(f"The {name} text is missing.", "Write at least one paragraph.", f"{language}-body")
        if bool(words.button) != bool(words.button_url):
            missing = "address" if words.button else "text"
            yield Problem(
                f"The {name} button has no {missing}.",
                "Write both, or leave both empty.",
                f"{language}-{'button_url' if words.button else 'button'}",
            )


def _fields(facts: Facts) -> Iterator[Problem]:
    for language, name, words in _each(facts):
        for wrong in wrong_fields(words):
            yield Problem(
                f"{wrong} in the {name} words is no field.",
                "Use {first_name} or {name}, also as {first_name|neighbor}, and no other braces.",
                f"{language}-{_holding(words, wrong)}",
            )


def _links(facts: Facts) -> Iterator[Problem]:
    for language, name, words in _each(facts):
        for link in links(words):
            if fault := _link_fault(link, facts.secure):
                where = "button_url" if link == words.button_url else "body"
                yield Problem(f"{link} in the {name} words {fault}.", "Write it as https://…", f"{language}-{where}")


def _letters(facts: Facts) -> Iterator[Problem]:
    for language, name, words in _each(facts):
        letter = facts.letters.get(language, Letter())
        if letter.fault:
            yield Problem(f"The {name} letter cannot be sent: {letter.fault}.", "Ask whoever looks after the house.")
            continue
        if letter.html_bytes > HTML_MOST:
            size = letter.html_bytes // 1024
            yield Problem(
                f"The {name} letter has {size} KB; it may have {HTML_MOST // 1024}.",
                "Shorten it.",
                f"{language}-body",
            )
        if fill(words.headline, FIELDS, language) not in " ".join(letter.text.split()):
            yield Problem(f"The {name} letter has no text part.", "Save the words once more.", f"{language}-body")


def _tested(facts: Facts) -> Iterator[Problem]:
    if not facts.tested:
        yield Problem("These words have not been tested.", "Send a test and read it in your own mail program.", "to")


def _house(facts: Facts) -> Iterator[Problem]:
    if "@" not in facts.sender:
        yield Problem("There is no sender for appeals.", "Set MAIL_APPEALS_FROM.")
    if facts.stopped:
        yield Problem(f"All of this mail is stopped: {facts.stopped}", "End the emergency stop under Mail.")


CHECKS: tuple[Callable[[Facts], Iterator[Problem]], ...] = (
    _people, _languages, _subjects, _blocks, _fields, _links, _letters, _tested, _house
)  # fmt: skip


def _each(facts: Facts) -> Iterator[tuple[str, str, Words]]:
    return ((language, LANGUAGES[language], words) for language, words in facts.words.items())


def _holding(words: Words, text: str) -> str:
    return next(name for name in Words.__dataclass_fields__ if text in getattr(words, name))


def _link_fault(link: str, secure: bool) -> str:
    """Why an address may not stand in a letter; nothing when it may. A house without https may link to itself."""
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
    except ValueError:
        return "is no address"
    if "{" in link:
        return "holds a field, and a link may not"
    if parts.scheme == "mailto":
        return "" if "@" in parts.path else "is no address"
    if parts.scheme not in ("https", "http"):
        return "is not an absolute address of the web"
    if parts.scheme == "http" and secure:
        return "is not secure"
    return "" if host else "is no address"
