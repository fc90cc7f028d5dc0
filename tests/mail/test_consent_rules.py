"""When mail is wanted, by plain values: neither silence nor an import outvotes a no. And the words of the log."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.mail.policies.choices import page_words
from station.mail.policies.choices import topics as data
from station.mail.policies.choices.consent import Answer, exchangeable, latest, masked, refused, wanted
from station.mail.policies.choices.topics import ALL, EXCHANGE, topics_of
from station.mail.policies.choices.unsubscribe import MailKey, mail_token, read_token

TOPICS = topics_of([("news", "News 88.9 KNPR"), ("classical", "Classical 89.7 KCNV")])
CODES = [each.code for each in TOPICS]
START = datetime(2026, 11, 1, tzinfo=UTC)
SECRET, OTHER = "s" * 40, "o" * 40
WORDS_OF = {"2026-11": "80aff9a4399abb6e"}


def at(minute: int, topic: str, yes: bool) -> Answer:
    return Answer(topic, yes, START + timedelta(minutes=minute), UUID(int=minute))


said = st.lists(st.tuples(st.sampled_from([ALL, EXCHANGE, *CODES]), st.booleans()), max_size=12)


def answers(spoken: list[tuple[str, bool]]) -> dict[str, Answer]:
    return latest(at(minute, topic, yes) for minute, (topic, yes) in enumerate(spoken))


@given(said, st.sampled_from(TOPICS))
def test_the_last_word_counts(spoken: list[tuple[str, bool]], topic: data.Topic) -> None:
    """The same as reading what was said from the beginning, one after the other."""
    ended, one = False, None
    for code, yes in spoken:
        if code == ALL:
            ended, one = (True, None) if not yes else (False, one)
        elif code == topic.code:
            one = yes
    expected = one if one is not None else (False if ended else None)
    known = answers(spoken)
    if expected is False:
        assert wanted(topic, known, known) is False
    if expected is True:
        assert wanted(topic, known, known) is True


@given(said, said, st.sampled_from(TOPICS))
def test_a_no_for_an_address_is_not_outvoted_by_another_address(
    own: list[tuple[str, bool]], others: list[tuple[str, bool]], topic: data.Topic
) -> None:
    for no in ((topic.code, False), (ALL, False)):
        spoken = answers([*own, no])
        assert wanted(topic, spoken, answers(others)) is False
        assert exchangeable(TOPICS, spoken, answers(others)) is False


@given(said, st.sampled_from(TOPICS))
def test_a_no_stops_what_an_import_says_until_the_person_says_yes(
    spoken: list[tuple[str, bool]], topic: data.Topic
) -> None:
    assert refused(topic.code, answers([*spoken, (topic.code, False)]))
    assert refused(topic.code, answers([*spoken, (ALL, False), (topic.code, True)]))  # an import never argues
    assert not refused(topic.code, answers([(topic.code, False), (topic.code, True)]))


def test_silence_is_what_the_topic_says() -> None:
    assert [t.code for t in TOPICS if wanted(t, {}, {})] == ["renewals", "drives", "benefits"]
    assert exchangeable(TOPICS, {}, {}) is True


def test_exchange_ends_with_a_no_to_any_commercial_mail_and_begins_again_with_a_yes() -> None:
    no = {"drives": at(1, "drives", False)}
    assert exchangeable(TOPICS, no, no) is False
    yes = {"drives": at(2, "drives", True)}
    assert exchangeable(TOPICS, yes, yes) is True
    assert exchangeable(TOPICS, {}, {EXCHANGE: at(1, EXCHANGE, False)}) is False


@given(st.emails(), st.sampled_from([*CODES, "", "magazine"]))
def test_a_token_opens_what_it_was_made_for_and_nothing_opens_it_altered(address: str, topic: str) -> None:
    token = mail_token(address, topic, SECRET)
    key = read_token(token, [OTHER, SECRET])
    assert key is not None
    assert (key.topic, mail_token(key.address, topic, SECRET)) == (topic, token)
    assert read_token(token, [OTHER]) is None
    for place in range(0, len(token), 7):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert read_token(changed, [SECRET]) is None


@given(st.text(max_size=80))
def test_what_is_no_token_opens_nothing(text: str) -> None:
    assert read_token(text, [SECRET]) is None
    assert read_token(f"1{text}", [SECRET]) is None


def test_tokens_that_are_out_stay_good() -> None:
    """This one is in a letter of 2026: whatever changes here, it opens for as long as its key is kept."""
    sent = "1iOenX5z7OPvCyHoEiRox3RFuy2Wb3iMXGAodgS5RGEgXzSwv6-s"
    assert read_token(sent, [SECRET]) == MailKey("ana@example.org", "drives")


@pytest.mark.parametrize(
    ("address", "shown"),
    [("ana@example.org", "a•••@example.org"), ("a@b", "a•••@b"), ("@b", "•••@b"), ("nothing", "•••"), ("", "•••")],
)
def test_a_masked_address_shows_one_letter(address: str, shown: str) -> None:
    assert masked(address) == shown


def test_both_languages_say_everything() -> None:
    assert set(page_words.EN) == set(page_words.ES)
    for each in (*TOPICS, data.EXCHANGES, data.NONE_AT_ALL):
        assert set(each.words) == set(data.LANGUAGES)
        assert each.said("es") != each.said("en")
        assert each.said("tlh") == each.said("en")
    for key, text in page_words.EN.items():
        assert sorted(part for part in ("{address}", "{topic}", "{licensee}") if part in text) == sorted(
            part for part in ("{address}", "{topic}", "{licensee}") if part in page_words.ES[key]
        )


def test_codes_fit_where_they_are_kept() -> None:
    assert len(set(CODES)) == len(CODES)
    assert all(len(code) <= 60 and " " not in code and "\n" not in code for code in CODES)
    assert all(topic.commercial for topic in TOPICS)


def test_words_that_are_logged_change_with_their_version() -> None:
    """The log keeps the words and their version: other words under the same version would be a false record."""
    spoken = [
        shown(topic, language)
        for language in data.LANGUAGES
        for topic in (*TOPICS, data.EXCHANGES)
        for shown in (page_words.on_page, page_words.on_stop_page, page_words.by_one_click)
    ]
    spoken += [shown(each) for each in data.LANGUAGES for shown in (page_words.on_none_button, page_words.on_undo)]
    digest = hashlib.sha256("\n".join(spoken).encode()).hexdigest()[:16]
    assert WORDS_OF.get(data.VERSION) == digest, "give topics.VERSION a new name and write its digest above"
