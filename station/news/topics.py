"""NPR's main topics and programs by CDS collection id (facts of npr.org/sections and npr.org/programs)."""

from __future__ import annotations

TOPICS: dict[str, str] = {
    "1001": "News",
    "1003": "U.S.",
    "1004": "World",
    "1006": "Business",
    "1007": "Science",
    "1008": "Arts & Life",
    "1009": "Middle East",
    "1013": "Education",
    "1014": "Politics",
    "1015": "Race",
    "1016": "Religion",
    "1017": "Economy",
    "1018": "Your Money",
    "1019": "Technology",
    "1020": "Media",
    "1024": "Research News",
    "1025": "Environment",
    "1026": "Space",
    "1027": "Health Care",
    "1032": "Books",
    "1039": "Music",
    "1045": "Movies",
    "1048": "Pop Culture",
    "1049": "Digital Life",
    "1053": "Food",
    "1055": "Sports",
    "1057": "Opinion",
    "1059": "Analysis",
    "1066": "Your Health",
    "1070": "Law",
    "1091": "Around the Nation",
    "1106": "Music News",
    "1122": "National Security",
    "1124": "Europe",
    "1125": "Asia",
    "1126": "Africa",
    "1127": "Latin America",
    "1128": "Health",
    "1129": "Humans",
    "1135": "Medical Treatments",
    "1136": "History",
    "1138": "Television",
    "1161": "Book News & Features",
}

PROGRAMS: dict[str, str] = {
    "2": "All Things Considered",
    "3": "Morning Edition",
    "7": "Weekend Edition Saturday",
    "10": "Weekend Edition Sunday",
    "13": "Fresh Air",
    "35": "Wait Wait...Don't Tell Me!",
    "61": "Science Friday",
}

# Services of NPR's organisation directory that own documents: how the copyright line names them, and where it points.
OWNERS: dict[str, tuple[str, str]] = {"s1": ("NPR", "https://www.npr.org/")}
