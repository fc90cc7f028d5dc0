"""The news desk."""

from station.news.desk.addresses import desk as addresses_desk
from station.news.desk.banner import desk as banner_desk
from station.news.desk.editor import desk as editor_desk
from station.news.desk.homes import desk as home_desk
from station.news.desk.media import desk as media_desk
from station.news.desk.npr import desk as npr_desk
from station.news.desk.people import desk as people_desk
from station.news.desk.playlist import desk as playlist_desk
from station.news.desk.programs import desk as programs_desk
from station.news.desk.redirects import desk as redirects_desk
from station.news.desk.schedule import desk as schedule_desk
from station.news.desk.sections import desk as sections_desk
from station.news.desk.stories import desk as stories_desk

__all__ = [
    "addresses_desk",
    "banner_desk",
    "editor_desk",
    "home_desk",
    "media_desk",
    "npr_desk",
    "people_desk",
    "playlist_desk",
    "programs_desk",
    "redirects_desk",
    "schedule_desk",
    "sections_desk",
    "stories_desk",
]
