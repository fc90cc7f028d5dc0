"""Why something cannot be done to a mailing, in words for the page."""

from __future__ import annotations

from collections.abc import Sequence

from station.mail.policies.mailings import Problem


class MailingRefused(Exception):
    """It cannot be done as the mailing stands; the text says why."""


class EditedMeanwhile(MailingRefused):
    """Somebody else has saved the mailing since this form was opened."""

    def __init__(self, by: str) -> None:
        super().__init__(f"{by} has saved this mailing since you opened it.")
        self.by = by


class NotReady(MailingRefused):
    """The checks found something; `problems` are all of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(problem.what for problem in problems))
        self.problems = list(problems)
