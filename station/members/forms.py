"""Forms of the members' pages."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email
from flask_wtf import FlaskForm
from wtforms import EmailField, SelectField, StringField, ValidationError
from wtforms.validators import Length

from station.members.models import MemberKind
from station.members.queries import MemberView

LANGUAGES = {"en": "English", "es": "Spanish"}


class MemberForm(FlaskForm):
    """What a member is called, and where mail goes. A person has name parts, an organisation a name."""

    given_name = StringField("First name", [Length(max=100, message="Use at most 100 characters.")])
    family_name = StringField("Last name", [Length(max=100, message="Use at most 100 characters.")])
    name = StringField("Name", [Length(max=100, message="Use at most 100 characters.")])
    email = EmailField("Email address", [Length(max=254, message="Use at most 254 characters.")])
    language = SelectField("Language of letters and receipts", choices=dict(LANGUAGES))

    @classmethod
    def of(cls, view: MemberView) -> MemberForm:
        """The form, filled with what is on file, without what this kind of member does not have."""
        form = cls(obj=view)
        if view.kind is MemberKind.ORGANISATION:
            del form.given_name, form.family_name
        else:
            del form.name
        return form

    def text(self, name: str) -> str:
        """What was typed into a field, or nothing where this kind of member has no such field."""
        return (self[name].data or "") if name in self else ""

    def validate_name(self, field: StringField) -> None:
        if not (field.data or "").strip():
            raise ValidationError("Type the name of the organisation.")

    def validate_given_name(self, field: StringField) -> None:
        if not (self.text("given_name") + self.text("family_name")).strip():
            raise ValidationError("Type a first name, a last name, or both.")

    def validate_email(self, field: EmailField) -> None:
        if not (field.data or "").strip():
            return
        try:
            validate_email(field.data or "", check_deliverability=False, test_environment=True)
        except EmailNotValidError as error:
            raise ValidationError("Type an email address such as ana@example.org.") from error
