"""What news adds to the house."""

from __future__ import annotations

from uuid import UUID

from flask import url_for

from station.accounts.models import Role
from station.accounts.places import NAV, QUEUES, SUBJECT_PAGES, NavItem, SubjectPage, WorkQueue, WorkRow
from station.core import clock
from station.core.ids import public_id
from station.core.places import COMMAND_GROUPS, EVENT_SENTENCES, INVARIANTS, EventSentence, Invariant
from station.licensee.queries import the_licensee
from station.news.cli import group
from station.news.queries import media
from station.news.release_wiring import RELEASES, page_of

SENTENCES = (
    EventSentence("news.story.imported", lambda e: f"imported the story “{e.data['headline']}”"),
    EventSentence("news.story.updated", lambda e: f"updated the story “{e.data['headline']}”"),
    *RELEASES,
    EventSentence("news.story.begun", lambda e: f"began the story “{e.data['headline']}”"),
    EventSentence("news.story.saved", lambda e: f"saved “{e.data['headline']}”, revision {e.data['number']}"),
    EventSentence(
        "news.story.restored", lambda e: f"took revision {e.data['from']} of “{e.data['headline']}” up again"
    ),
    EventSentence("news.story.changed", lambda e: f"put changes of “{e.data['headline']}” out"),
    EventSentence("news.story.left", lambda e: f"left what was not saved of “{e.data['headline']}”"),
    EventSentence("news.feed.kept", lambda e: f"set NPR's stories “{e.data['name']}” to {e.data['query']}"),
    EventSentence("news.partner.kept", lambda e: f"set the partner’s feed “{e.data['name']}” to {e.data['address']}"),
    EventSentence("news.home.arranged", lambda e: f"put {len(e.data['headlines'])} stories on a home by hand"),
    EventSentence("news.owner.named", lambda e: f"named the owner {e.data['service']} {e.data['name']}"),
    EventSentence("news.schedule.kept", lambda e: f"put “{e.data['title']}” at {e.data['starts']} into the schedule"),
    EventSentence("news.schedule.ended", lambda e: f"ended “{e.data['title']}” with {e.data['last_day']}"),
    EventSentence(
        "news.schedule.changed", lambda e: f"put “{e.data['title']}” on {e.data['day']} at {e.data['starts']}"
    ),
    EventSentence("news.schedule.restored", lambda e: f"took “{e.data['title']}” off {e.data['day']}"),
    EventSentence("news.program.kept", lambda e: f"wrote down the program “{e.data['name']}”"),
    EventSentence("news.section.kept", lambda e: f"wrote down the section “{e.data['name']}”"),
    EventSentence("news.section.deleted", lambda e: f"deleted the section “{e.data['name']}”"),
    EventSentence("news.person.kept", lambda e: f"wrote down “{e.data['name']}”, who has a page"),
    EventSentence(
        "news.playlist.taken",
        lambda e: f"took a playlist: {e.data.get('added', 0)} pieces added, {e.data.get('updated', 0)} corrected",
    ),
    EventSentence("news.playlist.added", lambda e: f"added “{e.data['title']}” to the playlist"),
    EventSentence("news.playlist.corrected", lambda e: f"corrected “{e.data['title']}” on the playlist"),
    EventSentence(
        "news.story.moved",
        lambda e: f"changed the address of “{e.data['headline']}”: {e.data['old']} is {e.data['new']}",
    ),
    EventSentence("news.redirect.kept", lambda e: f"redirected {e.data['path']} to {e.data['target']}"),
    EventSentence("news.redirect.removed", lambda e: f"removed the redirect of {e.data['path']}"),
    EventSentence("news.redirects.imported", lambda e: f"took {e.data['added']} redirects from a file"),
    EventSentence(
        "news.banner.put_up", lambda e: f"put the banner “{e.data['headline']}” above {e.data['stations']}"
    ),
    EventSentence(
        "news.banner.taken_down", lambda e: f"took the banner “{e.data['headline']}” down from {e.data['stations']}"
    ),
    EventSentence("news.media.received", lambda e: f"sent “{e.data['name']}” in"),
    EventSentence("news.media.replaced", lambda e: f"sent “{e.data['name']}” in the place of another file"),
    EventSentence("news.media.ready", lambda e: f"made “{e.data['name']}” ready"),
    EventSentence("news.media.refused", lambda e: f"could not use “{e.data['name']}”: {e.data['why']}"),
    EventSentence("news.media.described", lambda e: f"said what “{e.data['name']}” is"),
    EventSentence("news.media.deleted", lambda e: f"deleted “{e.data['name']}”"),
    EventSentence("news.playlist.removed", lambda e: f"took “{e.data['title']}” off the playlist"),
)


def wire() -> None:
    NAV.contribute(
        NavItem("Stories", "stories_desk.index", "News", (Role.NEWS,)),
        NavItem("Pictures and sound", "media_desk.index", "News", (Role.NEWS,)),
        rank=53,
    )
    NAV.contribute(
        NavItem("Banner", "banner_desk.index", "News", (Role.NEWS,)),
        NavItem("Homes", "home_desk.index", "News", (Role.NEWS,)),
        NavItem("Sections", "sections_desk.index", "News", (Role.NEWS,)),
        NavItem("Reporters and hosts", "people_desk.index", "News", (Role.NEWS,)),
        rank=54,
    )
    QUEUES.contribute(WorkQueue("Pictures whose rights have ended", (Role.NEWS,), _rights_ended), rank=54)
    SUBJECT_PAGES.contribute(SubjectPage("media", _media_url))
    INVARIANTS.contribute(
        Invariant("media-files", "Every picture and recording has its files on this server.", media.files_missing)
    )
    NAV.contribute(NavItem("NPR", "npr_desk.index", "News", (Role.NEWS,)), rank=55)
    NAV.contribute(
        NavItem("Schedule", "schedule_desk.index", "News", (Role.NEWS,)),
        NavItem("Programs", "programs_desk.index", "News", (Role.NEWS,)),
        NavItem("Playlist", "playlist_desk.index", "News", (Role.NEWS,)),
        rank=56,
    )
    NAV.contribute(NavItem("Redirects", "redirects_desk.index", "News", (Role.NEWS,)), rank=57)
    COMMAND_GROUPS.contribute(group)
    SUBJECT_PAGES.contribute(SubjectPage("story", page_of))
    EVENT_SENTENCES.contribute(*SENTENCES)


def _media_url(media_id: UUID) -> str:
    return url_for("media_desk.show", media_id=public_id(media.PREFIX, media_id))


def _rights_ended(limit: int) -> list[WorkRow]:
    """Take these out of their stories: they were to be used up to a day that is over."""
    zone = the_licensee().timezone
    return [
        WorkRow(
            f"{each.name}, used up to {each.not_after}",
            "It stands in a story. Take it out there, or ask for the rights.",
            _media_url(each.id),
            clock.day_bounds(each.not_after, zone)[1],
        )
        for each in media.rights_ended(clock.today(zone))[:limit]
        if each.not_after
    ]
