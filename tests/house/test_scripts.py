"""The harness itself: a script runs only where the policy of its page lets it in; no page passes as another one."""

from __future__ import annotations

import pytest

from tests.harness import alike, problems

PAGE = '<!doctype html><html lang="en"><head><title>A page</title></head><body><h1>A page</h1>{}</body></html>'
OURS = '<script type="module" src="/assets/0123456789ab/js/passkeys.js"></script>'
STRIPE = '<script src="https://js.stripe.com/v3/"></script>'


@pytest.mark.parametrize(
    ("markup", "policy", "wrong"),
    [
        (OURS, "default-src 'none'; script-src 'self'", ""),
        (STRIPE, "default-src 'none'; script-src 'self' https://js.stripe.com", ""),
        (OURS, "default-src 'none'", "does not let in"),
        (OURS, "script-src https://js.stripe.com", "does not let in"),
        (STRIPE, "script-src 'self'", "does not let in"),
        ("<script>alert(1)</script>", "script-src 'self'", "an inline script"),
        (OURS.replace(' type="module"', ""), "script-src 'self'", "no module"),
    ],
)
def test_scripts_are_held_to_the_policy_of_their_page(markup: str, policy: str, wrong: str) -> None:
    found = problems(PAGE.format(markup), policy)
    assert found == [] if not wrong else wrong in found[0]


def test_pages_are_alike_that_differ_in_marks_alone() -> None:
    one, other = (f"gift_{letter * 26}" for letter in "ab")
    token = f'"{"I" * 40}.{"a" * 6}.{"b" * 27}"'
    assert alike(f"<p>{one} {other} {one}") == alike(f"<p>{other} {one} {other}")
    assert alike(f"<p>{one} {other} {one}") != alike(f"<p>{one} {other} {other}")
    assert alike(f"<b id={token}>") == alike(f"<b id={token.replace('b', 'c')}>")
    assert alike(f"<b id={token}>") != alike('<b id="I">')
    assert alike("<p>gift_a") != alike("<p>gift_b")
    assert problems(PAGE.format("\0 0\0")), "no proper page holds what stands for a mark"
