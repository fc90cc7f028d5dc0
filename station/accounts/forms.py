"""Forms of the sign-in pages and of the staff pages."""

from __future__ import annotations

from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from station.accounts.models import Role

ROLE_WORDS = {
    Role.ADMIN: "Admin: everything, and who works at the desk",
    Role.DEVELOPMENT: "Development: members, gifts, receipts and mail",
    Role.UNDERWRITING: "Underwriting: sponsors, flights and credits",
    Role.NEWS: "News: stories and homepages",
    Role.VOLUNTEER: "Volunteer: the phone room",
    Role.AUDITOR: "Auditor: reads everything, changes nothing",
}


def real_email(form: FlaskForm, field: EmailField) -> None:
    """Refuse what cannot be an email address. Asks no name server."""
    try:
        validate_email(field.data or "", check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise ValidationError("Type an email address such as ana@example.org.") from error


class SignInForm(FlaskForm):
    """The first step."""

    email = EmailField("Email address", [InputRequired("Type your email address."), Length(max=254)])
    password = PasswordField("Password", [InputRequired("Type your password."), Length(max=1000)])


class CodeForm(FlaskForm):
    """The second step: a code of the app, or a recovery code."""

    code = StringField("Code", [InputRequired("Type the code."), Length(max=40)])


class ConfirmForm(FlaskForm):
    """The password and a code once more. Its token is that of the request it stands in the way of."""

    class Meta:
        csrf = False

    password = PasswordField("Password", [InputRequired("Type your password."), Length(max=1000)])
    code = StringField("Code", [InputRequired("Type the code."), Length(max=40)])


class JoinForm(FlaskForm):
    """A new password and a new second factor."""

    password = PasswordField("Password", [InputRequired("Choose a password."), Length(max=1000)])
    again = PasswordField("Password again", [InputRequired("Type the password a second time.")])
    code = StringField("Six-digit code", [InputRequired("Type the six digits that your app shows."), Length(max=40)])

    def validate_again(self, field: PasswordField) -> None:
        if field.data != self.password.data:
            raise ValidationError("The two passwords differ. Type the same one twice.")


class SecondFactorForm(FlaskForm):
    """A new second factor for someone who has a password."""

    password = PasswordField("Your password", [InputRequired("Type your password."), Length(max=1000)])
    code = StringField("Six-digit code", [InputRequired("Type the six digits that your app shows."), Length(max=40)])


class Roles(SelectMultipleField):
    """Roles as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: str = "Roles", **kwargs: Any) -> None:
        super().__init__(label, choices={role.value: words for role, words in ROLE_WORDS.items()}, **kwargs)

    @property
    def roles(self) -> list[Role]:
        return [Role(value) for value in self.data or []]


class PasskeyForm(FlaskForm):
    """A browser's answer with a passkey, as JSON. The script of the page fills it in."""

    answer = StringField("Answer")


class AddPasskeyForm(PasskeyForm):
    """A new passkey, and what its owner calls it."""

    name = StringField("Name", [Length(max=60)])


class RolesForm(FlaskForm):
    """Which roles a person has."""

    roles = Roles(validators=[InputRequired("Choose at least one role, or disable the account instead.")])


class InviteForm(FlaskForm):
    """Someone new at the desk."""

    name = StringField("Name", [DataRequired("Type their name."), Length(max=120)])
    email = EmailField("Email address", [DataRequired("Type their email address."), Length(max=254), real_email])
    roles = Roles(validators=[InputRequired("Choose at least one role.")])


class DecisionForm(FlaskForm):
    """A second person's yes or no, and why. The button that was pressed says which."""

    note = TextAreaField("Why", [DataRequired("Write a line about why you decide so."), Length(max=2000)])
    decision = StringField("Decision", [AnyOf(["yes", "no"], "Choose Approve or Refuse.")])


class NoteForm(FlaskForm):
    """What was done about a work item."""

    note = TextAreaField("What was done", [DataRequired("Write a line about what was done."), Length(max=2000)])
