"""The rules of screening hold for whatever was counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from station.screening import policies
from station.screening.policies import HOUR, SLOT, Answer, Knock, Proof, Reason, Seen, counted, judge, slot_of

NOW = datetime(2026, 11, 25, 12, 34, 56, tzinfo=UTC)
SLOTS = st.dictionaries(st.integers(-20, 20).map(lambda ago: slot_of(NOW) + ago), st.integers(1, 90), max_size=20)
SEEN = st.builds(Seen, SLOTS, SLOTS, SLOTS, SLOTS, SLOTS, SLOTS, SLOTS)
KNOCKS = st.builds(
    Knock,
    address=st.just("192.0.2.1"),
    attempt=st.just("form"),
    email=st.sampled_from(["", "maria@example.org"]),
    trap=st.sampled_from(["", "x"]),
    shown_at=st.sampled_from([None, NOW, NOW - timedelta(minutes=1), NOW + timedelta(hours=1)]),
    opening=st.booleans(),
)


@given(SLOTS, st.integers(1, 60))
def test_after_the_wait_there_is_room_and_not_a_slot_before(slots: dict[int, int], limit: int) -> None:
    wait = policies.wait_for_room(slots, limit, NOW)
    assert 0 <= wait <= 2 * HOUR * SLOT
    assert counted(slots, slot_of(NOW + timedelta(seconds=wait)), HOUR) < limit or wait > (2 * HOUR - 1) * SLOT
    if wait:
        assert counted(slots, slot_of(NOW), HOUR) >= limit
        assert counted(slots, slot_of(NOW + timedelta(seconds=wait - 1)), HOUR) >= limit


@given(KNOCKS, SEEN, st.sampled_from(Proof), st.booleans())
def test_a_proof_opens_every_door_but_a_pause_and_nothing_else_shuts_one(
    knock: Knock, seen: Seen, proof: Proof, everyone: bool
) -> None:
    answer, reason, wait = judge(knock, seen, proof, NOW, quick=2, everyone=everyone)
    assert (wait > 0) == (answer is Answer.PAUSED)
    assert (answer is Answer.PAUSED) == (reason in (Reason.PACE, Reason.DECLINED, Reason.CARDS))
    if proof is Proof.GOOD:
        assert answer is not Answer.PROVE
    elif everyone and (knock.email or knock.opening) and not counted(seen.passed, slot_of(NOW), HOUR):
        assert answer is not Answer.WELCOME
    blank = Seen(opened=seen.opened, changed=seen.changed, declined=seen.declined, wallet=seen.wallet)
    paused = judge(knock, blank, proof, NOW, quick=2, everyone=False)[0] is Answer.PAUSED
    assert paused == (answer is Answer.PAUSED), "neither an email, a card nor a crowd pauses anyone"


@given(KNOCKS, SEEN)
def test_every_answer_is_counted_under_a_name_that_the_desk_shows(knock: Knock, seen: Seen) -> None:
    answer, reason, _ = judge(knock, seen, Proof.BAD, NOW, quick=2, everyone=False)
    assert policies.outcome(answer, reason).removeprefix("house:") in {name for name, _ in policies.COUNTERS}
