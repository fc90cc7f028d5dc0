"""Reads of mailings."""

from station.mail.queries.mailings.books import unaccounted, written_twice
from station.mail.queries.mailings.letters import NOBODY, TEST, Form, form_of, sample
from station.mail.queries.mailings.lists import BATCH, PASTED, Listed, Part, list_of, part_of, pasted_text
from station.mail.queries.mailings.results import (
    LISTS,
    RecipientRow,
    Results,
    every_recipient,
    kind_of,
    recipients,
    results,
)
from station.mail.queries.mailings.views import (
    MAILING,
    MailingPage,
    MailingView,
    list_name,
    mailing,
    mailings,
    people_on,
    problems_of,
    view_of,
    words_of,
    writer_of,
)

__all__ = [
    "BATCH",
    "LISTS",
    "MAILING",
    "NOBODY",
    "PASTED",
    "TEST",
    "Form",
    "Listed",
    "MailingPage",
    "MailingView",
    "Part",
    "RecipientRow",
    "Results",
    "every_recipient",
    "form_of",
    "kind_of",
    "list_name",
    "list_of",
    "mailing",
    "mailings",
    "part_of",
    "pasted_text",
    "people_on",
    "problems_of",
    "recipients",
    "results",
    "sample",
    "unaccounted",
    "view_of",
    "words_of",
    "writer_of",
    "written_twice",
]
