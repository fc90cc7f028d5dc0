"""Passkeys: added, used, removed, and everything that must not get in by one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from config import Settings
from station.accounts import policies, queries, services
from station.accounts.models import Passkey, Role, Staff, WorkItem
from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.events import recent_events
from station.core.ids import new_id
from station.mail.models import OutgoingMail
from tests.accounts.authenticator import PRESENT, Authenticator
from tests.browsing import send, token_of
from tests.conftest import changed

ACCOUNT, SIGN_IN = "/desk/account", "/desk/sign-in"
PARTY = policies.passkeys.RelyingParty("localhost", "http://localhost")


def add(browser: FlaskClient, device: Authenticator, name: str = "Work laptop", **lies: Any) -> Any:
    """Add a passkey on the account page, as its script does."""
    options = browser.get(f"{ACCOUNT}/passkeys/options").get_json()
    return send(browser, ACCOUNT, {"name": name, "answer": device.make(options, **lies)}, f"{ACCOUNT}/passkeys")


def options_of(browser: FlaskClient) -> Any:
    return browser.get(f"{SIGN_IN}/passkey/options").get_json()


def enter(browser: FlaskClient, answer: str, wanted: str = "") -> Any:
    return send(browser, SIGN_IN, {"answer": answer}, f"{SIGN_IN}/passkey{wanted}")


def give_app() -> None:
    """Everybody at the desk has an authenticator app, too (those of the fixture have none)."""
    with transaction() as session:
        session.execute(sa.update(Staff).values(totp_secret="A" * 32))


@pytest.fixture
def device(desk: Callable[..., FlaskClient]) -> Authenticator:
    """A passkey of somebody with the news role."""
    made = Authenticator()
    assert add(desk("news"), made).status_code == 303
    give_app()
    return made


def stored() -> Passkey:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(sa.select(Passkey)).one()


def is_refused(browser: FlaskClient, answer: Any) -> bool:
    """Refused in the words that every refusal has, and not let in."""
    page = answer.get_data(as_text=True)
    shut = browser.get(ACCOUNT).status_code == 303
    return answer.status_code == 422 and "does not open this desk" in page and "<title>Error:" in page and shut


def test_a_passkey_is_added_used_and_removed(desk: Any, client: FlaskClient) -> None:
    owner, device = desk("development"), Authenticator()
    asked = owner.get(f"{ACCOUNT}/passkeys/options").get_json()
    assert asked["rp"] == {"id": "localhost", "name": "Desert Public Radio"}
    assert asked["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    assert asked["excludeCredentials"] == []
    assert add(owner, device, " My \u200b laptop ").status_code == 303
    page = owner.get(ACCOUNT).get_data(as_text=True)
    assert "My laptop" in page
    assert "not used yet" in page
    options = options_of(client)
    assert options["userVerification"] == "required"
    assert options["allowCredentials"] == []
    answer = enter(client, device.use(options), "?next=/desk/work")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/work")
    assert "Development Person" in client.get(ACCOUNT).get_data(as_text=True)
    give_app()
    assert "last used" in client.get(ACCOUNT).get_data(as_text=True)
    assert send(client, ACCOUNT, to=f"{ACCOUNT}/passkeys/{stored().id}/remove").status_code == 303
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Passkey)) == 0
    trail = desk("auditor").get("/desk/audit").get_data(as_text=True)
    for words in ("added the passkey “My laptop”", "signed in with the passkey “My laptop”", "removed the passkey"):
        assert words in trail


def test_a_device_is_told_which_keys_it_has_already(desk: Any) -> None:
    owner, device = desk("news"), Authenticator()
    add(owner, device)
    known = owner.get(f"{ACCOUNT}/passkeys/options").get_json()["excludeCredentials"]
    assert [each["id"] for each in known] == [stored().credential_id]
    again = add(owner, device)
    assert again.status_code == 422
    assert "known here already" in again.get_data(as_text=True)
    assert add(owner, Authenticator(), "").status_code == 303
    assert "Passkey" in {each.name for each in queries.passkeys_of(stored_owner())}


def stored_owner() -> UUID:
    db.session.rollback()
    return db.session.scalars(sa.select(Passkey.staff_id).limit(1)).one()


@pytest.mark.parametrize(
    ("device", "lies"),
    [
        (Authenticator(origin="https://evil.example"), {}),
        (Authenticator(origin="http://localhost:81"), {}),
        (Authenticator(rp_id="evil.example"), {}),
        (Authenticator(flags=PRESENT), {}),
        (Authenticator(flags=0), {}),
        (Authenticator(), {"type": "webauthn.get"}),
        (Authenticator(), {"challenge": "AAAA"}),
    ],
    ids=["origin", "port", "relying party", "not verified", "nobody there", "other ceremony", "other challenge"],
)
def test_what_is_not_added(desk: Any, device: Authenticator, lies: dict[str, str]) -> None:
    answer = add(desk("news"), device, **lies)
    assert answer.status_code == 422
    assert "could not be checked" in answer.get_data(as_text=True)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Passkey)) == 0


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://evil.example"},
        {"rp_id": "evil.example"},
        {"flags": PRESENT},
        {"flags": 0},
        {"user_handle": new_id().bytes},
        {"user_handle": b""},
        {"id": b"a key that was never added"},
        {"key": Authenticator().key},
    ],
    ids=["origin", "relying party", "not verified", "nobody there", "wrong user", "no user", "foreign id", "key"],
)
def test_what_does_not_sign_in(device: Authenticator, client: FlaskClient, lie: dict[str, Any]) -> None:
    for name, value in lie.items():
        setattr(device, name, value)
    assert is_refused(client, enter(client, device.use(options_of(client))))
    assert recent_events(1)[0].name == "accounts.sign_in.refused"


@pytest.mark.parametrize("lies", [{"type": "webauthn.create"}, {"challenge": "AAAA"}])
def test_an_answer_to_another_question_does_not_sign_in(
    device: Authenticator, client: FlaskClient, lies: dict[str, str]
) -> None:
    assert is_refused(client, enter(client, device.use(options_of(client), **lies)))


def test_an_answer_is_good_once(device: Authenticator, client: FlaskClient, app: Flask) -> None:
    answer = device.use(options_of(client))
    thief = app.test_client()
    with client.session_transaction("/desk/") as cookie:
        stolen = dict(cookie)
    assert enter(client, answer).status_code == 303
    with thief.session_transaction("/desk/") as cookie:
        cookie.update(stolen)
    again = thief.post(f"{SIGN_IN}/passkey", data={"answer": answer, "csrf_token": token_of(thief, SIGN_IN)})
    assert is_refused(thief, again), "the stolen cookie holds the challenge, which was answered"


def test_a_challenge_belongs_to_its_browser(device: Authenticator, client: FlaskClient, app: Flask) -> None:
    answer, other = device.use(options_of(client)), app.test_client()
    assert is_refused(other, enter(other, answer))
    options_of(other)
    assert is_refused(other, enter(other, answer))


def test_a_challenge_belongs_to_its_ceremony(device: Authenticator, desk: Any) -> None:
    browser = desk("volunteer")
    answer = device.use(browser.get(f"{ACCOUNT}/passkeys/options").get_json())
    assert services_refuse(lambda: services.sign_in_with_passkey(answer, None, "192.0.2.1", ""))
    token = token_of(browser, ACCOUNT)
    assert browser.post(f"{SIGN_IN}/passkey", data={"csrf_token": token, "answer": answer}).status_code == 422


def services_refuse(call: Callable[[], object]) -> bool:
    with pytest.raises(services.AccountsError):
        call()
    return True


def test_a_challenge_lasts_five_minutes(device: Authenticator, client: FlaskClient, later: Any) -> None:
    answer = device.use(options_of(client))
    later(minutes=4)
    assert enter(client, answer).status_code == 303
    send(client, ACCOUNT, to="/desk/sign-out")
    answer = device.use(options_of(client))
    later(minutes=6)
    assert is_refused(client, enter(client, answer))


def test_a_count_that_falls_warns_of_a_copy(device: Authenticator, client: FlaskClient, app: Flask) -> None:
    device.count = 7
    assert enter(client, device.use(options_of(client))).status_code == 303
    other = app.test_client()
    for count in (7, 3, 0):
        device.count = count
        assert is_refused(other, enter(other, device.use(options_of(other))))
    items = db.session.scalars(sa.select(WorkItem).where(WorkItem.kind == "accounts.passkey_copied")).all()
    assert [(item.role, "News Person" in item.title) for item in items] == [(Role.ADMIN, True)]
    assert "accounts.passkey.copied" in {event.name for event in recent_events(10)}
    assert stored().sign_count == 7
    device.count = 8
    assert enter(other, device.use(options_of(other))).status_code == 303


def test_a_stranger_cannot_raise_that_alarm(device: Authenticator, client: FlaskClient) -> None:
    device.count = 7
    assert enter(client, device.use(options_of(client))).status_code == 303
    device.count, device.key = 1, Authenticator().key
    assert services_refuse(
        lambda: services.sign_in_with_passkey(device.use(options_of(client)), b"x", "192.0.2.1", "")
    )
    assert db.session.scalar(sa.select(sa.func.count()).select_from(WorkItem)) == 0


def test_a_removed_key_opens_nothing(device: Authenticator, client: FlaskClient) -> None:
    answer, key = device.use(options_of(client)), stored()
    assert services.remove_passkey(key.id, key.staff_id, COMMAND) == "Work laptop"
    assert is_refused(client, enter(client, answer))


@pytest.mark.parametrize("change", [services.disable_staff, services.reset_second_factor, services.start_over])
def test_who_is_shut_out_is_shut_out_by_passkey_too(
    device: Authenticator, client: FlaskClient, change: Callable[..., None]
) -> None:
    answer = device.use(options_of(client))
    change(stored().staff_id, COMMAND)
    assert is_refused(client, enter(client, answer))


def test_whoever_joins_again_begins_without_passkeys(device: Authenticator) -> None:
    owner = stored_owner()
    token = services.make_link(owner, "join").rpartition("/")[2]
    code = pyotp.TOTP(services.offered_secret(token)).at(clock.now())
    services.join(token, "copper kettle sings at dawn", code, "")
    assert queries.passkeys_of(owner) == []


def test_nobody_removes_somebody_elses_key(device: Authenticator, desk: Any) -> None:
    answer = send(desk("volunteer"), ACCOUNT, to=f"{ACCOUNT}/passkeys/{stored().id}/remove")
    assert answer.status_code == 404
    assert stored()


def test_the_last_second_factor_stays(desk: Any) -> None:
    owner, device = desk("news"), Authenticator()
    add(owner, device)
    add(owner, Authenticator(), "Phone")
    keys = queries.passkeys_of(stored_owner())
    assert send(owner, ACCOUNT, to=f"{ACCOUNT}/passkeys/{keys[0].id}/remove").status_code == 303
    answer = send(owner, ACCOUNT, to=f"{ACCOUNT}/passkeys/{keys[1].id}/remove")
    assert answer.status_code == 422
    assert "only second factor" in answer.get_data(as_text=True)
    assert [each.name for each in queries.passkeys_of(stored_owner())] == ["Phone"]


def test_keys_are_not_hoarded(desk: Any) -> None:
    owner = desk("news")
    for turn in range(20):
        assert add(owner, Authenticator(), f"Key {turn}").status_code == 303
    assert "You have 20 passkeys" in add(owner, Authenticator()).get_data(as_text=True)


def test_the_door_shuts_after_many_keys(device: Authenticator, client: FlaskClient, later: Any) -> None:
    real, device.key = device.key, Authenticator().key
    answers = [enter(client, device.use(options_of(client))).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    device.key = real
    assert enter(client, device.use(options_of(client))).status_code == 429
    later(minutes=16)
    assert enter(client, device.use(options_of(client))).status_code == 303


def test_passwords_and_passkeys_share_the_budget_of_a_client(device: Authenticator, client: FlaskClient) -> None:
    for _ in range(50):
        assert services_refuse(lambda: services.sign_in_with_passkey("{}", b"x", "127.0.0.1", ""))
    assert send(client, SIGN_IN, {"email": "a@example.org", "password": "x"}).status_code == 429


def test_the_owner_hears_of_each_key_that_comes_or_goes(device: Authenticator) -> None:
    services.remove_passkey(stored().id, stored().staff_id, COMMAND)
    told = db.session.scalars(sa.select(OutgoingMail).order_by(OutgoingMail.id)).all()
    assert [(mail.recipient, mail.subject) for mail in told] == [
        ("news@desk.example.org", "A passkey for the desk was added"),
        ("news@desk.example.org", "A passkey for the desk was removed"),
    ]
    assert "Work laptop" in told[0].text
    assert "Work laptop" in told[0].html


def test_scripts_run_on_these_two_pages_alone_and_are_not_needed(desk: Any, client: FlaskClient) -> None:
    browser = desk("admin")
    for page in (browser.get(ACCOUNT), client.get(SIGN_IN)):
        policy, text = page.headers["Content-Security-Policy"], page.get_data(as_text=True)
        assert "script-src 'self';" in f"{policy};"
        assert "connect-src 'self';" in f"{policy};"
        assert "<div hidden data-with-passkeys>" in text
    assert 'autocomplete="username webauthn"' in client.get(SIGN_IN).get_data(as_text=True)
    for path in ("/desk/", "/desk/work", "/desk/parts", "/news/"):
        assert "script-src" not in browser.get(path).headers["Content-Security-Policy"], path


@pytest.mark.parametrize("address", ["http://127.0.0.1:8400", "http://[::1]:8400"])
def test_a_desk_without_a_name_offers_none_and_says_why(
    settings: Settings, desk: Any, client: FlaskClient, address: str
) -> None:
    browser = desk("news")
    with changed(settings, base_url=address):
        assert client.get(f"{SIGN_IN}/passkey/options").status_code == 404
        page = client.get(SIGN_IN)
        assert "passkey/options" not in page.get_data(as_text=True)
        assert "script-src" not in page.headers["Content-Security-Policy"]
        assert browser.get(f"{ACCOUNT}/passkeys/options").status_code == 404
        assert "STATION_URL" in browser.get(ACCOUNT).get_data(as_text=True)
        assert services_refuse(lambda: services.add_passkey(new_id(), "x", b"x", "{}", COMMAND))


@pytest.mark.parametrize(
    ("address", "party"),
    [
        ("https://desk.knpr.org", ("desk.knpr.org", "https://desk.knpr.org")),
        ("http://localhost:8400", ("localhost", "http://localhost:8400")),
        ("https://Desk.Example.org", ("desk.example.org", "https://desk.example.org")),
    ],
)
def test_who_the_relying_party_is(address: str, party: tuple[str, str]) -> None:
    assert policies.passkeys.relying_party(address) == policies.passkeys.RelyingParty(*party)


@pytest.mark.parametrize("answer", ["", "null", "[]", "{}", "[" * 100_000, '{"id": "\\ud800"}', "\x00", "é"])
def test_nonsense_proves_nothing(answer: str) -> None:
    assert policies.passkeys.claimed(answer) is None
    assert policies.passkeys.new_key(PARTY, b"x", answer) is None
    assert policies.passkeys.proved_count(PARTY, b"x", answer, b"") is None


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
BLOBS = st.text() | st.binary(max_size=80).map(policies.passkeys.bytes_to_base64url) | VALUES
PARTS = ("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle")


@given(
    st.fixed_dictionaries(
        {"id": BLOBS, "rawId": BLOBS, "type": st.just("public-key") | VALUES},
        optional={"response": st.fixed_dictionaries({}, optional=dict.fromkeys(PARTS, BLOBS))},
    )
)
def test_no_answer_breaks_the_reader(answer: dict[str, Any]) -> None:
    text = json.dumps(answer)
    policies.passkeys.claimed(text)
    assert policies.passkeys.new_key(PARTY, b"x", text) is None
    assert policies.passkeys.proved_count(PARTY, b"x", text, b"x") is None


@given(st.binary(max_size=200))
def test_no_attestation_breaks_the_reader(blob: bytes) -> None:
    answer = json.loads(Authenticator().make({"challenge": "eA", "user": {"id": "AA"}}))
    answer["response"]["attestationObject"] = policies.passkeys.bytes_to_base64url(blob)
    assert policies.passkeys.new_key(PARTY, b"x", json.dumps(answer)) is None


@given(last=st.integers(0, 2**32 - 1), now=st.integers(0, 2**32 - 1))
def test_a_count_grows_or_is_always_nothing(last: int, now: int) -> None:
    assert policies.passkeys.is_copied(last, now) is not ((last == now == 0) or now > last)
