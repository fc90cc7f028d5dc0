"""What readers get through nginx as it is shipped: kept pages, a slot at each view, rooms that nothing is kept of."""

from __future__ import annotations

import gzip
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from station.core import bulletin, clock, runtime
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.stale import SETTLED
from station.licensee.models import Station
from station.news.drafts import StoryDraft, Topic, text_blocks
from station.news.models import Story
from station.news.pages import keeping
from station.news.services import publish_story, retract_story
from station.underwriting import services as underwriting
from station.underwriting.policies import fingerprint
from tests.conftest import House, changed, needs
from tests.proxy.conftest import NGINX, PATIENCE, SHIPPED, Front, put, until, write_wrapper

WORDS = "".join(f"<p>Paragraph {number}.</p>" for number in range(8))
STORY = "/news/story/the-lake-rises"


@pytest.fixture
def written(house: House) -> House:
    _publish(house, "The lake rises")
    return house


def _publish(house: House, headline: str) -> None:
    made = StoryDraft(
        headline, text_blocks(WORDS), clock.now() - timedelta(hours=1), "Desert Public Radio", topics=[Topic("Water")]
    )
    publish_story(made, house.news.id, COMMAND)


def _withdraw() -> None:
    retract_story(db.session.scalars(sa.select(Story.id)).one(), "withdrawn", COMMAND)


def _credit(house: House, name: str) -> object:
    sponsor = underwriting.add_sponsor(name, "", name, "", COMMAND)
    today = clock.today(house.licensee.timezone)
    flight = underwriting.add_flight(sponsor, house.news.id, today, today, COMMAND)
    copy = f"{name}, in Henderson."
    underwriting.approve_credit(underwriting.write_credit(flight, copy, COMMAND), fingerprint(copy), COMMAND)
    return flight


def test_the_shipped_file_is_one_that_nginx_takes(tmp_path: Path) -> None:
    needs(Path(NGINX).exists(), "nginx")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "give.example.org")])
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (tmp_path / "fullchain.pem").write_bytes(made.public_bytes(pem))
    (tmp_path / "privkey.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    text = SHIPPED.read_text("utf-8").replace("/etc/ssl/station/", f"{tmp_path}/")
    command = write_wrapper(tmp_path, put(text, ("/var/cache/station-pages", f"{tmp_path}/cache")))
    said = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    assert "[warn]" not in said.stderr


def test_pages_are_kept_and_a_change_shows(written: House, front: Front) -> None:
    path = "/news/section/water"
    first = front.get(path)
    assert (first.status, first.cache) == (200, "MISS")
    assert front.get(path).body == first.body
    until(lambda: front.get(path).cache == "HIT", "a page from the cache")
    assert front.get(path).headers["cache-control"].startswith("public, max-age=0, must-revalidate, s-maxage=1")
    _publish(written, "The lake falls")
    until(lambda: "The lake falls" in front.get(path).text, "the change")


def test_after_a_quiet_night_nobody_gets_last_evenings_page(written: House, front: Front) -> None:
    for path in ("/news/section/water", STORY):
        front.get(path)
    _withdraw()
    time.sleep(keeping.FRESH + keeping.STALE + 1.2)  # whole seconds: as long as it may be kept at all
    assert front.get(STORY).status == 410
    assert "The lake rises" not in front.get("/news/section/water").text


def test_a_cache_before_nginx_gets_the_new_page_when_it_is_told(written: House, front: Front) -> None:
    path = "/news/section/water"
    with changed(runtime.settings(), purge_url="http://127.0.0.1:9/"):
        until(lambda: front.get(path).cache == "HIT", "a page from the cache")
        _publish(written, "The lake falls")
        time.sleep(SETTLED.total_seconds())  # the job leaves a second later
        assert "The lake falls" in front.get(path).text


def test_the_newsroom_goes_on_while_station_is_down(written: House, front: Front) -> None:
    _credit(written, "Basin Books")
    for path in ("/news/", STORY, "/news/feed.rss"):
        assert front.get(path).status == 200
    assert "Basin Books" in front.get(STORY).text
    front.behind.down()
    for path in ("/news/", STORY, "/news/feed.rss"):
        until(lambda path=path: front.get(path).cache == "STALE", f"{path} as it was")
        assert front.get(path).status == 200
    alone = front.get(STORY)
    assert "Paragraph 7" in alone.text
    assert "Support comes from" not in alone.text, "nobody knows whose turn it is"
    assert "Bad Gateway" not in alone.text
    assert alone.text.rstrip().endswith("</html>")
    assert front.get("/news/section/water").status == 502, "nobody read it before"
    front.behind.up()
    until(lambda: "Basin Books" in front.get(STORY).text, "the slot is back")
    until(lambda: front.get("/news/").cache != "STALE", "and the pages are made anew")


def test_a_withdrawn_story_does_not_come_back_while_station_is_down(written: House, front: Front) -> None:
    for path in (STORY, f"/text{STORY}"):
        assert "The lake rises" in front.get(path).text
    _withdraw()
    for path in (STORY, f"/text{STORY}"):
        until(lambda path=path: front.get(path).status == 410, f"{path} is gone")
    front.behind.down()
    for path in (STORY, f"/text{STORY}"):
        gone = until(lambda path=path: (answer := front.get(path)).cache == "STALE" and answer, "what was last there")
        assert gone.status == 410
        assert "The lake rises" not in gone.text


def test_two_readers_of_one_kept_page_get_two_slots(written: House, front: Front) -> None:
    for name in ("Basin Books", "Mesa Dental"):
        _credit(written, name)

    def two_views() -> bool:
        one, other = front.get(STORY), front.get(STORY)
        assert one.text.count("Support comes from") == other.text.count("Support comes from") == 1
        return {one.cache, other.cache} == {"HIT"} and ("Basin" in one.text) != ("Basin" in other.text)

    until(two_views, "one page from the cache with two credits")
    assert front.get(STORY).headers["cache-control"] == "private, no-cache"
    kept = front.kept()
    assert b'<!--#include virtual="/slot/news" -->' in kept
    assert b"Basin Books" not in kept
    assert b"Mesa Dental" not in kept


def test_a_browser_asks_again_by_etag_and_sees_no_credit_that_ended(written: House, front: Front) -> None:
    flight = _credit(written, "Basin Books")
    first = front.get(STORY)
    assert first.headers["etag"].startswith('W/"')
    assert "last-modified" not in first.headers
    again = front.get(STORY, If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    underwriting.stop_flight(flight, COMMAND)
    changed = until(
        lambda: (answer := front.get(STORY, If_None_Match=first.headers["etag"])).status == 200 and answer,
        "another page",
    )
    assert "Support comes from" not in changed.text
    assert changed.headers["cache-control"] == "private, no-cache", "behind nginx there may be a credit at any view"


def test_nothing_is_kept_of_rooms_and_of_what_is_asked_for(written: House, front: Front) -> None:
    for path in ("/desk/sign-in", "/give?station=news", "/thanks/payment_0", "/my-gift"):
        assert [front.get(path).cache for _ in range(3)] == [""] * 3, path
    assert [front.get("/news/search?q=lake").cache for _ in range(3)] == ["MISS"] * 3
    assert front.get("/news/search?q=lake").headers["cache-control"] == "private, no-cache"
    assert [front.get("/not/a/page/of/anything").cache for _ in range(3)] == ["MISS"] * 3
    front.get("/news/")
    posted = front_post(front, "/news/")
    assert (posted, front_post(front, "/give")) == (405, 403), "a POST goes through to Station each time"
    assert b"csrf_token" not in front.kept()
    assert b"lake</" not in front.kept()


def test_nobody_waits_for_whoever_asked_before(written: House, front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    app, everybody, came = front.behind.app.wsgi_app, threading.Barrier(4), []

    def waiting(environ: dict[str, Any], start: Any) -> Any:
        came.append(time.monotonic())
        everybody.wait(PATIENCE / 2)
        return app(environ, start)

    monkeypatch.setattr(front.behind.app, "wsgi_app", waiting)
    with ThreadPoolExecutor(4) as readers:
        found = list(readers.map(front.get, ["/news/search?q=lake"] * 4))
    assert [each.status for each in found] == [200] * 4
    assert max(came) - min(came) < 1.5, "with a lock the last comes when two seconds are over"


def front_post(front: Front, path: str) -> int:
    before = len(front.behind.asked)
    status = front_ask(front, path, b"amount=5")
    assert len(front.behind.asked) == before + 1
    return status


def front_ask(front: Front, path: str, body: bytes) -> int:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nSec-Fetch-Site: cross-site\r\n"
    head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    return status_of(front, head.encode() + body)


def status_of(front: Front, raw: bytes) -> int:
    with socket.create_connection(("127.0.0.1", front.port), timeout=10) as wire:
        wire.sendall(raw)
        return int(wire.makefile("rb").readline().split()[1])


def test_only_files_of_the_newsroom_may_be_large(written: House, front: Front) -> None:
    large = b"x" * 2_000_000
    for path in ("/desk/media", "/desk/media/uploads", "/desk/members", "/give", "/hooks/stripe"):
        assert front_ask(front, path, large) == 413, path
    for path in ("/desk/media/upload", "/desk/media/media_01m8bsyvqfexgtmdazx433v8j9/replace"):
        assert front_ask(front, path, large) in (302, 303, 403), "Station hears of it, and asks who it is"


def test_cookies_stay_out_of_the_newsroom(written: House, front: Front) -> None:
    front.get(STORY, Cookie="station_desk=secret; reader=7")
    assert [each.get("HTTP_COOKIE", "") for each in front.behind.asked] == ["", ""], "the page and its slot"
    front.get("/desk/sign-in", Cookie="station_desk=secret")
    assert front.behind.asked[-1]["HTTP_COOKIE"] == "station_desk=secret"
    assert front.get(STORY, Cookie="reader=8").body == front.get(STORY).body


def test_what_clients_may_not_say_is_not_heard(written: House, front: Front) -> None:
    said = {"X_Station_SSI": "on", "Surrogate_Key": "x", "Surrogate_Control": "max-age=9", "X_Accel_Expires": "999"}
    honest = front.get("/news/section/water")
    lied = front.get("/news/section/water", **said)
    assert lied.body == honest.body
    assert {name for name in lied.headers if "surrogate" in name or "accel" in name} == set()
    front.get("/give", **said)
    assert front.behind.asked[-1].get("HTTP_X_STATION_SSI", "") == "", "this room has no slot"
    forged = front.get("/give", X_Forwarded_For="203.0.113.9", X_Forwarded_Host="evil.example")
    assert forged.status == 200
    assert front.behind.asked[-1]["HTTP_X_FORWARDED_FOR"] == "127.0.0.1"
    assert front.behind.asked[-1]["HTTP_X_FORWARDED_HOST"] == "127.0.0.1"
    assert front.get("/slot/news").status == 404, "the slot alone is for nginx"
    assert front.get("/slot/news", **said).status == 404


def test_words_of_readers_are_no_instructions(written: House, front: Front) -> None:
    _publish(written, 'A <!--#include virtual="/health/live" --> headline')
    shown = front.get("/news/search?q=%3C!--%23include%20virtual%3D%22/health/live%22%20--%3E")
    assert "live" in shown.text
    assert '"live":' not in shown.text.replace(" ", "").partition("<main")[2]
    assert '"live":true' not in front.get("/news/").text.replace(" ", "")


@pytest.mark.parametrize(
    "raw",
    [
        b"POST /give HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET",
        b"POST /give HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
        b"POST /give HTTP/1.1\r\nHost: a\r\nContent-Length: +4\r\n\r\nabcd",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
    ],
    ids=["both lengths", "two lengths", "a crooked length", "two hosts", "no host", "a blank before the colon"],
)
def test_requests_that_two_servers_could_read_differently_end_here(front: Front, raw: bytes) -> None:
    assert status_of(front, raw) == 400
    assert front.behind.asked == []


def test_large_bodies_end_here(front: Front) -> None:
    head = b"POST /give HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048577\r\n\r\n"
    assert status_of(front, head) == 413
    assert front.behind.asked == []


def test_pages_are_compressed_with_their_slot(written: House, front: Front) -> None:
    _credit(written, "Basin Books")
    packed = front.get(STORY, Accept_Encoding="gzip")
    assert (packed.headers["content-encoding"], packed.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert "Basin Books" in gzip.decompress(packed.body).decode()
    assert "content-encoding" not in front.get(STORY).headers
    assert front.get(STORY, If_None_Match=packed.headers["etag"]).status == 304
    feed = front.get("/news/feed.rss", Accept_Encoding="gzip")
    assert feed.headers["content-encoding"] == "gzip"
    assert front.get("/news/feed.rss", If_Modified_Since="Thu, 01 Jan 1970 00:00:00 GMT").status == 200


def test_stations_by_host_are_not_mixed_up(written: House, front: Front) -> None:
    with transaction() as session:
        session.execute(sa.update(Station).where(Station.slug == "classical").values(host="classical.example.org"))
        bulletin.bump("licensee")
    for _ in range(2):
        assert "Listen to News 88.9 KNPR" in front.get("/", Host="localhost").text
        assert "Listen to Classical 89.7 KCNV" in front.get("/", Host="classical.example.org").text
