"""From draft to reader and back: every move, once, however often it is asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from config import ROOT
from station.core import bulletin, clock
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.outbox import JobState, Outbox
from station.core.places import sentences
from station.news import queries
from station.news.models import Story, StoryState
from station.news.policies.editing import Written, empty
from station.news.policies.releasing import RELEASE, Refusal, Standing, Step, close_ones, draw, standing_of, step
from station.news.services import (
    ChangedMeanwhile,
    come_out,
    embargo,
    import_document,
    lift_embargo,
    publish,
    put_back,
    redate,
    retract_missing,
    set_quiet,
    unpublish,
    withdraw,
)
from station.news.services.editing import begin_story, save_story
from tests.conftest import House
from tests.news.cds_documents import document, six_paragraphs
from tests.news.drafting import a_draft, row_of, told
from tests.news.test_pages import place_credit

PAGE = "/news/story/the-well-is-dry"


def soon(**span: float) -> datetime:
    return (clock.now() + timedelta(**span)).replace(second=0, microsecond=0)


def test_publish_now_once(house: House, client: FlaskClient) -> None:
    story = a_draft(house)
    assert client.get(PAGE).status_code == 404
    assert publish(story, None, COMMAND) is True
    assert "One." in client.get(PAGE).text
    assert publish(story, None, COMMAND) is False, "pressed twice"
    assert told(story) == ["published"]
    assert row_of(story).revised_at is None


def test_two_people_at_once_publish_once(house: House, app: Flask) -> None:
    story = a_draft(house)
    both, outcomes = threading.Barrier(4), []

    def press() -> None:
        with app.app_context():
            both.wait()
            outcomes.append(publish(story, None, COMMAND))
            db.session.remove()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == [False, False, False, True]
    assert told(story) == ["published"]


def test_it_comes_out_at_its_minute_without_any_job(
    house: House, client: FlaskClient, later: Callable[..., None], outbox: Callable[[], int]
) -> None:
    story, at = a_draft(house), soon(minutes=30)
    assert publish(story, at, COMMAND) is True
    assert publish(story, at, COMMAND) is False
    assert outbox() == 0, "the job waits for its minute"
    assert client.get(PAGE).status_code == 404
    assert "well is dry" not in client.get("/news/").text
    later(seconds=(at - clock.now()).total_seconds() - 5)
    assert client.get(PAGE).status_code == 404
    later(seconds=6)
    assert client.get(PAGE).status_code == 200
    assert "The well is dry" in client.get("/news/").text
    assert publish(story, at, COMMAND) is False, "a retried press after the minute"
    before = bulletin.version("stories")
    assert outbox() == 1
    assert bulletin.version("stories") > before, "caches are woken"
    assert told(story) == ["scheduled", "came_out"]
    assert row_of(story).came_out_at == at
    assert come_out(story, at, COMMAND) is False, "a job that runs again writes nothing"
    assert outbox() == 0
    assert told(story) == ["scheduled", "came_out"]


def test_a_plan_that_changes_comes_out_once(
    house: House, client: FlaskClient, later: Callable[..., None], outbox: Callable[[], int]
) -> None:
    story, first, second = a_draft(house), soon(minutes=20), soon(minutes=40)
    publish(story, first, COMMAND)
    publish(story, second, COMMAND)
    publish(story, first, COMMAND)
    publish(story, second, COMMAND)
    later(minutes=21)
    outbox()
    assert client.get(PAGE).status_code == 404
    later(minutes=20)
    outbox()
    assert client.get(PAGE).status_code == 200
    assert told(story) == ["scheduled"] * 4 + ["came_out"]
    states = set(db.session.scalars(sa.select(Outbox.state).where(Outbox.job == "news.come_out")))
    assert states == {JobState.DONE}


def test_off_the_schedule(
    house: House, client: FlaskClient, later: Callable[..., None], outbox: Callable[[], int]
) -> None:
    story = a_draft(house)
    publish(story, soon(minutes=20), COMMAND)
    assert unpublish(story, "", COMMAND) is True
    assert unpublish(story, "", COMMAND) is False
    later(minutes=30)
    outbox()
    assert client.get(PAGE).status_code == 404
    assert told(story) == ["scheduled", "unscheduled"]
    assert row_of(story).published_at is None
    publish(story, None, COMMAND)
    assert clock.now() - (row_of(story).published_at or clock.now()) < timedelta(seconds=30)


def test_scheduled_then_published_at_once(
    house: House, client: FlaskClient, later: Callable[..., None], outbox: Callable[[], int]
) -> None:
    story = a_draft(house)
    publish(story, soon(minutes=20), COMMAND)
    publish(story, None, COMMAND)
    assert client.get(PAGE).status_code == 200
    later(minutes=30)
    outbox()
    assert told(story) == ["scheduled", "published"]


@pytest.mark.parametrize(
    ("span", "said"),
    [
        ({"minutes": -1}, "That minute has passed"),
        ({"seconds": 0}, "That minute has passed"),
        ({"days": 367}, "more than a year ahead"),
        ({"days": 365 * 50}, "more than a year ahead"),
    ],
)
def test_times_that_are_none(house: House, span: dict[str, float], said: str) -> None:
    story = a_draft(house)
    with pytest.raises(Refusal, match=said):
        publish(story, clock.now() + timedelta(**span), COMMAND)
    assert (row_of(story).state, told(story)) == (StoryState.DRAFT, [])


def test_a_story_without_words_stays_in(house: House) -> None:
    for story in (a_draft(house, blocks=[]), a_draft(house, "  ", slug="blank")):
        for at in (None, soon(minutes=9)):
            with pytest.raises(Refusal, match="nothing to read"):
                publish(story, at, COMMAND)


def test_back_to_a_draft_and_out_again_keeps_the_date(
    house: House, client: FlaskClient, later: Callable[..., None]
) -> None:
    story = a_draft(house)
    publish(story, None, COMMAND)
    original = row_of(story).published_at
    with pytest.raises(Refusal, match="Say why"):
        unpublish(story, "  ", COMMAND)
    assert unpublish(story, "It needs another look.", COMMAND) is True
    assert client.get(PAGE).status_code == 404
    assert "the-well-is-dry" not in client.get("/news/search?q=well").text
    later(days=2)
    publish(story, None, COMMAND)
    assert row_of(story).published_at == original
    assert told(story) == ["published", "unpublished", "published"]


def test_a_date_is_corrected_and_readers_are_told_when_asked(house: House, client: FlaskClient) -> None:
    story = a_draft(house)
    publish(story, None, COMMAND)
    then = soon(days=-3)
    assert redate(story, then, COMMAND) is True
    assert redate(story, then, COMMAND) is False
    assert "Updated" not in client.get(PAGE).text
    redate(story, then - timedelta(days=1), COMMAND, told=True)
    assert "Updated" in client.get(PAGE).text
    with pytest.raises(Refusal, match="still to come"):
        redate(story, soon(minutes=9), COMMAND)
    with pytest.raises(Refusal, match="is a draft"):
        redate(a_draft(house, "Another one"), then, COMMAND)
    assert told(story) == ["published", "redated", "redated"]


def test_withdrawn_and_put_back(house: House, client: FlaskClient) -> None:
    story = a_draft(house)
    publish(story, None, COMMAND)
    original = row_of(story).published_at
    assert withdraw(story, "It was not ours to tell.", COMMAND) is True
    assert withdraw(story, "Again.", COMMAND) is False
    gone = client.get(PAGE)
    assert gone.status_code == 410
    assert client.get(f"/text{PAGE}").status_code == 410
    for refused in (lambda: publish(story, None, COMMAND), lambda: publish(story, soon(minutes=9), COMMAND)):
        with pytest.raises(Refusal, match="was withdrawn"):
            refused()
    with pytest.raises(Refusal, match="Say why"):
        put_back(story, "", COMMAND)
    assert put_back(story, "The source agreed.", COMMAND) is True
    assert put_back(story, "The source agreed.", COMMAND) is False
    assert client.get(PAGE).status_code == 200
    assert row_of(story).published_at == original
    assert told(story) == ["published", "retracted", "put_back"]


def test_a_withdrawn_plan_is_put_back_as_a_plan(
    house: House, client: FlaskClient, later: Callable[..., None], outbox: Callable[[], int]
) -> None:
    story, at = a_draft(house), soon(minutes=20)
    publish(story, at, COMMAND)
    withdraw(story, "Not yet.", COMMAND)
    put_back(story, "As planned.", COMMAND)
    assert client.get(PAGE).status_code == 404
    later(minutes=21)
    outbox()
    assert client.get(PAGE).status_code == 200
    assert told(story)[-1] == "came_out"


def test_stories_of_others_follow_their_owner(house: House, client: FlaskClient) -> None:
    given = document(*six_paragraphs())
    import_document(given, house.news.id, COMMAND)
    story = db.session.scalars(sa.select(Story.id)).one()
    for forbidden in (
        lambda: publish(story, None, COMMAND),
        lambda: unpublish(story, "x", COMMAND),
        lambda: redate(story, soon(days=-1), COMMAND),
        lambda: embargo(story, soon(days=1), "x", COMMAND),
    ):
        with pytest.raises(Refusal, match="not our own"):
            forbidden()
    withdraw(story, "Not for us.", COMMAND)
    import_document(given, house.news.id, COMMAND)
    assert row_of(story).state is StoryState.RETRACTED
    put_back(story, "After all.", COMMAND)
    assert import_document(given, house.news.id, COMMAND).outcome == "unchanged"
    assert row_of(story).state is StoryState.PUBLISHED
    retract_missing(given["id"], "gone at NPR", COMMAND)
    with pytest.raises(Refusal, match="Its owner withdrew it"):
        put_back(story, "We want it.", COMMAND)


def test_switches_are_felt_at_once_and_no_import_turns_them_back(house: House, client: FlaskClient) -> None:
    given = document(*six_paragraphs())
    import_document(given, house.news.id, COMMAND)
    place_credit(house)
    page, story = "/news/story/lake-level-rises-after-a-wet-winter", db.session.scalars(sa.select(Story.id)).one()
    assert "Support comes from" in client.get(page).text
    with pytest.raises(Refusal, match="Say why"):
        set_quiet(story, True, False, " ", COMMAND)
    assert set_quiet(story, True, False, "It is about the sponsor.", COMMAND) is True
    assert set_quiet(story, True, False, "It is about the sponsor.", COMMAND) is False
    shown = client.get(page).text
    assert "Support comes from" not in shown
    assert 'class="ask"' in shown
    set_quiet(story, False, True, "Two people died.", COMMAND)
    assert 'class="ask"' not in client.get(page).text
    given["title"], given["editorialLastModifiedDateTime"] = "The lake, again", "2026-03-03T00:00:00Z"
    assert import_document(given, house.news.id, COMMAND).outcome == "updated"
    quiet = client.get(page).text
    assert "The lake, again" in quiet
    assert 'class="ask"' not in quiet
    assert row_of(story).why_quiet == "Two people died."
    set_quiet(story, False, False, "", COMMAND)
    assert "Support comes from" in client.get(page).text
    assert row_of(story).why_quiet == ""
    assert told(story).count("quieted") == 3


def mark(story: UUID) -> str:
    found = queries.story_record(story, clock.now())
    db.session.rollback()
    assert found is not None
    return found.mark


def test_who_did_not_see_the_last_change_is_told(house: House) -> None:
    story = a_draft(house)
    seen = mark(story)
    publish(story, soon(hours=2), COMMAND, seen=seen)
    for late in (
        lambda: publish(story, None, COMMAND, seen=seen),
        lambda: publish(story, soon(hours=3), COMMAND, seen=seen),
        lambda: unpublish(story, "x", COMMAND, seen=seen),
        lambda: withdraw(story, "x", COMMAND, seen=seen),
        lambda: embargo(story, soon(hours=1), "x", COMMAND, seen=seen),
        lambda: set_quiet(story, True, False, "x", COMMAND, seen=seen),
    ):
        with pytest.raises(ChangedMeanwhile):
            late()
    assert told(story) == ["scheduled"]
    publish(story, None, COMMAND, seen=mark(story))
    assert publish(story, None, COMMAND, seen=seen) is False, "what was wanted is so: nobody has to choose again"
    for late in (
        lambda: redate(story, soon(days=-1), COMMAND, seen=seen),
        lambda: unpublish(story, "x", COMMAND, seen=seen),
    ):
        with pytest.raises(ChangedMeanwhile):
            late()


def test_nobody_publishes_words_that_were_saved_after_they_looked(house: House, client: FlaskClient) -> None:
    story = begin_story(house.news.id, "The well is dry", COMMAND)
    read = Written("The well is dry", blocks=({**empty("text"), "key": "b1", "text": "What was read."},))
    number = save_story(story, 1, read, "", COMMAND)
    seen = mark(story)
    other = Written("The well is dry", blocks=({**empty("text"), "key": "b1", "text": "What nobody read."},))
    save_story(story, number, other, "", COMMAND)
    for at in (None, soon(hours=2)):
        with pytest.raises(ChangedMeanwhile):
            publish(story, at, COMMAND, seen=seen)
    assert client.get(PAGE).status_code == 404
    assert set_quiet(story, False, True, "Two people died.", COMMAND, seen=seen), "this puts no words before readers"
    assert publish(story, None, COMMAND, seen=mark(story)) is True
    seen = mark(story)
    save_story(story, number + 1, read, "", COMMAND)
    assert withdraw(story, "It is wrong.", COMMAND, seen=seen) is True, "what is wrong goes at once"


def test_an_embargo_holds_until_it_is_over_or_lifted(
    house: House, client: FlaskClient, later: Callable[..., None]
) -> None:
    story, until = a_draft(house), soon(hours=5)
    with pytest.raises(Refusal, match="Say why"):
        embargo(story, until, "", COMMAND)
    assert embargo(story, until, "The university asked.", COMMAND) is True
    assert embargo(story, until, "The university asked.", COMMAND) is False
    for early in (None, until - timedelta(minutes=1)):
        with pytest.raises(Refusal, match="under embargo until"):
            publish(story, early, COMMAND)
    publish(story, until, COMMAND)
    assert embargo(story, until + timedelta(hours=1), "They asked for an hour more.", COMMAND) is True
    assert row_of(story).published_at == until + timedelta(hours=1), "a plan that is too early is moved"
    with pytest.raises(sa.exc.IntegrityError), transaction() as session:
        session.execute(sa.update(Story).values(published_at=until))
    later(hours=5, minutes=30)
    assert client.get(PAGE).status_code == 404
    later(minutes=31)
    assert client.get(PAGE).status_code == 200
    with pytest.raises(Refusal, match="too late for an embargo"):
        embargo(story, soon(hours=5), "x", COMMAND)
    with pytest.raises(Refusal, match="before its embargo ended"):
        redate(story, until, COMMAND)
    assert lift_embargo(story, "It is over.", COMMAND) is False


def test_lifted_early_with_a_reason(house: House, client: FlaskClient) -> None:
    story = a_draft(house)
    embargo(story, soon(hours=5), "The university asked.", COMMAND)
    for wrong, said in ((soon(minutes=-5), "has passed"), (soon(days=400), "more than a year")):
        with pytest.raises(Refusal, match=said):
            embargo(story, wrong, "x", COMMAND)
    with pytest.raises(Refusal, match="Say why"):
        lift_embargo(story, "", COMMAND)
    assert lift_embargo(story, "Another paper broke it.", COMMAND) is True
    assert lift_embargo(story, "Another paper broke it.", COMMAND) is False
    assert client.get(PAGE).status_code == 404, "lifting publishes nothing"
    publish(story, None, COMMAND)
    assert client.get(PAGE).status_code == 200
    assert told(story) == ["embargoed", "embargo_lifted", "published"]


def test_a_story_that_was_out_before_its_embargo_is_dated_anew(
    house: House, client: FlaskClient, later: Callable[..., None]
) -> None:
    story = a_draft(house)
    publish(story, None, COMMAND)
    unpublish(story, "The source had asked us to wait.", COMMAND)
    embargo(story, soon(hours=1), "The source.", COMMAND)
    later(hours=2)
    publish(story, None, COMMAND)
    assert (row_of(story).published_at or soon()) > soon(minutes=-5)


def test_what_is_not_drawn_cannot_happen() -> None:
    assert RELEASE.final == ()
    for standing, edge in [
        (Standing.DRAFT, Step.WITHDRAW),
        (Standing.DRAFT, Step.REDATE),
        (Standing.OUT, Step.SCHEDULE),
        (Standing.WITHDRAWN, Step.PUBLISH),
        (Standing.WITHDRAWN, Step.UNPUBLISH),
    ]:
        with pytest.raises(Refusal):
            step(standing, edge)
    now = clock.now()
    assert standing_of(StoryState.PUBLISHED, now, now) is Standing.OUT
    assert standing_of(StoryState.PUBLISHED, now + timedelta(microseconds=1), now) is Standing.SCHEDULED


def test_the_drawing_is_current() -> None:
    assert (ROOT / "docs" / "news" / "states.md").read_text(encoding="utf-8") == draw()


def test_every_event_of_a_story_has_a_sentence(built: object) -> None:
    names = {"scheduled", "unscheduled", "came_out", "unpublished", "redated", "embargoed", "embargo_lifted"}
    names |= {"published", "retracted", "put_back", "quieted", "corrected", "updated", "imported"}
    assert {f"news.story.{name}" for name in names} - set(sentences()) == set()


class At:
    def __init__(self, minutes: int, start: datetime) -> None:
        self.published_at = start + timedelta(minutes=minutes)


def test_stories_in_each_others_way() -> None:
    start = clock.now()
    found = close_ones([At(0, start), At(9, start), At(19, start), At(19, start)])
    assert [near is not None for _, near in found] == [False, True, False, True]
