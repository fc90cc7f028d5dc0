"""Writing stories at the desk: what is saved becomes a revision, and a revision what readers see."""

from station.news.services.editing.beginning import begin_story
from station.news.services.editing.content import put_into_row
from station.news.services.editing.out import put_out
from station.news.services.editing.rows import NotOurs, Unfinished, WrittenMeanwhile
from station.news.services.editing.saving import keep_unsaved, leave_unsaved, restore, save_story

__all__ = [
    "NotOurs",
    "Unfinished",
    "WrittenMeanwhile",
    "begin_story",
    "keep_unsaved",
    "leave_unsaved",
    "put_into_row",
    "put_out",
    "restore",
    "save_story",
]
