"""Stories at the desk: the lists, the queue, a page for each with all that can be done, corrections."""

from station.news.desk.stories import acts, correcting
from station.news.desk.stories.pages import desk

__all__ = ["acts", "correcting", "desk"]
