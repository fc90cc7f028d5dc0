"""Every write of screening: a try is admitted or not, a decline is counted, everyone is asked or no longer asked."""

from station.screening.services.admitting import admit, sender
from station.screening.services.asking import may_ask, may_be_written_to
from station.screening.services.counting import forget_old, hashed
from station.screening.services.declines import note_decline
from station.screening.services.stances import challenge_everyone, end_challenge

__all__ = [
    "admit",
    "challenge_everyone",
    "end_challenge",
    "forget_old",
    "hashed",
    "may_ask",
    "may_be_written_to",
    "note_decline",
    "sender",
]
