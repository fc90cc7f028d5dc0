"""The form of the gallery: one field of each kind, fresh, refused, and with more words than anyone planned for."""

from __future__ import annotations

from wtforms import BooleanField, ColorField, Form, RadioField, SelectField, StringField, TextAreaField

LONG = (
    "Wolfeschlegelsteinhausenbergerdorff y Fernández de Córdoba, who moved here from Llanfairpwllgwyngyll and gives "
    "in memory of her grandmother"
)
FIELDS = ("name", "note", "section", "amount", "often", "thanks")


class Sample(Form):
    """Every kind of field that parts/forms.html draws."""

    name = StringField("Name in credits", description="As it is read on the air.")
    note = TextAreaField("What was done")
    section = SelectField("Section", choices={"water": "Water", "arts": "Arts and culture"})
    amount = StringField("Amount")
    often = RadioField("How often?", choices={"month": "Monthly", "once": "One time"})
    thanks = BooleanField("Send me news of the station by email")
    color = ColorField("Colour of the bar")


def plain() -> Sample:
    """As a page first shows it."""
    return Sample(prefix="plain-")


def wrong() -> Sample:
    """After a refusal: each field says what happened and how to mend it."""
    form = Sample(prefix="wrong-", data={"amount": "ten", "name": "KNPR"})
    said = {
        "name": "Somebody has this name already. Add the town, such as Desert Books, Henderson.",
        "note": "Write a line about what was done.",
        "section": "Choose the section that the story stands in.",
        "amount": "Type an amount such as 12 or 12.50.",
        "often": "Choose how often you give.",
        "thanks": "Tick this, or leave your email address out.",
        "color": "Choose a darker colour: the words on it cannot be read.",
    }
    for name, words in said.items():
        form[name].errors = [words]
    return form


def long() -> Sample:
    """With long words and long answers."""
    form = Sample(prefix="long-", data=dict.fromkeys(("name", "note", "amount"), LONG))
    for name in FIELDS:
        form[name].label.text = f"{form[name].label.text} for {LONG}"
    form.often.choices = {"month": f"Every month until {LONG}", "once": "One time"}
    return form
