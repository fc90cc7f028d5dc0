"""What can stand between a form and its payment."""

from __future__ import annotations

from station.giving.queries import PledgeView, SustainerRow


class AttemptConflict(Exception):
    """One form, sent a second time with other facts. Carries the pledge that the first sending made."""

    def __init__(self, first: PledgeView) -> None:
        super().__init__("the same form was sent with other facts")
        self.first = first


class GivenAlready(Exception):
    """The very same facts were pledged minutes ago and that money is arriving. Carries that pledge."""

    def __init__(self, first: PledgeView) -> None:
        super().__init__("the same gift was given minutes ago")
        self.first = first


class StillOpen(Exception):
    """The payment page of the pledge that is replaced could not be closed: it can still be paid, or just was."""


class SustainsAlready(Exception):
    """A proven donor gives to this station again and again already. Carries that gift."""

    def __init__(self, running: SustainerRow) -> None:
        super().__init__("the donor has a recurring gift to this station")
        self.running = running


class NotBegun(Exception):
    """The page says that it was paid for in its elements, but no checkout of this form is open here."""
