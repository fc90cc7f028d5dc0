"""What stories are filed under and whose names stand above them, as the newsroom keeps it: sections and people."""

from station.news.services.labels.people import PERSON, PersonDraft, keep_person
from station.news.services.labels.sections import SECTION, SectionDraft, SectionUsed, delete_section, keep_section

__all__ = [
    "PERSON",
    "SECTION",
    "PersonDraft",
    "SectionDraft",
    "SectionUsed",
    "delete_section",
    "keep_person",
    "keep_section",
]
