"""One try at giving: welcome, asked for a proof, or paused. Before any pledge, and before any call to Stripe."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from datetime import datetime

from station.core import clock, ratelimit, runtime
from station.core.addresses import normalise_email
from station.core.db import transaction
from station.core.locks import lock_name
from station.screening import policies, queries
from station.screening.policies import Answer, Knock, Proof, Reason, Seen, Verdict
from station.screening.services import proofs
from station.screening.services.counting import count, hashed
from station.screening.services.stances import trip


def sender(address: str) -> str:
    """What a client's network is kept as: a keyed hash of its IPv4 address or IPv6 /64."""
    return hashed("network", ratelimit.network(address))


def trusted(address: str) -> bool:
    """Whether an address lies in a network of our own (SCREENING_TRUSTED_NETWORKS), such as the phone room's."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return False
    plain = getattr(known, "ipv4_mapped", None) or known
    return any(plain in network for network in runtime.settings().screening_trusted_networks)


def admit(knock: Knock) -> Verdict:
    """Judge and count one try; at most three statements. Nothing but numbers is written.

    A network beyond its budget is paused. Whatever is only suspicious is asked for a proof, so that nobody can shut
    out somebody else by using up an email, and no crowd shuts out a donor. Our own networks are always welcome.
    """
    now = clock.now()
    if trusted(knock.address):
        count(["house:trusted"], now)
        return Verdict(Answer.WELCOME)
    who, form = sender(knock.address), hashed("attempt", knock.attempt)
    email = hashed("email", normalise_email(knock.email)) if knock.email else ""
    proof, left = proofs.check(knock.proof, knock.attempt)
    everyone = queries.everyone_is_asked()
    with transaction():
        lock_name(f"screening:{who}")  # one network's tries one after the other: its budget is exact
        seen = _seen(who, email, form, now)
        answer, reason, wait = policies.judge(
            knock, seen, proof, now, quick=runtime.settings().screening_seconds, everyone=everyone
        )
        count(_counters(knock, answer, reason, (who, email, form), proof), now)
        if knock.opening and policies.crowded(seen, now):
            trip(f"{policies.OPENED_BY_ALL:,} payment pages were opened within ten minutes.")
    return _told(knock, answer, reason, wait, proof, left)


def _seen(who: str, email: str, form: str, now: datetime) -> Seen:
    fields = dict(policies.keys_of(who, email, form))
    found = queries.counts(fields.values(), now)
    return Seen(**{name: found.get(key, {}) for name, key in fields.items()})


def _counters(
    knock: Knock, answer: Answer, reason: Reason | None, hashes: tuple[str, str, str], proof: Proof
) -> Iterator[str]:
    """What goes up by one: of a try that is not welcome only the house's own numbers, which name nobody."""
    who, email, form = hashes
    yield policies.outcome(answer, reason)
    if answer is not Answer.WELCOME:
        return
    yield f"{'from' if knock.opening else 'turn'}:{who}"
    if knock.opening:
        yield "crowd"
    if email:
        yield f"mail:{email}"
    if proof is Proof.GOOD:
        yield f"pass:{form}"


def _told(knock: Knock, answer: Answer, reason: Reason | None, wait: int, proof: Proof, left: int) -> Verdict:
    if answer is not Answer.PROVE:
        return Verdict(answer, reason, wait)
    early = proof is Proof.EARLY
    token = knock.proof if early else proofs.later(knock.attempt)
    return Verdict(answer, reason, left if early else proofs.WAIT, early, proofs.work(knock.attempt), token)
