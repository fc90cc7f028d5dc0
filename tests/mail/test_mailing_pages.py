"""The desk of mailings, from an empty list to the results: what each page says, asks and refuses."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from sandbox.mailbox.testing import Mailbox
from station.core import runtime
from station.core.ids import new_id, public_id
from station.mail.models import MailingState
from station.mail.queries import mailings as queries
from station.mail.services import mailings as services
from tests.browsing import send
from tests.conftest import changed
from tests.mail.mailing_scenes import ENGLISH, STAFF, begun, counts, draft, frozen, member, row, rows, wish

HOME = "/desk/mail/mailings"


@pytest.fixture
def dana(desk: Callable[..., FlaskClient]) -> FlaskClient:
    return desk("development")


def typed(**changes: str) -> dict[str, str]:
    return {
        "attempt": public_id("mailing", new_id()),
        "name": "Fall drive",
        "topic": "drives",
        "people": "everybody:",
        "language_rule": "en",
        **{f"en-{name}": getattr(ENGLISH, name) for name in ENGLISH.__dataclass_fields__},
        **changes,
    }


def page(browser: FlaskClient, mailing_id: Any, rest: str = "", status: int = 200) -> str:
    answer = browser.get(f"{HOME}/{public_id('mailing', mailing_id)}{rest}")
    assert answer.status_code == status, answer.status
    return answer.text


def post(browser: FlaskClient, mailing_id: Any, rest: str, **data: Any) -> Any:
    return send(browser, "/desk/account", data, f"{HOME}/{public_id('mailing', mailing_id)}{rest}")


def post_new(browser: FlaskClient, data: dict[str, str]) -> Any:
    return send(browser, f"{HOME}/new", data)


def test_an_empty_list_says_what_to_do(dana: FlaskClient) -> None:
    text = dana.get(HOME).text
    assert "No mailing yet." in text
    assert f'href="{HOME}/new"' in text


def test_a_form_sent_twice_is_one_mailing(dana: FlaskClient) -> None:
    form = typed()
    first, second = post_new(dana, form), post_new(dana, form)
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert len(queries.mailings().mailings) == 1
    assert queries.mailings().mailings[0].version == 1


def test_a_form_that_is_gone_back_to_keeps_what_was_changed_in_it(dana: FlaskClient) -> None:
    form = typed()
    post_new(dana, form)
    answer = post_new(dana, {**form, "based_on": "1", "en-headline": "Better words"})
    found = queries.mailings().mailings
    assert (answer.status_code, len(found), found[0].version) == (303, 1, 2)
    assert found[0].words["en"].headline == "Better words"
    stale = post_new(dana, {**form, "based_on": "1", "en-headline": "Older words"})
    assert stale.status_code == 409
    assert 'value="Older words"' in stale.text


def test_a_list_of_which_everybody_is_left_out_is_not_sent(dana: FlaskClient) -> None:
    member("Ana", "ana@example.org")
    mailing_id = frozen(topic="events")
    text = page(dana, mailing_id)
    assert "Nobody is on the list." in text
    assert f"{public_id('mailing', mailing_id)}/send" not in text
    assert '<p class="quiet">.</p>' not in text


def test_one_person_is_one_person(dana: FlaskClient) -> None:
    member("Ana", "ana@example.org")
    assert "Send it to 1 person<" in page(dana, frozen(), "/send")


@pytest.mark.parametrize("said", ["", "x", "-1", "٣", "9" * 30])
def test_a_version_that_is_no_number_is_nobodys(dana: FlaskClient, said: str) -> None:
    mailing_id = draft()
    assert post(dana, mailing_id, "/edit", **typed(based_on=said, name="By Dana")).status_code == 409


def test_blanks_are_no_name_and_no_reason(dana: FlaskClient) -> None:
    assert "Give it a name, for the desk." in post_new(dana, typed(name="  ")).text
    assert "Say why, in a few words." in post(dana, draft(), "/stop", reason="   ").text


def test_a_draft_is_saved_as_it_is_and_its_faults_stand_together(dana: FlaskClient) -> None:
    answer = post_new(dana, typed(**{"en-subject": "", "en-button_url": "/give", "en-body": "{nmae}"}))
    text = dana.get(answer.location).text
    for fault in (
        "The English subject is missing.",
        "/give in the English words is not an absolute address",
        "{nmae} in the English words is no field.",
        "Nobody is on the list.",
        "These words have not been tested.",
    ):
        assert fault in text
    assert "Freeze the list" not in text


def test_bad_input_is_explained_and_nothing_is_lost(dana: FlaskClient) -> None:
    lines = "ana@example.org\nwhat is this"
    answer = post_new(dana, typed(name="", people="pasted:", pasted=lines, **{"en-body": "Kept"}))
    assert answer.status_code == 422
    assert "Give it a name, for the desk." in answer.text
    assert "1 line holds neither an address nor a member id, such as “what is this”." in answer.text
    assert ">Kept</textarea>" in answer.text.replace("\r\n", "")


def test_what_is_too_long_is_named_at_the_top_and_kept(dana: FlaskClient) -> None:
    answer = post_new(dana, typed(**{"en-subject": "S" * 10_000, "es-button": "B" * 61}))
    assert answer.status_code == 422
    assert '<a href="#en-subject">English, subject: Use at most 200 characters.</a>' in answer.text
    assert '<a href="#es-button">Spanish, button: Use at most 60 characters.</a>' in answer.text
    assert "S" * 10_000 in answer.text


def test_two_editors_see_each_other(dana: FlaskClient) -> None:
    mailing_id = draft()
    services.change_mailing(mailing_id, wish(name="By Otto"), 1, STAFF)
    answer = post(dana, mailing_id, "/edit", **typed(based_on="1", name="By Dana", **{"en-headline": "Mine"}))
    assert answer.status_code == 409
    assert "Dana Development has saved this mailing since you opened it." in answer.text
    assert 'value="By Dana"' in answer.text
    assert 'value="Mine"' in answer.text
    assert "What Dana Development saved" in answer.text
    assert row(mailing_id).name == "By Otto"
    again = post(dana, mailing_id, "/edit", **typed(based_on="2", name="By Dana"))
    assert again.status_code == 303
    assert row(mailing_id).name == "By Dana"


def test_from_draft_to_results(
    dana: FlaskClient, mailbox: Mailbox, outbox: Callable[[], int], later: Callable[..., None]
) -> None:
    for name in ("Ana", "Ben"):
        member(name, f"{name.lower()}@example.org")
    noah = public_id("member", member("Noah", ""))
    lines = ["ana@example.org", "ben@example.org", noah]
    mailing_id = draft(name="Fall drive", list_code="pasted", entries=lines)
    assert post(dana, mailing_id, "/test", attempt="1").status_code == 422
    assert "Choose at least one person." in post(dana, mailing_id, "/test", attempt="1").text
    sent = post(dana, mailing_id, "/test", attempt="1", to="development@desk.example.org")
    assert sent.status_code == 303
    outbox()
    assert [str(each["Subject"])[:7] for each in mailbox.messages] == ["[Test] "] * 2
    assert {str(each["To"]) for each in mailbox.messages} == {"development@desk.example.org"}
    post(dana, mailing_id, "/check")
    assert "Freeze the list" in page(dana, mailing_id)
    post(dana, mailing_id, "/freeze")
    outbox()
    text = page(dana, mailing_id)
    assert "Who gets it" in text
    assert "No email address on file" in text
    assert "Send it to 2 people" in page(dana, mailing_id, "/send")
    assert post(dana, mailing_id, "/send").status_code == 303
    outbox()
    later(seconds=5)
    outbox()
    text = page(dana, mailing_id)
    assert "What became of it" in text
    assert row(mailing_id).state is MailingState.DONE
    assert "ana@example.org" in page(dana, mailing_id, "/people?became=sent")
    table = post(dana, mailing_id, "/people.csv").text
    assert table.startswith("\ufeffPosition,Name,"), "Excel reads UTF-8 only behind a byte order mark"
    assert "Ana Ruiz,ana@example.org,en" in table
    assert "no_address" in table
    assert "go to 2 people" in text


def test_the_letter_is_shown_in_a_frame_that_nothing_runs_in(dana: FlaskClient) -> None:
    mailing_id = draft()
    text = page(dana, mailing_id)
    assert text.count('sandbox title="The English letter') == 2
    assert "La campaña de otoño" in text
    answer = dana.get(f"{HOME}/{public_id('mailing', mailing_id)}/letter/es")
    assert "Buenos días, Ana" in answer.text
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert dana.get(f"{HOME}/{public_id('mailing', mailing_id)}/letter/fr").status_code == 404


def test_a_large_one_is_typed_and_takes_a_second_person(desk: Callable[..., FlaskClient]) -> None:
    for n in range(3):
        member("Ana", f"ana{n}@example.org")
    mailing_id, dana, otto = frozen(), desk("development"), desk("development", "auditor")
    with changed(runtime.settings(), mailing_alone=2):
        wrong = post(dana, mailing_id, "/send", count="30", reason="The drive")
        assert wrong.status_code == 422
        assert "Type the number 3" in wrong.text
        assert post(dana, mailing_id, "/send", count="3", reason="The drive").status_code == 303
        assert row(mailing_id).state is MailingState.FROZEN
        approvals = otto.get("/desk/approvals").text
        assert "Send “Fall drive” to 3 people" in approvals
        link = re.search(r'href="(/desk/approvals/approval_[^"]+)"', approvals)
        assert link
        assert (
            send(otto, link.group(1), {"decision": "yes", "note": "Fine"}, f"{link.group(1)}/decide").status_code
            == 303
        )
    assert row(mailing_id).state is MailingState.SENDING


def test_pause_go_on_and_stop(dana: FlaskClient) -> None:
    member("Ana", "ana@example.org")
    mailing_id = begun()
    assert "Pause" in page(dana, mailing_id)
    post(dana, mailing_id, "/pause")
    assert "Go on" in page(dana, mailing_id)
    post(dana, mailing_id, "/resume")
    assert post(dana, mailing_id, "/stop").status_code == 422
    assert "1 person has not got it" in page(dana, mailing_id, "/stop")
    post(dana, mailing_id, "/stop", reason="The words are wrong")
    text = page(dana, mailing_id)
    assert "The words are wrong" in text
    assert counts(mailing_id) == {"called_off": 1}
    assert "cannot be done now" in dana.get(post(dana, mailing_id, "/resume").location).text


def test_sending_asks_again_who_one_is(desk: Callable[..., FlaskClient]) -> None:
    member("Ana", "ana@example.org")
    mailing_id = frozen()
    assert post(desk("development", confirmed=False), mailing_id, "/send").status_code == 403
    assert row(mailing_id).state is MailingState.FROZEN


def test_others_may_not(desk: Callable[..., FlaskClient]) -> None:
    mailing_id = draft()
    assert page(desk("auditor"), mailing_id)
    assert post(desk("auditor", "underwriting"), mailing_id, "/check").status_code == 403
    assert page(desk("underwriting"), mailing_id, status=403)


def test_names_that_are_markup_stay_names(dana: FlaskClient) -> None:
    member("<b>Bold</b>", "bold@example.org", family="{first_name}")
    mailing_id = frozen()
    assert "&lt;b&gt;Bold&lt;/b&gt; {first_name}" in page(dana, mailing_id, "/people")
    assert len(rows(mailing_id)) == 1
