"""Pages as readers get them: prepared once, kept as bytes, answered from memory; and how long caches keep them."""

from station.news.pages.answering import HTML, slot_html
from station.news.pages.making import Compose, again, asked_before, serve, serve_once, shelf

__all__ = ["HTML", "Compose", "again", "asked_before", "serve", "serve_once", "shelf", "slot_html"]
