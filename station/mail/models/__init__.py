"""Tables of mail."""

from station.mail.models.consent import Consent, ConsentSource, Preference
from station.mail.models.control import MailProvider, MailStop, StopScope
from station.mail.models.inbound import Bounce, InboundKind, InboundMail, InboundWay, MatchedBy, Severity
from station.mail.models.mailing import (
    LanguageRule,
    LeftOut,
    Mailing,
    MailingEntries,
    MailingRecipient,
    MailingState,
    MailingVersion,
    RecipientState,
)
from station.mail.models.outgoing import MailState, OutgoingMail, Stream
from station.mail.models.suppression import Suppression, SuppressionReason

__all__ = [
    "Bounce",
    "Consent",
    "ConsentSource",
    "InboundKind",
    "InboundMail",
    "InboundWay",
    "LanguageRule",
    "LeftOut",
    "MailProvider",
    "MailState",
    "MailStop",
    "Mailing",
    "MailingEntries",
    "MailingRecipient",
    "MailingState",
    "MailingVersion",
    "MatchedBy",
    "OutgoingMail",
    "Preference",
    "RecipientState",
    "Severity",
    "StopScope",
    "Stream",
    "Suppression",
    "SuppressionReason",
]
