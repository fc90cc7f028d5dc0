"""Reads of the news desk: its stories in every state, one of them with all that can be done, and the queue."""

from station.news.queries.newsroom.labels import (
    PeoplePage,
    PersonRecord,
    SectionRecord,
    others_named,
    person_record,
    person_records,
    section_record,
    section_records,
)
from station.news.queries.newsroom.listing import Filters, Listed, listed, queue
from station.news.queries.newsroom.record import StoryRecord, sections_of, story_record

__all__ = [
    "Filters",
    "Listed",
    "PeoplePage",
    "PersonRecord",
    "SectionRecord",
    "StoryRecord",
    "listed",
    "others_named",
    "person_record",
    "person_records",
    "queue",
    "section_record",
    "section_records",
    "sections_of",
    "story_record",
]
