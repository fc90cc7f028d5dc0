"""Writing notices: the daily run, confirmations of changes, and what a person gave by post or by phone."""

from station.giving.services.notices.by_hand import NotNeeded, note_given, write_again
from station.giving.services.notices.changes import tell_amount, tell_day, tell_split
from station.giving.services.notices.running import give_notices

__all__ = ["NotNeeded", "give_notices", "note_given", "tell_amount", "tell_day", "tell_split", "write_again"]
