"""Tables of news."""

from station.news.models.air import PlaylistEntry, ScheduleOverride, ScheduleRule
from station.news.models.feeds import CdsFeed, CdsOwner
from station.news.models.finding import HomeSlot, WordPart
from station.news.models.labels import Program, StoryTag, Tag
from station.news.models.media import Media, MediaKind, MediaState
from station.news.models.moves import Banner, BannerLevel, Redirect, RedirectUse
from station.news.models.people import Person, StoryPerson
from station.news.models.releases import Correction
from station.news.models.revisions import RevisionKind, StoryAutosave, StoryRevision
from station.news.models.story import Origin, Section, Story, StoryState

__all__ = [
    "Banner",
    "BannerLevel",
    "CdsFeed",
    "CdsOwner",
    "Correction",
    "HomeSlot",
    "Media",
    "MediaKind",
    "MediaState",
    "Origin",
    "Person",
    "PlaylistEntry",
    "Program",
    "Redirect",
    "RedirectUse",
    "RevisionKind",
    "ScheduleOverride",
    "ScheduleRule",
    "Section",
    "Story",
    "StoryAutosave",
    "StoryPerson",
    "StoryRevision",
    "StoryState",
    "StoryTag",
    "Tag",
    "WordPart",
]
