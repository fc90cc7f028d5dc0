"""Pure rules of mail."""

from station.mail.policies.answers import Answer, Verdict, read_answer
from station.mail.policies.blocking import BLOCKS, blocked
from station.mail.policies.envelope import envelope
from station.mail.policies.private import HIDDEN, without_links
from station.mail.policies.providers import (
    OTHER,
    PROVIDERS,
    after,
    each,
    granted,
    pause,
    provider_of,
    rate_for,
    room_at,
)
from station.mail.policies.schedule import GIVE_UP, REPEATS, given_up, next_try, repeats
from station.mail.policies.states import OUTGOING, WAITING, MailEdge, draw
from station.mail.policies.wire import (
    Letter,
    NotLawful,
    allowed,
    build,
    message_id,
    named,
    one_line,
    reachable,
    require_lawful,
)

__all__ = [
    "BLOCKS",
    "GIVE_UP",
    "HIDDEN",
    "OTHER",
    "OUTGOING",
    "PROVIDERS",
    "REPEATS",
    "WAITING",
    "Answer",
    "Letter",
    "MailEdge",
    "NotLawful",
    "Verdict",
    "after",
    "allowed",
    "blocked",
    "build",
    "draw",
    "each",
    "envelope",
    "given_up",
    "granted",
    "message_id",
    "named",
    "next_try",
    "one_line",
    "pause",
    "provider_of",
    "rate_for",
    "reachable",
    "read_answer",
    "repeats",
    "require_lawful",
    "room_at",
    "without_links",
]
