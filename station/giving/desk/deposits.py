"""Checks and cash on their way to the bank, and what went there."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person
from station.core import clock
from station.core.ids import public_id, row_id
from station.core.money import Money
from station.giving import queries
from station.giving.desk.blueprint import desk
from station.giving.forms import DepositForm
from station.licensee.queries import the_licensee
from station.payments import queries as payments
from station.payments import services
from station.payments.services import DepositRefused


@desk.route("/deposits", methods=["GET", "POST"])
def deposits() -> ResponseReturnValue:
    """What is in our hands, a deposit of it, and the deposits so far."""
    held = payments.held_money()
    today = clock.today(the_licensee().timezone)
    form = DepositForm(data={"deposited_on": today, "money": [row.public_id for row in held]})
    if request.method == "POST" and form.validate_on_submit():
        try:
            return _made(form)
        except DepositRefused as refusal:
            form.counted.errors = [str(refusal)]
    return _page(form, held), 422 if form.errors else 200


@desk.get("/deposits/<deposit_id>")
def deposit(deposit_id: str) -> str:
    """One deposit and all that it holds."""
    found = row_id(payments.DEPOSIT_PREFIX, deposit_id)
    shown = payments.deposit(found) if found else None
    if shown is None:
        abort(404)
    money = payments.money_of_deposit(shown.id)
    donors = queries.donors_of([row.reference for row in money])
    return render_template("giving/desk/deposit.html", deposit=shown, money=money, donors=donors)


def _made(form: DepositForm) -> ResponseReturnValue:
    day, note = form.deposited_on.data or clock.today(the_licensee().timezone), form.note.data or ""
    made = services.make_deposit(form.chosen(), form.total(), day, note, current_person().actor)
    flash("The deposit is written down. Take the checks and cash to the bank.", "success")
    return redirect(url_for(".deposit", deposit_id=public_id(payments.DEPOSIT_PREFIX, made)), 303)


def _page(form: DepositForm, held: list[payments.HeldMoney]) -> str:
    total = Money(sum(row.amount.cents for row in held), the_licensee().currency)
    donors = queries.donors_of([row.reference for row in held])
    return render_template(
        "giving/desk/deposits.html", form=form, held=held, total=total, donors=donors, made=payments.deposits()
    )
