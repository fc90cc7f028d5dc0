"""Jobs of news: ask NPR and partners for stories, whether those we show are still there; write down what came out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from station.core.actor import job
from station.core.runtime import settings
from station.licensee.queries import default_station
from station.news import services
from station.news.services import media
from worker.jobs import periodic, task

NEWSROOM = job("the newsroom")


@periodic("news.pull", lease=600)
def pull() -> None:
    services.pull_due(NEWSROOM, npr=bool(settings().npr_cds_token))


@periodic("news.look_again", lease=600)
def look_again() -> None:
    if settings().npr_cds_token:
        services.look_again(default_station().id, NEWSROOM)


@task(services.PULL_ONE)
def pull_one(feed_id: str) -> None:
    services.pull_feed(UUID(feed_id), NEWSROOM)


@task(services.COME_OUT)
def come_out(story_id: str, at: str) -> None:
    services.come_out(UUID(story_id), datetime.fromisoformat(at), job("the clock"))


@task(media.MAKE)
def make_media(media_id: str) -> None:
    media.make_files(UUID(media_id), NEWSROOM)


@task(media.DROP)
def drop_media(media_id: str, sha256: str) -> None:
    media.drop_files(UUID(media_id), sha256)
