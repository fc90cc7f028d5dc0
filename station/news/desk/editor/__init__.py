"""The editor of the desk: writing, what others write, revisions, preview."""

from station.news.desk.editor import history, keeping, pages, preview
from station.news.desk.editor.around import desk

__all__ = ["desk", "history", "keeping", "pages", "preview"]
