"""The forms of giving: what was sent, read into plain values, and the words for what cannot be taken."""

from station.giving.forms.ask import AskForm
from station.giving.forms.attempts import (
    ATTEMPT_LASTS,
    Attempt,
    fresh_attempt,
    read_attempt,
    repeated,
    sent_from_here,
)
from station.giving.forms.deposit import DepositForm, UndoForm
from station.giving.forms.held import GiverForm
from station.giving.forms.letter import LetterForm
from station.giving.forms.notices import GivenForm
from station.giving.forms.offline import OfflineForm
from station.giving.forms.own import CallForm, LinkForm, OwnAmountForm, OwnDayForm, OwnForm, OwnPauseForm, OwnStopForm
from station.giving.forms.pledge import PledgeForm, from_link, from_pledge, read_email
from station.giving.forms.sustainers import REASONS, AmountForm, CancelForm, DayForm, PauseForm, SustainerForm

__all__ = [
    "ATTEMPT_LASTS",
    "REASONS",
    "AmountForm",
    "AskForm",
    "Attempt",
    "CallForm",
    "CancelForm",
    "DayForm",
    "DepositForm",
    "GivenForm",
    "GiverForm",
    "LetterForm",
    "LinkForm",
    "OfflineForm",
    "OwnAmountForm",
    "OwnDayForm",
    "OwnForm",
    "OwnPauseForm",
    "OwnStopForm",
    "PauseForm",
    "PledgeForm",
    "SustainerForm",
    "UndoForm",
    "fresh_attempt",
    "from_link",
    "from_pledge",
    "read_attempt",
    "read_email",
    "repeated",
    "sent_from_here",
]
