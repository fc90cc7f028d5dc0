"""The rules of screening on plain values: what makes a try suspicious, what pauses a network, and for how long.

The numbers follow what card testers did to others and what those chose (Liberapay, carbonplan and cameo count by
network and by failures): a drive's busiest minutes fit, a tester's do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

SLOT = 300  # seconds that are counted together
HOUR, TEN_MINUTES = 12, 2  # in slots, the running one included
CALM = timedelta(hours=1)  # an automatic challenge ends after an hour without its cause

# A mobile provider or an office stands behind one address, and its listeners open many pages in a drive's best hour.
# So the proof comes early and the pause late.
OPENED_UNASKED, OPENED_BY_NETWORK = 20, 300  # an hour: pages of one network at Stripe without a proof; at most
CHANGED_BY_NETWORK = 1_500  # an hour: changes of pages that are open already, such as another amount
SENT_BY_EMAIL = 10  # an hour, then a proof is asked
OPENED_BY_ALL = 1_000  # in ten minutes, then everyone is asked
DECLINES_SUSPICIOUS, DECLINES_OF_NETWORK = 3, 20  # an hour: asked for a proof, paused
CARDS_OF_NETWORK = 10  # an hour: so many different cards, declined, pause their network sooner
DECLINES_OF_PLEDGE = 5  # an hour; with one more its page closes
DECLINES_OF_ALL = 40  # in ten minutes, then everyone is asked
PLEDGES_OF_CARD = 3  # pledges that one card failed on within an hour, then its sender is asked


class Answer(StrEnum):
    WELCOME = "welcome"
    PROVE = "prove"
    PAUSED = "paused"


class Reason(StrEnum):
    """Why a try was not simply welcome."""

    TRAP = "trap"
    QUICK = "quick"
    BUSY = "busy"
    EMAIL = "email"
    DECLINES = "declines"
    CARD = "card"
    EVERYONE = "everyone"
    PACE = "pace"
    DECLINED = "declined"
    CARDS = "cards"


class Proof(StrEnum):
    """What a proof was worth."""

    GOOD = "good"
    EARLY = "early"
    BAD = "bad"  # foreign, altered, expired, wrong, or none


@dataclass(frozen=True)
class Knock:
    """One try, as it came in.

    `address` is the client's, as our own proxies tell it. `attempt` is the id of the form that was shown, `shown_at`
    when that was (None where a person had nothing to read yet). `trap` is what stands in the field that people do not
    see, `proof` what the page or its script sends. `opening`: something at Stripe would be opened because of it;
    otherwise only what is open already would change, or be confirmed.
    """

    address: str
    attempt: str
    email: str = ""
    trap: str = ""
    shown_at: datetime | None = None
    proof: str = ""
    opening: bool = True


@dataclass(frozen=True)
class Challenge:
    """Work for a script: find the number from 0 to `most` whose SHA-256, written after `salt`, is `target`."""

    token: str
    salt: str
    target: str
    most: int


@dataclass(frozen=True)
class Verdict:
    """What becomes of a try. `wait` in seconds; `challenge` and `later` are the two ways to prove oneself."""

    answer: Answer
    reason: Reason | None = None
    wait: int = 0
    early: bool = False
    challenge: Challenge | None = None
    later: str = ""

    @property
    def welcome(self) -> bool:
        return self.answer is Answer.WELCOME


Slots = Mapping[int, int]


@dataclass(frozen=True)
class Seen:
    """What has been counted about a try before it came: how many in which slot."""

    opened: Slots = field(default_factory=dict)
    changed: Slots = field(default_factory=dict)
    declined: Slots = field(default_factory=dict)
    wallet: Slots = field(default_factory=dict)
    email: Slots = field(default_factory=dict)
    crowd: Slots = field(default_factory=dict)
    cards: Slots = field(default_factory=dict)
    passed: Slots = field(default_factory=dict)


def slot_of(instant: datetime) -> int:
    """The slot that an instant falls into."""
    return int(instant.timestamp()) // SLOT


def counted(slots: Slots, now: int, window: int) -> int:
    """How many were counted in the last `window` slots. What a clock that ran ahead has counted stays counted."""
    return sum(many for slot, many in slots.items() if now - window < slot <= now + HOUR)


def wait_for_room(slots: Slots, limit: int, now: datetime) -> int:
    """Seconds until fewer than `limit` lie within the last hour; 0 when there is room now."""
    slot = slot_of(now)
    ahead = next((step for step in range(2 * HOUR + 1) if counted(slots, slot + step, HOUR) < limit), 2 * HOUR)
    return max(0, (slot + ahead) * SLOT - int(now.timestamp()))


def pause(knock: Knock, seen: Seen, now: datetime) -> tuple[Reason, int] | None:
    """Why a network must wait, and for how many seconds; None when it need not."""
    used, limit = (seen.opened, OPENED_BY_NETWORK) if knock.opening else (seen.changed, CHANGED_BY_NETWORK)
    budgets = (
        (Reason.DECLINED, seen.declined, DECLINES_OF_NETWORK),
        (Reason.CARDS, seen.wallet, CARDS_OF_NETWORK),
        (Reason.PACE, used, limit),
    )
    for reason, slots, most in budgets:
        if wait := wait_for_room(slots, most, now):
            return reason, wait
    return None


def suspicion(knock: Knock, seen: Seen, now: datetime, *, quick: int, everyone: bool) -> Reason | None:
    """Why a proof is wanted, or None. `quick`: nobody reads and fills the form in fewer seconds than these."""
    slot = slot_of(now)
    sent = bool(knock.email) or knock.opening
    hurried = knock.shown_at is not None and now - knock.shown_at < timedelta(seconds=quick)
    grounds = {
        Reason.TRAP: bool(knock.trap.strip()),
        Reason.QUICK: hurried,
        Reason.CARD: counted(seen.cards, slot, HOUR) > 0,
        Reason.DECLINES: counted(seen.declined, slot, HOUR) >= DECLINES_SUSPICIOUS,
        Reason.BUSY: knock.opening and counted(seen.opened, slot, HOUR) >= OPENED_UNASKED,
        Reason.EMAIL: bool(knock.email) and counted(seen.email, slot, HOUR) >= SENT_BY_EMAIL,
        Reason.EVERYONE: everyone,
    }
    return next((reason for reason, holds in grounds.items() if holds), None) if sent else None


def judge(
    knock: Knock, seen: Seen, proof: Proof, now: datetime, *, quick: int, everyone: bool
) -> tuple[Answer, Reason | None, int]:
    """The answer to a try, its reason, and the seconds to wait. A form that was proved once stays so for an hour."""
    if paused := pause(knock, seen, now):
        return Answer.PAUSED, *paused
    doubt = suspicion(knock, seen, now, quick=quick, everyone=everyone)
    proved = proof is Proof.GOOD or counted(seen.passed, slot_of(now), HOUR) > 0
    return (Answer.PROVE, doubt, 0) if doubt and not proved else (Answer.WELCOME, doubt, 0)


def crowded(seen: Seen, now: datetime) -> bool:
    """Whether so many pages were opened in ten minutes that everyone is asked for a proof."""
    return counted(seen.crowd, slot_of(now), TEN_MINUTES) >= OPENED_BY_ALL


def tested(pledges_of_card: Slots, now: int) -> bool:
    """Whether one card has failed on so many pledges that whoever brings it must prove to be a person."""
    return counted(pledges_of_card, now, HOUR) >= PLEDGES_OF_CARD


@dataclass(frozen=True)
class Review:
    """A network whose cards were declined: how often, how many cards, since when, and what it meets now."""

    network: str
    declined: int
    cards: int
    first: datetime
    last: datetime
    meets: Answer

    @property
    def reason(self) -> str:
        """Why it stands in the list."""
        cards = "cards that Stripe does not tell apart" if not self.cards else f"{self.cards:,} different cards"
        return f"{self.declined:,} declines, {'one card' if self.cards == 1 else cards}"


def review(network: str, declined: Slots, wallet: Slots, now: datetime) -> Review | None:
    """What there is to review of a network; None for the few declines that any household has."""
    slot = slot_of(now)
    if sum(declined.values()) < DECLINES_SUSPICIOUS:
        return None
    lost, cards = counted(declined, slot, HOUR), counted(wallet, slot, HOUR)
    paused = lost >= DECLINES_OF_NETWORK or cards >= CARDS_OF_NETWORK
    meets = Answer.PAUSED if paused else Answer.PROVE if lost >= DECLINES_SUSPICIOUS else Answer.WELCOME
    first, last = (datetime.fromtimestamp(edge * SLOT, UTC) for edge in (min(declined), max(declined)))
    return Review(network, sum(declined.values()), sum(wallet.values()), first, last, meets)


def outcome(answer: Answer, reason: Reason | None) -> str:
    """The house's counter of such an answer."""
    if answer is Answer.WELCOME:
        return "house:proved" if reason else "house:welcome"
    return f"house:{answer}:{reason}"


def minutes(seconds: int) -> str:
    """A wait in words, rounded up: one minute, 35 minutes."""
    whole = max(1, -(-seconds // 60))
    return "one minute" if whole == 1 else f"{whole} minutes"


def sentence(verdict: Verdict, phone: str) -> str:
    """What a person is told: what happened, that nothing was charged, what to do."""
    if verdict.answer is Answer.PAUSED:
        what = (
            "Several cards were declined"
            if verdict.reason in (Reason.DECLINED, Reason.CARDS)
            else "There were many tries"
        )
        return (
            f"{what} from your network in a short time, so we paused. Nothing was charged. Wait "
            f"{minutes(verdict.wait)} and send the form again, or call us at {phone}."
        )
    return (
        "Thieves try out stolen cards on pages like this one, so now and then we check that a person is sending the "
        f"form. Nothing was charged, and nothing that you typed is lost. Continue, or call us at {phone}."
    )


def as_json(verdict: Verdict, phone: str) -> tuple[dict[str, object], int, dict[str, str]]:
    """Body, status and headers for a script that asked: 428 with work to do, 429 with the wait (RFC 6585)."""
    said: dict[str, object] = {"verdict": verdict.answer.value, "message": sentence(verdict, phone)}
    headers = {"Cache-Control": "private, no-store"}
    if verdict.answer is Answer.PAUSED:
        return {**said, "wait": verdict.wait}, 429, {**headers, "Retry-After": str(verdict.wait)}
    task = verdict.challenge
    work = {"token": task.token, "salt": task.salt, "target": task.target, "most": task.most} if task else None
    return {**said, "challenge": work}, 428, headers


def keys_of(sender: str, email: str, attempt: str) -> Iterator[tuple[str, str]]:
    """The counters that speak about a try, with the field of Seen that each fills. All values are hashes."""
    yield "opened", f"from:{sender}"
    yield "changed", f"turn:{sender}"
    yield "declined", f"lost:{sender}"
    yield "wallet", f"wallet:{sender}"
    yield "cards", f"card:{sender}"
    yield "passed", f"pass:{attempt}"
    yield "crowd", "crowd"
    if email:
        yield "email", f"mail:{email}"


COUNTERS = (
    ("welcome", "Welcome at once"),
    ("proved", "Welcome after a proof"),
    ("trusted", "From our own networks"),
    ("prove:trap", "Asked: the hidden field was filled in"),
    ("prove:quick", "Asked: sent sooner than anyone can read"),
    ("prove:busy", "Asked: many tries from that network"),
    ("prove:email", "Asked: one email many times"),
    ("prove:declines", "Asked: declined cards from that network"),
    ("prove:card", "Asked: one card on many pledges"),
    ("prove:everyone", "Asked: everyone is"),
    ("paused:pace", "Paused: too many tries from one network"),
    ("paused:declined", "Paused: too many declined cards from one network"),
    ("paused:cards", "Paused: many different cards declined from one network"),
    ("declined", "Cards declined by their banks"),
    ("closed", "Payment pages closed after many declines"),
)


def table(counts: Mapping[str, tuple[int, int]]) -> list[tuple[str, int, int]]:
    """The desk's rows: what was counted, how often in the last hour and in the last day."""
    return [(label, *counts.get(name, (0, 0))) for name, label in COUNTERS]
