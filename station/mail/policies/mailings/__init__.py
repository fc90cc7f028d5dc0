"""Pure rules of mailings."""

from station.mail.policies.mailings.checks import HTML_MOST, SUBJECT_LONGEST, Facts, Letter, Problem, problems
from station.mail.policies.mailings.graph import BEGUN, LISTED, MAILING, OPEN, MailingEdge
from station.mail.policies.mailings.pace import LOOKED_BACK, Pace, pace
from station.mail.policies.mailings.pasted import MOST, entries
from station.mail.policies.mailings.words import (
    FIELDS,
    LANGUAGES,
    Words,
    as_html,
    as_text,
    fill,
    language_of,
    links,
    read,
    stored,
    wrong_fields,
)

__all__ = [
    "BEGUN",
    "FIELDS",
    "HTML_MOST",
    "LANGUAGES",
    "LISTED",
    "LOOKED_BACK",
    "MAILING",
    "MOST",
    "OPEN",
    "SUBJECT_LONGEST",
    "Facts",
    "Letter",
    "MailingEdge",
    "Pace",
    "Problem",
    "Words",
    "as_html",
    "as_text",
    "entries",
    "fill",
    "language_of",
    "links",
    "pace",
    "problems",
    "read",
    "stored",
    "wrong_fields",
]
