"""Pictures and recordings from the desk to the reader: sent in, opened by a worker, shown, replaced, deleted."""

from __future__ import annotations

import errno
import io
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask, get_template_attribute
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from config import Settings
from station.accounts.models import Role
from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.events import Subject, events_of
from station.core.outbox import Outbox, sweep
from station.core.places import sentences
from station.news.cli import media_command
from station.news.drafts import StoryDraft, text_blocks
from station.news.media import process, shelf
from station.news.media.process import Hindered
from station.news.models import Media, MediaKind, Story
from station.news.queries.media import MediaView, files_missing, library, media, recent, where_used
from station.news.services import publish_story
from station.news.services.media import Words, delete, describe, make_files, making, receive, replace
from tests.browsing import send as browser_send
from tests.browsing import token_of
from tests.conftest import House, changed
from tests.news import sent_files

WORDS = {
    "caption": "At noon",
    "credit": "Rosa Delgado",
    "alt": "A road without shade",
    "focal_x": "50",
    "focal_y": "50",
}
Send = Callable[..., Any]


@pytest.fixture(autouse=True)
def folder(app: Flask, settings: Settings, tmp_path: Path) -> Iterator[Path]:
    """A shelf of its own for each test."""
    with changed(settings, media=tmp_path / "media"):
        yield tmp_path / "media"


@pytest.fixture
def editor(desk: Callable[..., FlaskClient]) -> FlaskClient:
    return desk("news")


@pytest.fixture
def send(editor: FlaskClient) -> Send:
    """Send a file in as a browser does; the answer."""

    def send_in(data: bytes, name: str = "noon.jpg", to: str = "/desk/media/upload") -> Any:
        page = to.removesuffix("/replace")
        return post(editor, to, data, name, token_of(editor, page))

    return send_in


def post(browser: FlaskClient, path: str, data: bytes, name: str, token: str = "") -> Any:
    boundary, body = encode_multipart({"csrf_token": token, "file": FileStorage(io.BytesIO(data), name)})
    return browser.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def only() -> MediaView:
    db.session.rollback()
    found = library()
    assert len(found) == 1
    return found[0]


def say(editor: FlaskClient, page: str, **other: str) -> Any:
    return browser_send(editor, page, {**WORDS, **other})


def ready(outbox: Callable[[], int], data: bytes = b"", name: str = "noon.jpg") -> MediaView:
    """A picture that is described and ready."""
    got = receive(name, io.BytesIO(data or sent_files.picture()), COMMAND)
    describe(got.media_id, Words("At noon", "Rosa Delgado", "A road without shade"), COMMAND)
    outbox()
    found = media(public(got.media_id))
    assert found is not None
    return found


def public(media_id: UUID) -> str:
    row = db.session.get(Media, media_id)
    assert row is not None
    return next(each.public_id for each in library() if each.id == media_id)


def story_with(house: House, view: MediaView, **more: Any) -> UUID:
    blocks = [*text_blocks("<p>One.</p>"), {"type": "image", **view.picture("Another alt", "Another caption", "Me")}]
    draft = StoryDraft(
        "A road in July",
        blocks,
        clock.now() - timedelta(hours=1),
        "KNPR",
        image=view.picture(),
        teaser="Shade.",
        **more,
    )
    return publish_story(draft, house.news.id, COMMAND)


def job_states() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Outbox.state).where(Outbox.job == "news.make_media")))


# From the desk to the reader


def test_a_picture_from_the_desk_to_a_story(
    house: House, editor: FlaskClient, client: FlaskClient, send: Send, outbox: Callable[[], int]
) -> None:
    assert "was uploaded yet" in editor.get("/desk/media").text
    sent = send(sent_files.turned(6))
    assert sent.status_code == 303
    page = sent.headers["Location"]
    assert "A worker is opening it" in editor.get(page).text
    assert only().state == "received"
    outbox()
    assert only().state == "ready"
    assert "wants words" in editor.get("/desk/media").text
    assert recent("image") == []
    assert say(editor, page).status_code == 303
    assert [each.name for each in recent("image", "shade")] == ["noon.jpg"]
    assert recent("audio") == []
    assert recent("image", "nowhere") == []
    story_with(house, only())
    shown = client.get("/news/story/a-road-in-july").text
    assert '<source type="image/avif" srcset="/media/media_' in shown
    assert 'width="600" height="1000"' in shown
    assert 'alt="A road without shade"' in shown
    for address in set(re.findall(r"/media/media_\w+/\w+/[\w.-]+", shown)):
        assert client.get(address).status_code == 200, address
    assert "A road in July" in editor.get(page).text
    wide = only().crops["wide"]
    assert f'"og:image" content="http://localhost{wide["url"]}"' in shown
    assert f'"og:image:height" content="{wide["height"]}"' in shown
    assert f'"http://localhost{only().crops["square"]["url"]}"' in shown, "among the pictures of the NewsArticle"


def test_readers_get_files_that_may_be_kept_for_ever(client: FlaskClient, outbox: Callable[[], int]) -> None:
    view = ready(outbox)
    answer = client.get(view.picture()["url"])
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == "inline"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
    again = client.get(view.picture()["url"], headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    for each in view.files:
        assert client.get(view.url(each)).content_length == each["bytes"]
    avif = next(each for each in view.files if each["ext"] == "avif")
    assert client.get(view.url(avif)).headers["Content-Type"] == "image/avif"


def test_no_address_leads_out_of_the_folder(client: FlaskClient, outbox: Callable[[], int], folder: Path) -> None:
    view = ready(outbox)
    good = view.picture()["url"]
    (folder / "public" / view.public_id / "secret.jpg").write_bytes(b"x")
    (folder / "public" / "0.jpg").write_bytes(b"x")
    base, name = good.rsplit("/", 1)
    for bad in (
        f"/media/../originals/{view.sha256[:2]}/{view.sha256}",
        f"{base}/../secret.jpg",
        f"{base}/%2e%2e/secret.jpg",
        f"{base}/..%2fsecret.jpg",
        f"{base}/{name}/",
        f"{base}/{name}%00",
        f"{base}/{name}.bak",
        f"{base}/",
        f"/media/{view.public_id}/../0.jpg",
        f"/media/{view.public_id}/{'0' * 16}/800.jpg",
        f"/media/{view.public_id.upper()}/{base[-16:]}/{name}",
        "/media/originals/aa/" + "a" * 64,
        "/media/media_%2e%2e/x/800.jpg",
        f"{base}/800.svg",
        f"{base}//etc/passwd",
    ):
        assert client.get(bad).status_code in (400, 404), bad
    assert client.get(good).status_code == 200


def test_a_recording_from_the_desk_to_a_podcast(
    house: House, editor: FlaskClient, client: FlaskClient, send: Send, outbox: Callable[[], int]
) -> None:
    data = sent_files.mp3(7)
    page = send(data, "Desert Week.mp3").headers["Location"]
    outbox()
    assert "0:07" in editor.get(page).text
    bad = editor.post(page, data={"csrf_token": token_of(editor, page), "caption": ""})
    assert (bad.status_code, "Give it a title." in bad.text) == (422, True)
    assert say(editor, page, caption="Desert Week").status_code == 303
    sound = only().sound()
    assert sound == {
        "url": sound["url"],
        "mime": "audio/mpeg",
        "bytes": len(data),
        "seconds": 7,
        "title": "Desert Week",
        "download": True,
    }
    part = client.get(sound["url"], headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.data) == (206, data[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(data)}"
    assert client.get(sound["url"], headers={"Range": "bytes=99999999-"}).status_code == 416
    draft = StoryDraft("A week", [{"type": "audio", **sound}], clock.now() - timedelta(hours=1), "KNPR")
    publish_story(draft, house.news.id, COMMAND)
    feed = client.get("/news/feed.rss").text
    assert f'<enclosure url="http://localhost{sound["url"]}" length="{len(data)}" type="audio/mpeg"/>' in feed
    assert [each.headline for each in where_used(only().id)] == ["A week"]


# What people do


def test_what_must_be_said_is_asked_for_and_nothing_typed_is_lost(
    editor: FlaskClient, send: Send, outbox: Callable[[], int]
) -> None:
    page = send(sent_files.picture()).headers["Location"]
    outbox()
    for wrong, said in (
        ({"credit": ""}, "Say whose picture it is."),
        ({"alt": ""}, "Say what the picture shows"),
        ({"decorative": "y"}, "needs no description has none"),
        ({"focal_x": "101"}, "From 0 to 100 percent."),
        ({"focal_y": "left"}, "Not a valid integer"),
        ({"not_after": "2026-02-30"}, "Not a valid date"),
        ({"alt": "x" * 501}, "longer than 500"),
    ):
        answer = say(editor, page, **wrong)
        assert (answer.status_code, said in answer.text) == (422, True), (wrong, answer.text)
        assert "At noon" in answer.text
    assert say(editor, page, alt="", decorative="y").status_code == 303
    assert only().picture()["alt"] == ""
    assert only().described


def test_an_alt_that_repeats_the_caption_is_said_once(outbox: Callable[[], int]) -> None:
    view = ready(outbox)
    assert view.picture(caption="A road without shade.")["alt"] == ""
    assert view.picture("Mine", "Yours", "Hers") | {
        "alt": "Mine",
        "caption": "Yours",
        "credit": "Hers",
    } == view.picture("Mine", "Yours", "Hers")


def test_the_same_file_twice_is_one(editor: FlaskClient, send: Send) -> None:
    first = send(sent_files.picture(), "one.jpg").headers["Location"]
    second = send(sent_files.picture(), "two.jpg")
    assert second.headers["Location"] == first
    assert "is here already" in editor.get(first).text
    assert only().name == "one.jpg"


def test_another_focal_point_makes_other_crops_and_stories_follow(
    house: House, editor: FlaskClient, outbox: Callable[[], int]
) -> None:
    view = ready(outbox)
    story_id = story_with(house, view)
    assert say(editor, f"/desk/media/{view.public_id}", focal_x="10", focal_y="20").status_code == 303
    assert "crops are being made anew" in editor.get(f"/desk/media/{view.public_id}").text
    outbox()
    fresh = only()
    assert not fresh.cropping
    assert fresh.picture()["url"] == view.picture()["url"]
    assert fresh.crops["square"]["url"] != view.crops["square"]["url"]
    row = db.session.get(Story, story_id)
    assert row is not None
    assert row.image == fresh.picture()
    assert row.blocks[1] == {"type": "image", **fresh.picture("Another alt", "Another caption", "Me")}
    assert not files_missing()


def test_a_file_is_replaced_under_the_same_id_and_stories_follow(
    house: House, client: FlaskClient, send: Send, outbox: Callable[[], int]
) -> None:
    view = ready(outbox)
    story_with(house, view)
    old = view.picture()["url"]
    page = f"/desk/media/{view.public_id}"
    assert send(sent_files.picture(size=(900, 900)), "new.jpg", f"{page}/replace").status_code == 303
    assert only().picture()["url"] == old, "it stays in use meanwhile"
    outbox()
    fresh = only()
    assert (fresh.public_id, fresh.name, fresh.width, fresh.caption) == (view.public_id, "new.jpg", 900, "At noon")
    shown = client.get("/news/story/a-road-in-july").text
    assert fresh.picture()["url"] in shown
    assert old not in shown
    assert client.get(old).status_code == 200, "pages that somebody holds still find theirs"


def test_a_bad_file_in_the_place_of_a_good_one_changes_nothing_for_readers(
    house: House, editor: FlaskClient, send: Send, outbox: Callable[[], int]
) -> None:
    view = ready(outbox)
    page = f"/desk/media/{view.public_id}"
    assert send(sent_files.picture()[:3000], "cut.jpg", f"{page}/replace").status_code == 303
    outbox()
    assert (only().state, only().picture()["url"]) == ("refused", view.picture()["url"])
    assert "What was here before stays in use." in editor.get(page).text
    wrong = send(sent_files.mp3(), "sound.mp3", f"{page}/replace")
    assert (wrong.status_code, "another kind" in wrong.text) == (422, True)
    ready(outbox, sent_files.picture("PNG"), "other.png")
    known = send(sent_files.picture("PNG"), "again.png", f"{page}/replace")
    assert (known.status_code, "already, as “other.png”" in known.text) == (422, True)


def test_what_a_story_holds_cannot_be_deleted(
    house: House, editor: FlaskClient, outbox: Callable[[], int], folder: Path
) -> None:
    view = ready(outbox)
    story_id = story_with(house, view)
    page = f"/desk/media/{view.public_id}"
    assert "cannot be deleted while" in editor.get(page).text
    refused = editor.post(f"{page}/delete", data={"csrf_token": token_of(editor, page)})
    assert refused.headers["Location"] == page
    assert "it stands in A road in July" in editor.get(page).text
    with transaction() as session:
        row = session.get_one(Story, story_id)
        row.image, row.blocks = None, row.blocks[:1]
    done = editor.post(f"{page}/delete", data={"csrf_token": token_of(editor, page)})
    assert done.headers["Location"] == "/desk/media"
    outbox()
    assert library() == []
    assert not shelf.original(view.sha256).exists()
    assert not (folder / "public" / view.public_id).exists()
    assert editor.get(page).status_code == 404


def test_deleted_and_sent_again_before_its_files_were_removed(outbox: Callable[[], int]) -> None:
    view = ready(outbox)
    delete(view.id, COMMAND)
    again = receive("again.jpg", io.BytesIO(sent_files.picture()), COMMAND)
    outbox()
    assert again.media_id != view.id
    assert only().state == "ready"
    assert files_missing() == []


def test_rights_end_with_their_last_day(
    house: House,
    editor: FlaskClient,
    desk: Callable[..., FlaskClient],
    outbox: Callable[[], int],
    later: Callable[..., None],
) -> None:
    view = ready(outbox)
    today = clock.today(house.licensee.timezone)
    say(editor, f"/desk/media/{view.public_id}", not_after=today.isoformat())
    assert [each.id for each in recent("image")] == [view.id]
    story_with(house, only())
    later(days=1)
    assert recent("image") == []
    colleague = desk("news", "underwriting")
    assert "Its rights ended with" in colleague.get(f"/desk/media/{view.public_id}").text
    assert "rights ended" in colleague.get("/desk/media").text
    assert "noon.jpg, used up to" in colleague.get("/desk/").text


def test_the_library_is_searched_and_paged(editor: FlaskClient, outbox: Callable[[], int]) -> None:
    for number in range(50):
        got = receive(f"road {number}.png", io.BytesIO(sent_files.picture("PNG", size=(10 + number, 9))), COMMAND)
    describe(got.media_id, Words("Élan vital", "Rosa Delgado", "x"), COMMAND)
    page = editor.get("/desk/media").text
    assert page.count('class="media-name"') == 48
    following = re.search(r'href="(/desk/media\?[^"]*before=[^"]+)"', page)
    assert following is not None
    assert editor.get(following[1].replace("&amp;", "&")).text.count('class="media-name"') == 2
    assert editor.get("/desk/media?q=elan").text.count('class="media-name"') == 1
    assert "Nothing here is like that." in editor.get("/desk/media?q=zebra&kind=audio&state=ready").text
    assert editor.get("/desk/media?kind=%27&state=%22&before=media_x").status_code == 200


# Bad input and bad days


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "empty.jpg", "is empty"),
        (b"<!doctype html><script>alert(1)</script>", "photo.jpg", "a web page"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "drawing.png", "SVG"),
        (b"PK\x03\x04" + b"x" * 100, "a.jpg", "no picture and no recording"),
    ],
)
def test_what_is_not_taken_is_said_at_once(
    editor: FlaskClient, send: Send, data: bytes, name: str, said: str
) -> None:
    answer = send(data, name)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert answer.text.count("Error:") >= 2
    assert library() == []


def test_without_a_file_the_form_says_so(editor: FlaskClient) -> None:
    answer = editor.post("/desk/media/upload", data={"csrf_token": token_of(editor, "/desk/media/upload")})
    assert (answer.status_code, "Choose a file." in answer.text) == (422, True)


@pytest.mark.parametrize(
    "name", ["x" * 10_000 + ".jpg", "../../../etc/passwd", "a\u202egpj.exe", "“ü”\t<b>.jpg", "."]
)
def test_whatever_a_file_is_called(editor: FlaskClient, send: Send, outbox: Callable[[], int], name: str) -> None:
    sent = send(sent_files.picture(size=(20, 20)), name)
    assert sent.status_code == 303
    outbox()
    assert editor.get(sent.headers["Location"]).status_code == 200
    assert editor.get("/desk/media").status_code == 200
    assert 0 < len(only().name) <= 200


def test_a_bomb_leaves_the_house_standing_and_says_what_it_was(
    editor: FlaskClient, send: Send, outbox: Callable[[], int]
) -> None:
    page = send(sent_files.bomb(), "bomb.png").headers["Location"]
    outbox()
    assert only().state == "refused"
    shown = editor.get(page)
    assert (shown.status_code, "900 million pixels" in shown.text) == (200, True)
    assert "not usable" in editor.get("/desk/media").text
    assert recent("image") == []
    assert job_states() == ["done"]


def test_a_large_body_is_let_in_here_only_and_only_for_the_newsroom(
    editor: FlaskClient, client: FlaskClient, desk: Callable[..., FlaskClient], send: Send
) -> None:
    large = sent_files.picture() + b"\0" * 2_000_000
    assert send(large).status_code == 303
    for browser, path in (
        (client, "/desk/media/upload"),
        (desk("development"), "/desk/media/upload"),
        (desk("auditor"), "/desk/media/upload"),
        (editor, "/desk/schedule/rules/new"),
        (editor, "/desk/media"),
    ):
        assert post(browser, path, large, "a.jpg").status_code in (303, 405, 413), path
    assert len(library()) == 1


def test_too_large_is_said_on_the_page(editor: FlaskClient, send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station.news.desk.media.LARGEST_REQUEST", 5_000)
    answer = send(sent_files.picture(size=(3000, 2000)))
    assert (answer.status_code, "more than this server takes" in answer.text) == (413, True)
    monkeypatch.undo()
    monkeypatch.setattr("station.news.policies.media.LARGEST", {"image": 2_000_000, "audio": 2_000_000})
    answer = send(sent_files.picture() + b"\0" * 3_000_000)
    assert (answer.status_code, "at most 2 MB" in answer.text) == (422, True)


def test_a_full_disk_at_the_door_is_said(
    editor: FlaskClient, send: Send, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    def full(_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("station.news.media.shelf.os.fsync", full)
    answer = send(sent_files.picture())
    assert (answer.status_code, "No space left on device" in answer.text) == (503, True)
    assert library() == []
    assert list((folder / "incoming").iterdir()) == []
    monkeypatch.undo()
    assert send(sent_files.picture()).status_code == 303


def test_a_full_disk_in_the_worker_is_said_and_tried_again(
    editor: FlaskClient,
    send: Send,
    outbox: Callable[[], int],
    later: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = send(sent_files.picture()).headers["Location"]

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shelf, "publish", full)
    outbox()
    assert only().state == "received"
    shown = editor.get(page).text
    assert "No space left on device" in shown
    assert "tried again by itself" in shown
    monkeypatch.undo()
    later(minutes=1)
    outbox()
    assert (only().state, only().why) == ("ready", "")


def test_the_one_who_opens_files_says_when_the_disk_is_full(tmp_path: Path) -> None:
    source = tmp_path / "a.jpg"
    source.write_bytes(sent_files.picture())
    with pytest.raises(Hindered, match="No such file"):
        process.open_apart(MediaKind.IMAGE, "jpg", source, tmp_path / "nowhere")


def test_a_worker_that_was_killed_is_followed_by_another(
    send: Send, outbox: Callable[[], int], later: Callable[..., None], monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    send(sent_files.picture())
    began = making.open_apart

    def killed(*args: Any, **more: Any) -> Any:
        began(*args, **more)
        raise KeyboardInterrupt  # as the end of a process looks from inside

    monkeypatch.setattr(making, "open_apart", killed)
    with pytest.raises(KeyboardInterrupt):
        outbox()
    assert job_states() == ["running"]
    left = folder / "incoming" / f"making-{only().public_id}-{only().sha256[:12]}"
    left.mkdir()
    (left / "half.jpg").write_bytes(b"half of a")
    monkeypatch.undo()
    later(minutes=6)
    assert sweep() == 1
    outbox()
    assert only().state == "ready"
    assert list((folder / "incoming").iterdir()) == []


def test_the_job_may_run_as_often_as_it_likes(outbox: Callable[[], int]) -> None:
    view = ready(outbox)
    before = [each.name for each in events_of(Subject("media", view.id))]
    for _ in range(3):
        make_files(view.id, COMMAND)
    assert [each.name for each in events_of(Subject("media", view.id))] == before
    assert only() == view
    make_files(UUID(int=0), COMMAND)


def test_two_who_send_the_same_file_at_once(app: Flask) -> None:
    data, got, trouble = sent_files.picture(), [], []
    start = threading.Barrier(2)

    def one() -> None:
        with app.app_context():
            start.wait()
            try:
                got.append(receive("a.jpg", io.BytesIO(data), COMMAND))
            except Exception as error:
                trouble.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=one) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert trouble == []
    assert sorted(each.known for each in got) == [False, True]
    assert len({each.media_id for each in got}) == 1
    assert len(library()) == 1


def test_two_who_replace_at_once_leave_what_came_last(
    outbox: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    view = ready(outbox)
    began = making.open_apart

    def meanwhile(*args: Any, **more: Any) -> Any:
        made = began(*args, **more)
        monkeypatch.undo()
        replace(view.id, "last.jpg", io.BytesIO(sent_files.picture(size=(700, 500))), COMMAND)
        return made

    replace(view.id, "first.jpg", io.BytesIO(sent_files.picture(size=(640, 400))), COMMAND)
    monkeypatch.setattr(making, "open_apart", meanwhile)
    make_files(view.id, COMMAND)
    assert (only().state, only().width) == ("received", view.width), "what was made of the first is nobody's"
    outbox()
    assert (only().state, only().width, only().name) == ("ready", 700, "last.jpg")
    assert not only().cropping


def test_a_file_that_vanished_from_the_disk(
    house: House, client: FlaskClient, outbox: Callable[[], int], folder: Path
) -> None:
    view = ready(outbox)
    story_with(house, view)
    assert files_missing() == []
    shutil.rmtree(folder / "public")
    assert client.get(view.picture()["url"]).status_code == 404
    assert client.get("/news/story/a-road-in-july").status_code == 200
    assert files_missing() == [f"{view.public_id} (noon.jpg) misses {len(view.files)} of {len(view.files)} files."]
    assert "1 to be made." in CliRunner().invoke(media_command).output
    outbox()
    assert files_missing() == []
    assert client.get(view.picture()["url"]).status_code == 200
    shutil.rmtree(folder)
    assert "and its original" in files_missing()[0]
    make_files(view.id, COMMAND)
    assert (only().state, only().why) == ("ready", making.GONE)
    receive("noon.jpg", io.BytesIO(sent_files.picture()), COMMAND)
    outbox()
    assert (files_missing(), only().why) == ([], "")


def test_everything_that_happens_is_told(outbox: Callable[[], int]) -> None:
    view = ready(outbox)
    replace(view.id, "cut.jpg", io.BytesIO(sent_files.picture()[:900]), COMMAND)
    outbox()
    delete(view.id, COMMAND)
    told = [sentences()[each.name](each) for each in events_of(Subject("media", view.id))]
    assert told == [
        "deleted “cut.jpg”",
        "could not use “cut.jpg”: It is damaged or ends too early. Save it again and send that.",
        "sent “cut.jpg” in the place of another file",
        "made “noon.jpg” ready",
        "said what “noon.jpg” is",
        "sent “noon.jpg” in",
    ]


def test_only_the_newsroom_sends_files(desk: Callable[..., FlaskClient]) -> None:
    for role in Role:
        status = desk(role.value).get("/desk/media/upload").status_code
        assert status == (200 if role in (Role.NEWS, Role.ADMIN, Role.AUDITOR) else 403), role


def test_the_macro_for_choosing_makes_radio_buttons(app: Flask, outbox: Callable[[], int]) -> None:
    view = ready(outbox)
    with app.test_request_context("/desk/media"):
        made = get_template_attribute("news/desk/_media.html", "media_choices")(
            recent("image"), "picture", "The picture", view.public_id
        )
    assert f'<input type="radio" name="picture" value="{view.public_id}" checked>' in made
    assert made.count("<img") == 1
    assert "At noon" in made
