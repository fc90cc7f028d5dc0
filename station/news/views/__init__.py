"""Public pages of the stations, and what machines read of them."""

from station.news.views.air import air
from station.news.views.crawling import sitemaps
from station.news.views.lists import lists
from station.news.views.media import files
from station.news.views.plain import text
from station.news.views.reading import views
from station.news.views.slot import slot
from station.news.views.syndication import feeds

__all__ = ["air", "feeds", "files", "lists", "sitemaps", "slot", "text", "views"]
