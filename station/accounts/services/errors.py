"""What the services of this package raise, for forms to put into words."""

from __future__ import annotations


class AccountsError(Exception):
    """Base of the refusals below; its text is fit for the page."""


class SignInRefused(AccountsError):
    """Email and password do not belong together (or nobody has that email: the answer is the same)."""


class CodeRefused(AccountsError):
    """A one-time or recovery code that is wrong or was used before."""


class PasswordRefused(AccountsError):
    """A new password that is too weak, or a present one that is wrong."""


class PasskeyRefused(AccountsError):
    """A passkey that could not be added."""


class LastFactor(AccountsError):
    """The change would leave someone without a second factor."""


class ConfirmationRefused(AccountsError):
    """Someone who is signed in could not prove it again."""


class TooManyTries(AccountsError):
    """The rate limit of a door is used up."""


class LinkSpent(AccountsError):
    """A link that was used, has expired, or never was."""


class LastAdmin(AccountsError):
    """The change would leave nobody who can run the desk."""


class EmailTaken(AccountsError):
    """Another member of staff has this address."""


class AlreadyAsked(AccountsError):
    """The same has been asked for this subject, and still waits."""


class ApprovalRefused(AccountsError):
    """This person may not decide this, or not any more."""


class ApprovalStale(AccountsError):
    """What was asked for cannot be carried out any more; raised by whoever carries it out. Nothing is decided."""
