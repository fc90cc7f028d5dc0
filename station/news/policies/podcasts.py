"""What podcast directories ask of a show, on plain values.

Apple's rules: "A Podcaster's Guide to RSS", "Show cover", "Apple Podcasts categories".
"""

from __future__ import annotations

import re

OURS = re.compile(r"/(?!/)[A-Za-z0-9/._-]+\Z")
THEIRS = re.compile(r"https://[A-Za-z0-9.-]+(:\d+)?/[^\s<>\"\\]*\Z")
PICTURES = (".png", ".jpg", ".jpeg")
BRANDS = ("news", "classical")  # those with a picture of their own in static/img

# Apple's categories: each may stand alone, or with one of those inside it.
CATEGORIES: dict[str, tuple[str, ...]] = {
    "Arts": ("Books", "Design", "Fashion & Beauty", "Food", "Performing Arts", "Visual Arts"),
    "Business": ("Careers", "Entrepreneurship", "Investing", "Management", "Marketing", "Non-Profit"),
    "Comedy": ("Comedy Interviews", "Improv", "Stand-Up"),
    "Education": ("Courses", "How To", "Language Learning", "Self-Improvement"),
    "Fiction": ("Comedy Fiction", "Drama", "Science Fiction"),
    "Government": (),
    "Health & Fitness": ("Alternative Health", "Fitness", "Medicine", "Mental Health", "Nutrition", "Sexuality"),
    "History": (),
    "Kids & Family": ("Education for Kids", "Parenting", "Pets & Animals", "Stories for Kids"),
    "Leisure": (
        "Animation & Manga",
        "Automotive",
        "Aviation",
        "Crafts",
        "Games",
        "Hobbies",
        "Home & Garden",
        "Video Games",
    ),
    "Music": ("Music Commentary", "Music History", "Music Interviews"),
    "News": (
        "Business News",
        "Daily News",
        "Entertainment News",
        "News Commentary",
        "Politics",
        "Sports News",
        "Tech News",
    ),
    "Religion & Spirituality": (
        "Buddhism",
        "Christianity",
        "Hinduism",
        "Islam",
        "Judaism",
        "Religion",
        "Spirituality",
    ),
    "Science": (
        "Astronomy",
        "Chemistry",
        "Earth Sciences",
        "Life Sciences",
        "Mathematics",
        "Natural Sciences",
        "Nature",
        "Physics",
        "Social Sciences",
    ),
    "Society & Culture": ("Documentary", "Personal Journals", "Philosophy", "Places & Travel", "Relationships"),
    "Sports": (
        "Baseball",
        "Basketball",
        "Cricket",
        "Fantasy Sports",
        "Football",
        "Golf",
        "Hockey",
        "Rugby",
        "Running",
        "Soccer",
        "Swimming",
        "Tennis",
        "Volleyball",
        "Wilderness",
        "Wrestling",
    ),
    "TV & Film": ("After Shows", "Film History", "Film Interviews", "Film Reviews", "TV Reviews"),
    "Technology": (),
    "True Crime": (),
}
BETWEEN = " > "  # "News > Politics"


def categories() -> list[str]:
    """Every category as it is chosen: "News", "News > Politics" …"""
    return [
        choice
        for name, inside in CATEGORIES.items()
        for choice in (name, *(f"{name}{BETWEEN}{each}" for each in inside))
    ]


def category_parts(chosen: str, music: bool) -> list[str]:
    """A chosen category from the outside in; without a choice what a station of that format most likely is."""
    return chosen.split(BETWEEN) if chosen else ["Music" if music else "News"]


def artwork_fault(address: str) -> str:
    """What is wrong with the address of a show's picture, in words; empty when it can be used.

    Apple takes JPEG and PNG, and tells them by the ending of the address. One of our own may stand without host.
    """
    if not (THEIRS.match(address) or OURS.match(address)):
        return "Enter an address that starts with https://"
    if not address.partition("?")[0].lower().endswith(PICTURES):
        return "The address has to end in .jpg or .png: podcast programs take no other pictures."
    return ""


def artwork_of(brand: str) -> str:
    """The static file that stands for a show without a picture of its own."""
    return f"img/podcast-{brand if brand in BRANDS else BRANDS[0]}.png"
