"""What the demonstration consists of, as tables of data: the licensee, its stations, staff, sections, asks, sponsors.

Everything is invented. Telephone numbers are of the block kept for fiction (555-0100 to 555-0199); addresses on the
web and in mail are on domains kept for examples (RFC 2606).
"""

from __future__ import annotations

from dataclasses import dataclass

from station.accounts.models import Role
from station.licensee.services import LicenseeFacts, StationFacts

SEED = 889
EMAIL = "demo@example.org"
PASSWORD = "cactus-wren-at-first-light"  # noqa: S105  # printed at every start; refused in production
TOTP_SECRET = "DESERTRADIODESERTRADIODESERTRADI"  # noqa: S105  # base 32

LICENSEE = LicenseeFacts(
    legal_name="Desert Public Radio Association",
    short_name="Desert Public Radio",
    ein="88-0000001",
    address_lines=["1289 Example Drive", "Las Vegas, NV 89146"],
    phone="702-555-0188",
    email="membership@example.org",
)
STATIONS = (
    StationFacts(
        "news", "News", "88.9", "KNPR", "The news of southern Nevada", "news", "https://stream.example.org/knpr.mp3"
    ),
    StationFacts(
        "classical",
        "Classical",
        "89.7",
        "KCNV",
        "Music for the desert",
        "classical",
        "https://stream.example.org/kcnv.mp3",
    ),
)
STAFF = (
    ("Robin Castellanos", EMAIL, Role.ADMIN),
    ("Bettina Osei", "development@example.org", Role.DEVELOPMENT),
    ("Graham Yazzie", "underwriting@example.org", Role.UNDERWRITING),
    ("Lucía Brandvold", "news@example.org", Role.NEWS),
    ("Hattie Nakamura", "volunteer@example.org", Role.VOLUNTEER),
    ("Percival Adeyemi", "auditor@example.org", Role.AUDITOR),
)
# an old address, where it leads, and why it is redirected
MOVED = ("/2019/12/30/lake-levels", "/news/section/water", True, True, "From the site before this one")

SECTIONS = {
    "news": (
        ("water", "Water"),
        ("housing", "Housing"),
        ("environment", "Environment"),
        ("parks", "Parks"),
        ("education", "Education"),
        ("transportation", "Getting Around"),
        ("health", "Health"),
        ("science", "Science"),
        ("culture", "Arts and Culture"),
        ("community", "Community"),
    ),
    "classical": (
        ("features", "Features"),
        ("concerts", "Concerts"),
        ("playlists", "Playlists"),
        ("learning", "Learning"),
    ),
}
ASKS = {
    "news": "Nobody stopped you at the door of this story, and nobody will at the next one. Read all of them: we "
    "keep no count.\n\n"
    "The reporter, the editor and the transmitter on the hill are paid for by people who decided that their "
    "neighbors should hear the news too. If you are one of them, {minimum} a month is a real part of it.",
    "classical": "There was music here before you arrived, and it will go on when you leave. It costs nothing to "
    "listen, tonight or any night.\n\n"
    "It is played for everyone because some of you pay for it. Join them with {minimum} a month, and "
    "the next piece is partly yours.",
}


@dataclass(frozen=True)
class Booking:
    """A sponsor with one flight at one station: first and last day counted from today, and its credit's words."""

    organisation: str
    credit_name: str
    station: str
    first: int
    last: int
    copy: str
    approved: bool = True

    @property
    def host(self) -> str:
        """The sponsor's own corner of the example domain."""
        return "".join(letter for letter in self.credit_name.lower() if letter.isascii() and letter.isalnum())


SPONSORS = (
    Booking(
        "Mesquite & Main Booksellers LLC",
        "Mesquite & Main Books",
        "news",
        -40,
        50,
        "An independent bookshop on Main Street, with books in English and Spanish and a reading room upstairs.",
    ),
    Booking(
        "Red Ledge Solar Cooperative",
        "Red Ledge Solar Cooperative",
        "news",
        -12,
        78,
        "Designing, installing and maintaining rooftop solar for homes and schools in Clark and Nye counties.",
    ),
    Booking(
        "Arroyo Seco Family Clinics",
        "Arroyo Seco Family Clinics",
        "news",
        -5,
        25,
        "Family medicine, pediatrics and dentistry at four locations across the valley, with evening hours.",
    ),
    Booking(
        "Tin Roof Hardware Inc.",
        "Tin Roof Hardware",
        "news",
        -160,
        -31,
        "Tools, irrigation parts and native plants, serving Henderson since 1987.",
    ),
    Booking(
        "Basin & Range Surveyors",
        "Basin & Range Surveyors",
        "news",
        9,
        99,
        "Land surveying and mapping for builders, ranches and local governments in southern Nevada.",
        approved=False,
    ),
    Booking(
        "Caliche Tile Importers",
        "Caliche Tile",
        "classical",
        -30,
        60,
        "Handmade tile from workshops in Puebla and Fez, at the warehouse on Industrial Road.",
    ),
    Booking(
        "Prewitt & Daughters Violins",
        "Prewitt & Daughters",
        "classical",
        -8,
        112,
        "Makers and repairers of violins, violas and cellos, and lenders of instruments to schools.",
    ),
    Booking(
        "The Larkspur Residences",
        "The Larkspur Residences",
        "classical",
        -200,
        -60,
        "A community for people of 55 and older, with a concert room and gardens, near Sunset Park.",
    ),
    Booking(
        "Two Pianos Studio",
        "Two Pianos Studio",
        "classical",
        6,
        66,
        "Lessons in piano, theory and accompaniment for children and adults in Summerlin.",
        approved=False,
    ),
)
