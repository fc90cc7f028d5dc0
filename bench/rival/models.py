"""The article of the Wagtail site, as Wagtail's own tutorial builds one: a page with a body of blocks."""

from __future__ import annotations

from django.db import models
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.models import Page


class ArticlePage(Page):
    """A headline, a byline, a date, and the paragraphs."""

    byline = models.CharField(max_length=200)
    published = models.DateTimeField()
    body = StreamField([("paragraph", blocks.RichTextBlock()), ("quote", blocks.BlockQuoteBlock())])
