"""Forms of mailings: the words and the list, tests, and the last questions before it goes and when it stops."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length

from station.core.words import counted
from station.mail import queries as mail
from station.mail.models import LanguageRule
from station.mail.places import MAILING_LISTS
from station.mail.policies.mailings import MOST, Words, entries
from station.mail.queries import mailings as queries
from station.mail.queries.mailings import MailingView
from station.mail.services.mailings import Wish

RULES = {
    LanguageRule.THEIRS.value: "Each in their language",
    LanguageRule.ENGLISH.value: "English for everybody",
    LanguageRule.SPANISH.value: "Spanish for everybody",
}
LONG = "Use at most {} characters."


def _at_most(many: int) -> list[Length]:
    return [Length(max=many, message=LONG.format(f"{many:,}"))]


class WordsForm(Form):
    """The words in one language. Nothing is demanded here: a draft may be saved as it is, and the checks say all."""

    subject = StringField("Subject", _at_most(200))
    preheader = StringField("Preview line", _at_most(150), description="Stands beside the subject in the inbox.")
    headline = StringField("Headline", _at_most(150))
    body = TextAreaField(
        "Text",
        _at_most(20_000),
        description="An empty line begins a paragraph. {first_name} and {name} are filled for each reader; "
        "{first_name|neighbor} says what to write where the name is not known.",
    )
    button = StringField("Button", _at_most(60), description="What it does: “Give now”.")
    button_url = StringField(
        "Address behind the button", _at_most(500), description="Such as https://example.org/give"
    )

    @property
    def words(self) -> Words:
        """What was typed."""
        return Words.of(self.data)


class MailingForm(FlaskForm):
    """A mailing as somebody writes it. `attempt` is the id it gets, `based_on` the version that was opened."""

    attempt = HiddenField()
    based_on = HiddenField()
    name = StringField(
        "Name",
        [DataRequired("Give it a name, for the desk."), *_at_most(120)],
        description="For the desk. Readers do not see it.",
    )
    topic = SelectField("What it is about", description="People who turned this topic down do not get it.")
    people = SelectField("Who gets it")
    pasted = TextAreaField(
        "Pasted list",
        description=f"Only for “A pasted list”: addresses or ids of members, one a line, or rows of a table with "
        f"one of them. At most {MOST:,} lines.",
    )
    language_rule = RadioField("Language", choices=dict(RULES), default=LanguageRule.THEIRS.value)
    en = FormField(WordsForm, "English")
    es = FormField(WordsForm, "Spanish")

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.topic.choices = {each.code: each.said("en").name for each in mail.topics()}
        self.people.choices = _lists()

    @classmethod
    def of(cls, view: MailingView) -> MailingForm:
        """The form, filled with a mailing."""
        pasted = queries.pasted_text(view.id) if view.list_code == queries.PASTED else ""
        return cls(
            data={
                "attempt": view.public_id,
                "based_on": str(view.version),
                "name": view.name,
                "topic": view.topic,
                "people": f"{view.list_code}:{view.list_choice}",
                "pasted": pasted,
                "language_rule": view.language_rule.value,
                **{language: _typed(words) for language, words in view.words.items()},
            }
        )

    def validate_pasted(self, field: TextAreaField) -> None:
        if self.people.data != f"{queries.PASTED}:":
            return
        good, bad = entries(field.data or "")
        if bad:
            shown = ", ".join(f"“{line}”" for line in bad[:3])
            hold = counted(len(bad), "line holds", "lines hold")
            raise ValidationError(f"{hold} neither an address nor a member id, such as {shown}.")
        if not good:
            raise ValidationError("Paste at least one address or member id.")
        if len(good) > MOST:
            raise ValidationError(f"These are {len(good):,} lines; a pasted list may have {MOST:,}.")

    @property
    def wish(self) -> Wish:
        """The mailing as it was typed; languages without a word are left out."""
        code, _, choice = (self.people.data or "").partition(":")
        words = {"en": self.en.form.words, "es": self.es.form.words}
        return Wish(
            name=(self.name.data or "").replace("\x00", "").strip(),
            topic=self.topic.data,
            language_rule=LanguageRule(self.language_rule.data),
            list_code=code,
            list_choice=choice,
            entries=entries(self.pasted.data or "")[0] if code == queries.PASTED else (),
            words={language: said for language, said in words.items() if not said.empty},
        )


class TestForm(FlaskForm):
    """To whom a test goes: people of the desk."""

    __test__ = False  # pytest takes its name for a test's

    attempt = HiddenField()
    to = SelectMultipleField("Send it to")

    def __init__(self, people: Mapping[str, str], *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.to.choices = {email: f"{name} <{email}>" for email, name in people.items()}

    def validate_to(self, field: SelectMultipleField) -> None:
        if not field.data:
            raise ValidationError("Choose at least one person.")


class SendForm(FlaskForm):
    """The last question: how many get it, typed by whoever lets a large one go, and why, for a second person."""

    count = StringField("How many people get it")
    reason = StringField("What it is for", _at_most(300), description="For the second person who decides.")

    def __init__(self, getting: int, alone: int, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.getting, self.large = getting, getting > alone

    def validate_count(self, field: StringField) -> None:
        if self.large and re.sub(r"[\s,]", "", field.data or "") != str(self.getting):
            raise ValidationError(
                f"Type the number {self.getting:,}, so that nobody writes to more people than they mean."
            )

    def validate_reason(self, field: StringField) -> None:
        if self.large and not (field.data or "").strip():
            raise ValidationError("Say what it is for, in a few words.")


class StopForm(FlaskForm):
    """Why a mailing is called off."""

    reason = StringField("Why it is stopped", [DataRequired("Say why, in a few words."), *_at_most(300)])


def _lists() -> dict[str, str]:
    found = dict[str, str]()
    for each in MAILING_LISTS:
        choices = each.choices()
        found |= {f"{each.code}:{c.value}": f"{each.title}: {c.label}" for c in choices}
        found |= {} if choices else {f"{each.code}:": each.title}
    return {**found, f"{queries.PASTED}:": "A pasted list"}


def _typed(words: Words) -> dict[str, str]:
    return {name: getattr(words, name) for name in Words.__dataclass_fields__}
