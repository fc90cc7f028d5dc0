"""Pages described in schema.org's words, as JSON-LD for machines that look for news and for stations."""

from __future__ import annotations

from typing import Any

from station.core import clock
from station.core.runtime import settings
from station.licensee.queries import StationView, the_licensee
from station.news.markup import plain
from station.news.policies import changed_at
from station.news.queries import StoryView

CONTEXT = "https://schema.org"
Thing = dict[str, Any]


def news_article(story: StoryView, station: StationView, url: str) -> Thing:
    """A story as NewsArticle. Its corrections are said in so many words."""
    published = story.published_at
    if published is None:
        raise ValueError(f"{story.slug} was never published")
    return _said(
        {
            "@context": CONTEXT,
            "@type": "NewsArticle",
            "mainEntityOfPage": url,
            "url": url,
            "headline": story.headline,
            "description": story.teaser or story.deck,
            "inLanguage": story.language,
            "datePublished": published.isoformat(timespec="seconds"),
            "dateModified": changed_at(published, story.revised_at, story.blocks).isoformat(timespec="seconds"),
            "image": _pictures(story),
            "author": _authors(story, station),
            "publisher": {"@type": "NewsMediaOrganization", "name": station.name, "url": _home(station)},
            "copyrightHolder": {"@type": "Organization", "name": story.owner},
            "copyrightYear": clock.local_date(published, the_licensee().timezone).year,
            "articleSection": story.section.name if story.section else "",
            "keywords": [each.name for each in story.tags],
            "isAccessibleForFree": True,
            "correction": _corrections(story),
        }
    )


def radio_station(station: StationView) -> Thing:
    """A station as the place that it is and the service that it broadcasts."""
    licensee = the_licensee()
    street, town = licensee.address_lines[0], licensee.address_lines[-1]
    return {
        "@context": CONTEXT,
        "@graph": [
            _said(
                {
                    "@type": "RadioStation",
                    "@id": f"{_home(station)}#station",
                    "name": station.name,
                    "url": _home(station),
                    "slogan": station.tagline,
                    "telephone": licensee.phone,
                    "email": licensee.email,
                    "address": {"@type": "PostalAddress", "streetAddress": street, "addressLocality": town},
                    "parentOrganization": {"@type": "NGO", "name": licensee.legal_name, "taxID": licensee.ein},
                    "potentialAction": {
                        "@type": "DonateAction",
                        "target": f"{settings().base_url}/give?station={station.slug}",
                    },
                }
            ),
            _said(
                {
                    "@type": "RadioBroadcastService",
                    "name": station.name,
                    "callSign": station.call_sign,
                    "broadcastFrequency": f"{station.frequency} FM",
                    "broadcastDisplayName": station.name,
                    "broadcastTimezone": licensee.timezone,
                    "inLanguage": "en",
                    "broadcaster": {"@id": f"{_home(station)}#station"},
                    "broadcastAffiliateOf": {"@type": "Organization", "name": "NPR", "url": "https://www.npr.org/"},
                }
            ),
        ],
    }


def _authors(story: StoryView, station: StationView) -> list[Thing]:
    if not story.people:
        return [{"@type": "Person" if story.byline else "Organization", "name": story.byline or story.owner}]
    here = f"{settings().base_url}/{station.slug}/person"
    return [
        _said({"@type": "Person", "name": each.name, "url": f"{here}/{each.slug}" if each.slug else ""})
        for each in story.people
    ]


def _pictures(story: StoryView) -> list[str]:
    """The picture, and its crops where it is our own: search engines choose the shape that they want."""
    if not (story.image and story.image.get("url")):
        return []
    crops = (each["url"] for each in story.image.get("crops", {}).values())
    return [_whole(url) for url in (story.image["url"], *crops)]


def _corrections(story: StoryView) -> list[Thing]:
    return [
        _said({"@type": "CorrectionComment", "text": plain(each["html"]), "datePublished": each.get("at")})
        for each in story.blocks
        if each["type"] == "correction"
    ]


def _said(thing: Thing) -> Thing:
    """Without what is not known."""
    return {name: value for name, value in thing.items() if value not in ("", None, [])}


def _home(station: StationView) -> str:
    return _whole(station.home_url)


def _whole(url: str) -> str:
    return settings().base_url + url if url.startswith("/") else url
