"""The fields of each type of block."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, Form, SelectField, StringField, TextAreaField

from station.news.policies.editing import LEVELS


class TextFields(Form):
    text = TextAreaField("Text", description="Markdown: **bold**, *italic*, [words](https://…), - lists, > quotes.")


class HeadingFields(Form):
    text = StringField("Heading")
    level = SelectField("Size", validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.level.choices = [(LEVELS[0], "Large"), (LEVELS[1], "Small")]


class ImageFields(Form):
    media = StringField("Upload", description="One that was sent in. Its own words stand where you write none.")
    url = StringField("Address of the picture", description="Begins with https://.")
    width = StringField("Width in pixels")
    height = StringField("Height in pixels")
    alt = TextAreaField("Description", description="What can be seen, for those who cannot see it.")
    decorative = BooleanField("It only decorates: nothing is lost without seeing it")
    caption = TextAreaField("Caption", description="What readers see under it.")
    credit = StringField("Credit", description="Who made it, and for whom: Ana Peña / KNPR.")


class AudioFields(Form):
    media = StringField("Upload", description="One that was sent in, instead of an address.")
    url = StringField("Address of the recording", description="Begins with https://.")
    title = StringField("Title")
    length = StringField("Length", description="Such as 4:58.")
    transcript = TextAreaField("Transcript", description="What is said, word for word.")


class QuoteFields(Form):
    text = TextAreaField("Quote", description="Without quotation marks.")
    who = StringField("Who said it")


class EmbedFields(Form):
    url = StringField(
        "Address", description="Of the video or post. Readers get a link with its title, never a frame."
    )
    title = StringField("Title")


class CardFields(Form):
    url = StringField("Address", description="https://… or one of ours, such as /news/story/….")
    title = StringField("Title of the other story")
    label = StringField("Label", description="“Read also” without one.")
    teaser = TextAreaField("Teaser")


class LinkFields(Form):
    url = StringField("Address", description="https://… or one of ours, such as /news/section/water.")
    text = StringField("Words of the link")


FORMS: dict[str, type[Form]] = {
    "text": TextFields,
    "heading": HeadingFields,
    "image": ImageFields,
    "audio": AudioFields,
    "quote": QuoteFields,
    "embed": EmbedFields,
    "card": CardFields,
    "link": LinkFields,
}
