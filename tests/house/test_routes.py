"""Every route has a guard, every POST has CSRF or a named reason, and a URL that was once there does not vanish."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tests.browsing import token_of

URLS = Path(__file__).with_name("urls.txt")
SUDO = {
    "account_desk.add_passkey",
    "account_desk.recovery_codes",
    "account_desk.remove_passkey",
    "account_desk.second_factor",
    "approvals_desk.decide",
    "disputes_desk.accept",
    "disputes_desk.answer",
    "mail_room.call_off",
    "mail_room.resume",
    "mail_room.stop",
    "mailings_desk.send",
    "refunds_desk.alike",
    "refunds_desk.refund",
    "staff_desk.enable",
    "staff_desk.disable",
    "staff_desk.invite",
    "staff_desk.roles",
    "staff_desk.second_factor",
    "staff_desk.start_over",
}
SAMPLE = "00000000000000000000000000"


def rules(app: Flask, method: str) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]


def address(rule: Rule) -> str:
    """A concrete address of a rule; its ids lead nowhere, so that nothing is changed."""
    values: dict[str, Any] = {}
    for name in rule.arguments:
        kind = type(rule._converters.get(name)).__name__
        values[name] = {"IntegerConverter": 1, "UUIDConverter": UUID(int=0)}.get(kind, SAMPLE)
    built = rule.build({**values, **(rule.defaults or {})})
    assert built is not None
    return built[1]


def test_every_blueprint_declares_who_may_come(app: Flask) -> None:
    undeclared = [name for name, blueprint in app.blueprints.items() if not hasattr(blueprint, "station_guard")]
    homeless = [rule.endpoint for rule in app.url_map.iter_rules() if "." not in rule.endpoint]
    assert (undeclared, homeless) == ([], [])
    silent = [
        name
        for name, b in app.blueprints.items()
        if b.station_guard.kind != "roles" and len(b.station_guard.reason) < 10
    ]  # type: ignore[attr-defined]
    assert silent == []


def test_public_blueprints_hold_no_desk_pages(app: Flask) -> None:
    open_desk = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/desk")
        and app.blueprints[rule.endpoint.split(".")[0]].station_guard.kind == "public"
    ]  # type: ignore[attr-defined]
    assert all("sign" in rule or "join" in rule or "factor" in rule or "recover" in rule for rule in open_desk), (
        open_desk
    )


def test_a_stranger_is_sent_to_sign_in(app: Flask, client: FlaskClient) -> None:
    wrong = []
    for method in ("GET", "POST"):
        for rule in rules(app, method):
            if app.blueprints[rule.endpoint.split(".")[0]].station_guard.kind == "public":  # type: ignore[attr-defined]
                continue
            answer = client.open(address(rule), method=method)
            sent = answer.status_code == 303 and "/desk/sign-in" in answer.headers["Location"]
            refused = method == "POST" and answer.status_code == 400  # no CSRF token: refused before the guard
            if not (sent or refused):
                wrong.append((method, rule.rule, answer.status_code))
    assert wrong == []


def test_every_post_without_a_token_is_refused_or_says_why_not(app: Flask, desk: Any) -> None:
    client, wrong, exempt = desk("admin"), [], {}
    for rule in rules(app, "POST"):
        blueprint = app.blueprints[rule.endpoint.split(".")[0]]
        if reason := getattr(blueprint, "csrf_exempt_because", ""):
            exempt[blueprint.name] = reason
            continue
        answer = client.post(address(rule))
        if answer.status_code != 400:
            wrong.append((rule.rule, answer.status_code))
    assert wrong == []
    assert set(exempt) == {"giving", "mail_choices", "own", "payments_hooks"}
    assert all(len(reason) > 20 for reason in exempt.values())


def test_what_a_stolen_session_must_not_do_asks_for_a_proof(app: Flask, desk: Any) -> None:
    """SUDO lists the views behind `@sudo`: none loses it unnoticed, and each one asks before it does anything."""
    marked = {name for name, view in app.view_functions.items() if getattr(view, "station_sudo", False)}
    assert marked == SUDO
    browser, wrong = desk("admin", confirmed=False), []
    token = token_of(browser, "/desk/account")
    for rule in app.url_map.iter_rules():
        for method in {"GET", "POST"} & (rule.methods or set()) if rule.endpoint in SUDO else set():
            answer = browser.open(
                address(rule), method=method, data={"csrf_token": token} if method == "POST" else {}
            )
            sent = answer.status_code == 303 and answer.headers["Location"].startswith("/desk/sudo?next=")
            asked = answer.status_code == 403 and "Confirm that it is you" in answer.get_data(as_text=True)
            if not (sent if method == "GET" else asked):
                wrong.append((method, rule.rule, answer.status_code))
    assert wrong == []


def test_no_url_vanishes(app: Flask) -> None:
    """urls.txt only grows. A page that moves leaves a redirect under its old address."""
    present = {rule.rule for rule in app.url_map.iter_rules()}
    frozen = URLS.read_text(encoding="utf-8").splitlines()
    assert [url for url in frozen if url not in present] == []
    assert sorted(present - set(frozen)) == [], "add these to tests/house/urls.txt"


@pytest.mark.parametrize(
    "path",
    [
        "/no-such-page",
        "/news/story/none",
        "/desk/nothing",
        "/assets/x/../../config.py",
        "/give/../config.py",
        "/%00",
        "/receipt/receipt_x",
        "/thanks/pledge_%27",
        "/xmlrpc.php",
    ],
)
def test_an_unknown_address_is_a_page_that_says_so(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code in (303, 400, 404)
