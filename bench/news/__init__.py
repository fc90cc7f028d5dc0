"""Measures of the news: pages, archive, import, publishing. Bars and numbers: docs/news/speed.md."""
