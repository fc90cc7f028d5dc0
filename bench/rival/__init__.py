"""A Wagtail site with one kind of page, an article: the story page is measured beside it. No part of Station."""
