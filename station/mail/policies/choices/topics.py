"""What people may have mail about: the topics of commercial mail, as data, in English and Spanish.

Every appeal, newsletter, renewal and drive letter is treated as commercial (15 USC 7702(2); asking for gifts alone
may lie outside, but a letter that also offers tickets does not). Receipts and notices have no topic, and nobody turns
them off (15 USC 7702(17)).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LANGUAGES = ("en", "es")
VERSION = "2026-11"  # of the words below: tests/mail/test_topics.py asks for a new one when they change
ALL = "all"  # the standing answer “none at all”; not a topic of any letter
EXCHANGE = "exchange"  # whether name and address may be exchanged with other nonprofits; not a topic either


@dataclass(frozen=True)
class Said:
    """A name and one line about it, in one language."""

    name: str
    line: str


@dataclass(frozen=True)
class Topic:
    """A kind of mail. Members get those that are not `asked_first` until they say no, the others once they ask."""

    code: str
    words: Mapping[str, Said]
    asked_first: bool = False
    commercial: bool = True

    def said(self, language: str) -> Said:
        """Its words in a language; English where there are none."""
        return self.words.get(language, self.words["en"])


APPEALS = Topic(
    "renewals",
    {
        "en": Said("Appeals and renewals", "Requests for your support, and a word when your membership runs out."),
        "es": Said(
            "Peticiones de apoyo y renovaciones",
            "Peticiones de apoyo y un aviso cuando su membresía está por terminar.",
        ),
    },
)
DRIVES = Topic(
    "drives",
    {
        "en": Said("Pledge drives", "How a drive stands and what it needs, while it runs; a few times a year."),
        "es": Said(
            "Campañas de donativos", "Cómo va la campaña y qué le falta, mientras dura; unas pocas veces al año."
        ),
    },
)
EVENTS = Topic(
    "events",
    {
        "en": Said("Events", "Concerts, talks and evenings with the people you hear on the air."),
        "es": Said("Eventos", "Conciertos, charlas y encuentros con las voces que escucha en la radio."),
    },
    asked_first=True,
)
BENEFITS = Topic(
    "benefits",
    {
        "en": Said("Member benefits", "Ticket drawings, discounts and new thank-you gifts for members."),
        "es": Said("Beneficios para miembros", "Sorteos de boletos, descuentos y nuevos regalos para miembros."),
    },
)
NEWSLETTER = {
    "en": Said("Newsletter of {station}", "Stories and programs of {station}, picked by the people who make them."),
    "es": Said("Boletín de {station}", "Reportajes y programas de {station}, elegidos por quienes los hacen."),
}
EXCHANGES = Topic(
    EXCHANGE,
    {
        "en": Said(
            "Leave me out of list exchanges",
            "From time to time we exchange names and addresses with other nonprofits, so that they and we find new "
            "members. We never sell or rent them, and never give them to parties, candidates or telemarketers.",
        ),
        "es": Said(
            "No incluirme en intercambios de listas",
            "De vez en cuando intercambiamos nombres y direcciones con otras organizaciones sin fines de lucro, para "
            "que ellas y nosotros encontremos nuevos miembros. Nunca los vendemos ni los alquilamos, y nunca los "
            "damos a partidos, candidatos ni empresas de telemercadeo.",
        ),
    },
    commercial=False,
)
NONE_AT_ALL = Topic(
    ALL,
    {
        "en": Said("None at all", "No mail about any of this. Receipts and notices about your gifts still come."),
        "es": Said(
            "Nada de esto",
            "Ningún correo sobre estos temas. Los recibos y avisos sobre sus donativos siguen llegando.",
        ),
    },
    commercial=False,
)
UNKNOWN = {"en": Said("This kind of mail", ""), "es": Said("Este tipo de correo", "")}


def newsletter(slug: str, station: str) -> Topic:
    """The newsletter of a station, by its slug and its name."""
    words = {
        language: Said(said.name.format(station=station), said.line.format(station=station))
        for language, said in NEWSLETTER.items()
    }
    return Topic(f"newsletter.{slug}", words, asked_first=True)


def topics_of(stations: Iterable[tuple[str, str]]) -> tuple[Topic, ...]:
    """All topics of a house with these stations (slug and name), in the order of the page."""
    return (APPEALS, DRIVES, *(newsletter(slug, name) for slug, name in stations), EVENTS, BENEFITS)


def retired(code: str) -> Topic:
    """A topic that is no longer in the data; a link to it in an old letter still has to work."""
    return Topic(code, UNKNOWN, asked_first=True)
