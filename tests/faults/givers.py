"""A pledge drive's donors, who give as people do: half of them on Stripe's page, half in ours.

All chance comes from one seed and the donor's number.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sandbox.stripe.testing import Handle
from tests.faults.donors import Answer, Donor, PageDonor

TRIES = 60
PAUSE = 0.3, 1.2  # seconds before a person tries again (hurried: real ones wait longer)
GOOD, SECURE, DECLINED = "4242424242424242", "4000000000003220", "4000000000000002"
AMOUNTS = ("5", "10", "25", "50", "100", "17.50")
OTHER = {"once": "month", "month": "once"}


class Giver(Donor):
    """One donor with a temper of their own, on Stripe's page; `diary` tells what they did and saw."""

    def __init__(self, number: int, seed: int, site: str, sandbox: Handle) -> None:
        self.chance, self.sandbox = random.Random(f"{seed}:{number}"), sandbox
        self.email = f"donor{number}@example.org"
        facts = {
            "email": self.email,
            "given_name": self.chance.choice(("Ada", "Ben", "Cleo", "Dolores")),
            "family_name": f"Quill {number}",
            "frequency": "month" if number % 5 == 0 else "once",
            "station": self.chance.choice(("news", "classical")),
        }
        super().__init__(site, facts, f"10.{number // 250}.{number % 250}.{self.chance.randint(1, 250)}")
        self.diary: list[str] = []
        self._choose(self.chance.choice(AMOUNTS))
        self.presses_twice, self.changes, self.old_form, self.declined_first, self.sends_again = (
            self.chance.random() < share for share in (0.2, 0.15, 0.5, 0.1, 0.1)
        )

    @property
    def cents(self) -> int:
        """What this donor means to give in the end."""
        return round(float(self.form["other_amount"]) * 100)

    @property
    def renews(self) -> bool:
        """Whether this donor gives every month."""
        return self.form["frequency"] == "month"

    def give(self) -> None:
        """From the form to the thank-you page, however often that takes. Raises AssertionError when it is in vain."""
        self._until(self.open, lambda answer: answer.attempt != "", "the form")
        session_id = self._to_payment()
        if self.changes:
            session_id = self._change_the_amount(session_id)
        if self.declined_first:
            self._note(f"declined: {self._pay(session_id, DECLINED)}")
        assert self._pay(session_id, GOOD) is None
        self._note(f"paid {session_id}")
        if self.sends_again:
            again = self._until(
                self.send, lambda answer: answer.status in (200, 303, 422), "an answer to the old form"
            )
            assert again.session_id in ("", session_id), "a form that was paid led to a second payment page"
        self._until(
            lambda: self.get(self._thanks(session_id)), lambda answer: answer.status == 200, "the thank-you page"
        )

    def _choose(self, amount: str) -> None:
        self.form["amount"], self.form["other_amount"] = "", amount

    def _to_payment(self) -> str:
        """Send the form until it can be paid; a form that comes back with another token is sent with it."""

        def press() -> Answer:
            answer = self._press()
            if not answer.session_id and answer.attempt:
                self._go_on_with(answer.attempt)
            return answer

        return self._until(press, lambda answer: answer.session_id != "", "a payment page").session_id

    def _press(self) -> Answer:
        """Once, or twice at the same time: both then lead to the same page."""
        if not self.presses_twice:
            return self.send()
        with ThreadPoolExecutor(2) as fingers:
            first, second = fingers.map(lambda _: self.send(), range(2))
        led_to = {answer.session_id for answer in (first, second) if answer.session_id}
        assert len(led_to) < 2, f"one form led to two payment pages: {led_to}"
        return first if first.session_id else second

    def _go_on_with(self, attempt: str) -> None:
        self.form["attempt"] = attempt

    def _change_the_amount(self, session_id: str) -> str:
        """Back from the payment page: by its link, or by the browser's button to the form that was sent."""
        if not self.old_form:
            back = str(self.sandbox.get(session_id)["cancel_url"]).removeprefix(self.site)
            self._until(lambda: self.open(back), lambda answer: answer.attempt != "", "the form again")
        self._choose_another()
        return self._to_payment()

    def _choose_another(self) -> None:
        self._choose(self.chance.choice([each for each in AMOUNTS if each != self.form["other_amount"]]))
        self._note(f"changes the amount to {self.form['other_amount']}")

    def _pay(self, session_id: str, card: str) -> str | None:
        return self.sandbox.pay(session_id, card, self.email)

    def _thanks(self, session_id: str) -> str:
        return str(self.sandbox.get(session_id)["success_url"]).removeprefix(self.site)

    def _until(self, act: Callable[[], Answer], good: Callable[[Answer], bool], what: str) -> Answer:
        for _ in range(TRIES):
            answer = act()
            self._note(f"{answer.status or 'no answer'} {answer.session_id or answer.location}".strip())
            if good(answer):
                return answer
            time.sleep(self.chance.uniform(*PAUSE))
        raise AssertionError(f"{what} did not come")

    def _note(self, line: str) -> None:
        self.diary.append(line)


class PageGiver(Giver, PageDonor):
    """A donor in our own page: tries amounts, once and monthly, then presses the button; by card or from the bank."""

    def __init__(self, number: int, seed: int, site: str, sandbox: Handle) -> None:
        super().__init__(number, seed, site, sandbox)
        self.wavers, self.tries_amounts, self.by_bank, self.secured = (
            self.chance.random() < share for share in (0.25, 0.4, 0.15, 0.2)
        )

    def _to_payment(self) -> str:
        self._look()
        if self.wavers:
            self._set_to_and_fro()
        if self.tries_amounts:
            self._choose_another()
            self._look()
        return super()._to_payment()

    def _look(self) -> str:
        """The checkout that the page opens, or brings to what the form says now."""
        return self._until(self.look, lambda answer: answer.session_id != "", "a checkout in the page").session_id

    def _set_to_and_fro(self) -> None:
        """Once, monthly and back: a checkout for each."""
        meant = self.form["frequency"]
        opened = []
        for frequency in (OTHER[meant], meant):
            self.form["frequency"] = frequency
            opened.append(self._look())
        assert opened[0] != opened[1], "one checkout for a gift once and a monthly one"

    def _go_on_with(self, attempt: str) -> None:
        """As the page's script does: the button finds no checkout of a fresh token until one is opened."""
        super()._go_on_with(attempt)
        self._look()

    def _change_the_amount(self, session_id: str) -> str:
        """After pressing the button, and before paying: the same checkout is brought to it."""
        self._choose_another()
        if not self.old_form:
            self._look()
        changed = Giver._to_payment(self)
        assert changed == session_id, "another amount opened another checkout"
        return changed

    def _pay(self, session_id: str, card: str) -> str | None:
        name = f"{self.form['given_name']} {self.form['family_name']}"
        if self.by_bank and card == GOOD:
            return self.sandbox.pay_by_bank(session_id, email=self.email, name=name)
        taken = SECURE if self.secured and card == GOOD else card
        return self.sandbox.pay_in_page(session_id, taken, email=self.email, name=name)

    def _thanks(self, session_id: str) -> str:
        return str(self.sandbox.get(session_id)["return_url"]).removeprefix(self.site)


def a_giver(number: int, seed: int, site: str, sandbox: Handle) -> Giver:
    """Donors with odd numbers pay in our page, those with even ones on Stripe's."""
    return (PageGiver if number % 2 else Giver)(number, seed, site, sandbox)
