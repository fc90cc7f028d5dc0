"""Mailings of the demonstration: one that is frozen and waits to be let go, and one that is being written."""

from __future__ import annotations

from station.core.actor import Actor
from station.core.db import db
from station.core.ids import new_id
from station.mail.models import LanguageRule, Mailing
from station.mail.policies.mailings import Words
from station.mail.services import mailings as services
from station.mail.services.mailings import Wish

ENGLISH = Words(
    subject="The fall drive begins on Monday, {first_name|neighbor}",
    preheader="Five days, one goal, and fewer interruptions if we reach it early.",
    headline="Good morning, {first_name|neighbor}",
    body="On Monday the fall drive begins. It lasts five days, and each gift that comes in before then makes it "
    "shorter.\n\nYou have kept both stations on the air. If you would like to give again, the button takes you "
    "there; if not, thank you for listening.",
    button="Give before Monday",
    button_url="https://example.org/give",
)
SPANISH = Words(
    subject="La campaña de otoño empieza el lunes",
    preheader="Cinco días y una meta.",
    headline="Buenos días, {first_name}",
    body="El lunes empieza la campaña de otoño. Dura cinco días, y cada donativo que llegue antes la acorta.\n\n"
    "Usted mantiene las dos emisoras al aire. Si desea volver a donar, el botón le lleva allí; si no, gracias por "
    "escucharnos.",
    button="Donar antes del lunes",
    button_url="https://example.org/es/give",
)
BEGUN = Words(headline="Thank you, {first_name}")


def letters_to_many(actor: Actor) -> None:
    """Write both. Nothing is sent: a person lets the frozen one go."""
    session = db.session()
    frozen = services.write_mailing(new_id(), _wish("Fall drive", {"en": ENGLISH, "es": SPANISH}), actor)
    row = session.get_one(Mailing, frozen)
    row.tested_version = row.version  # as if somebody had read a test: a demonstration sends none
    session.flush()
    services.check(frozen, actor)
    services.freeze(frozen, actor)
    while services.freeze_some(frozen):
        pass
    services.write_mailing(new_id(), _wish("Thank-you at the end of the year", {"en": BEGUN}), actor)


def _wish(name: str, words: dict[str, Words]) -> Wish:
    return Wish(name, "drives", LanguageRule.THEIRS, "everybody", "", (), words)
