"""The text edition: every page of the news in words alone, under 10 KB, for one bar of signal."""

from station.news.views.plain import air, stories
from station.news.views.plain.pages import text

__all__ = ["air", "stories", "text"]
