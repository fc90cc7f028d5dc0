"""Backup and restore on the engine at hand: a drill with money in it, and everything that must be refused."""

from __future__ import annotations

import io
import json
import re
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from config import Settings
from sandbox.stripe.testing import Handle
from station.accounts import services as accounts
from station.accounts.models import Role, Staff
from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.events import Event, recent_events
from station.core.places import INVARIANTS
from station.payments.models import LedgerEntry, Payment, PaymentState
from station.payments.services import check_open_payments
from station.receipts.models import Receipt
from station.web.cli import backup_command, restore_command
from station.web.commands import backup, dumps, migrations
from station.web.commands.dumps import BackupError
from station.web.commands.files import STORE, Returned
from tests.giving.conftest import Donor, gifts
from tests.web.disaster import lose_everything, picture

pytestmark = pytest.mark.usefixtures("own_shelf")


def rows(table: Any) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def numbers() -> list[int]:
    db.session.rollback()
    return sorted(db.session.scalars(sa.select(Receipt.number)))


def ledger() -> dict[str, int]:
    db.session.rollback()
    summed = sa.select(LedgerEntry.account, sa.func.sum(LedgerEntry.amount_cents)).group_by(LedgerEntry.account)
    return {str(account): int(cents) for account, cents in db.session.execute(summed)}


def broken() -> list[str]:
    found = [f"{each.name}: {line}" for each in INVARIANTS for line in each.broken()]
    db.session.rollback()
    return found


def test_the_drill(
    client: FlaskClient,
    settings: Settings,
    stripe_sandbox: Handle,
    outbox: Callable[[], int],
    later: Callable[..., None],
    tmp_path: Path,
) -> None:
    """Money and a picture, a backup, more money, the end; then a new machine, and Stripe tells what it has missed."""
    donor = Donor(client)

    def pledge(name: str, **facts: str) -> str:
        sent = donor.pledge(given_name=name, email=f"{name.lower()}@example.org", **facts)
        found = re.search(r"cs_\w+", sent.headers["Location"])
        assert found, sent.status_code
        return found[0]

    def paid(session: str) -> None:
        assert stripe_sandbox.pay(session) is None
        stripe_sandbox.deliver_now(delayed=True)
        outbox()

    address = picture(outbox)
    shown = client.get(address).data
    assert shown
    paid(pledge("Ana", frequency="once", amount="25"))
    paid(pledge("Bea", frequency="month", amount="10"))
    open_one = pledge("Cal", frequency="once", amount="50")
    before = (rows(Payment), rows(Event), numbers(), ledger())
    made = backup.backup(tmp_path / "evening.backup")
    assert before[2] == [1, 2]

    paid(open_one)
    order = stripe_sandbox.sandbox.store.all("subscription")[0]["id"]
    assert stripe_sandbox.renew(order)
    stripe_sandbox.deliver_now(delayed=True)
    outbox()
    at_the_end = (numbers(), ledger(), sorted(str(gift.amount) for gift in gifts()))
    assert at_the_end[0] == [1, 2, 3, 4]

    lose_everything(settings)
    assert client.get(address).status_code == 404
    assert backup.restore(made.file) == made.held
    assert backup.put_back(made.file) == Returned(put=len(made.taken.files) if made.taken else 0)
    assert client.get(address).data == shown
    assert rows(Event) == before[1] + 1, "the restore itself is in the trail"
    assert (rows(Payment), numbers(), ledger()) == (before[0], *before[2:])
    assert broken() == []

    later(days=32)
    check_open_payments()
    outbox()
    assert (numbers(), ledger(), sorted(str(gift.amount) for gift in gifts())) == at_the_end
    assert rows(Payment) == before[0] + 1
    assert {row.state for row in db.session.scalars(sa.select(Payment))} == {PaymentState.SETTLED}
    assert broken() == []


@pytest.fixture
def evening(app: Flask, tmp_path: Path) -> Path:
    """A backup of a house with one person in it."""
    accounts.add_staff("Ana", "ana@desk.example.org", [Role.ADMIN], COMMAND)
    return backup.backup(tmp_path / "evening.backup").file


def names() -> list[str]:
    db.session.rollback()
    return sorted(db.session.scalars(sa.select(Staff.name)))


def test_a_database_with_rows_is_not_written_over_unasked(evening: Path) -> None:
    accounts.add_staff("Bea", "bea@desk.example.org", [Role.NEWS], COMMAND)
    with pytest.raises(BackupError, match="--replace"):
        backup.restore(evening)
    assert names() == ["Ana", "Bea"]
    backup.restore(evening, replace=True)
    assert names() == ["Ana"]
    assert "house.database.restored" in {event.name for event in recent_events(10)}
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), transaction() as session:
        session.execute(sa.delete(Event))


def test_an_empty_database_that_was_migrated_is_empty(evening: Path, settings: Settings) -> None:
    lose_everything(settings)
    flask_migrate.upgrade()
    assert dumps.contents() is None
    backup.restore(evening)
    assert names() == ["Ana"]


def test_a_backup_of_an_older_station_is_brought_up_to_date(app: Flask, tmp_path: Path) -> None:
    accounts.add_staff("Ana", "ana@desk.example.org", [Role.ADMIN], COMMAND)
    db.session.remove()
    flask_migrate.downgrade()
    made = backup.backup(tmp_path / "older.backup")
    assert made.held.revision != migrations.head()
    backup.restore(made.file, replace=True)
    assert (migrations.revision(), names()) == (migrations.head(), ["Ana"])


def manifest_of(file: Path) -> dict[str, Any]:
    with tarfile.open(file) as tar:
        found = tar.extractfile("manifest.json")
        assert found
        return dict(json.load(found))


def rewrite(file: Path, data: bytes | None = None, **changes: Any) -> Path:
    """The same backup with another manifest, or other data."""
    with tarfile.open(file) as tar:
        kept = tar.extractfile("data")
        assert kept
        whole = data if data is not None else kept.read()
    target = file.with_name("changed.backup")
    with tarfile.open(target, "w:gz") as tar:
        for name, raw in (("manifest.json", json.dumps({**manifest_of(file), **changes}).encode()), ("data", whole)):
            entry = tarfile.TarInfo(name)
            entry.size = len(raw)
            tar.addfile(entry, io.BytesIO(raw))
    return target


def test_the_manifest_says_what_is_in_it(evening: Path) -> None:
    said = manifest_of(evening)
    assert (said["format"], said["engine"], said["revision"]) == (1, db.engine.dialect.name, migrations.head())
    assert (said["rows"]["staff"], said["rows"]["licensee"], said["ledger"]) == (1, 1, {})
    assert len(said["sha256"]) == 64
    assert said["taken_at"].startswith(f"{clock.now():%Y-%m-%dT}")
    assert evening.stat().st_mode & 0o077 == 0, "for nobody else's eyes"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"revision": "9999"}, "newer Station: its migration is 9999"),
        ({"engine": "oracle"}, "This backup is of oracle"),
        ({"format": 2}, "not a backup of Station"),
        ({"sha256": "0" * 64}, "damaged"),
    ],
)
def test_what_does_not_fit_is_refused(evening: Path, changes: dict[str, Any], words: str) -> None:
    accounts.add_staff("Bea", "bea@desk.example.org", [Role.NEWS], COMMAND)
    with pytest.raises(BackupError, match=words):
        backup.restore(rewrite(evening, **changes), replace=True)
    assert names() == ["Ana", "Bea"]


@pytest.mark.parametrize("kind", ["missing", "text", "empty", "cut", "turned", "without data"])
def test_a_damaged_file_changes_nothing(evening: Path, kind: str) -> None:
    raw, file = evening.read_bytes(), evening.with_name("damaged.backup")
    middle = len(raw) // 2
    bad = {
        "text": b"not a backup",
        "empty": b"",
        "cut": raw[:middle],
        "turned": raw[:middle] + bytes([raw[middle] ^ 255]) + raw[middle + 1 :],
    }
    if kind == "without data":
        with tarfile.open(file, "w:gz") as tar:
            tar.addfile(tarfile.TarInfo("manifest.json"), io.BytesIO())
    elif kind != "missing":
        file.write_bytes(bad[kind])
    with pytest.raises(BackupError, match=r"damaged|There is no file"):
        backup.restore(file, replace=True)
    assert names() == ["Ana"]


def test_data_that_the_engine_cannot_read_changes_nothing(evening: Path, tmp_path: Path) -> None:
    rubbish = b"rubbish" * 1000
    (tmp_path / "rubbish").write_bytes(rubbish)
    file = rewrite(evening, rubbish, sha256=backup._digest(tmp_path / "rubbish"))
    with pytest.raises(BackupError, match=r"SQLite says|pg_restore failed"):
        backup.restore(file, replace=True)
    assert names() == ["Ana"]


def test_no_backup_is_written_over(evening: Path, tmp_path: Path) -> None:
    before = evening.read_bytes()
    with pytest.raises(BackupError, match="there already"):
        backup.backup(evening)
    with pytest.raises(BackupError, match="no folder"):
        backup.backup(tmp_path / "nowhere" / "x.backup")
    assert evening.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".station-")] == []


def test_a_folder_keeps_the_newest(evening: Path, tmp_path: Path, later: Callable[..., None]) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    made = []
    for _ in range(4):
        made.append(backup.backup(folder, keep=2).file)
        later(hours=1)
    assert sorted(folder.glob("*.backup")) == made[-2:]
    assert (folder / "notes.txt").exists()
    with pytest.raises(BackupError, match=r"There is no folder .*backup\."):
        backup.backup(tmp_path / "backup", keep=2)  # which would have been a file, and nothing deleted
    assert not (tmp_path / "backup").exists()


def test_an_empty_database_has_nothing_to_back_up(app: Flask, settings: Settings, tmp_path: Path) -> None:
    lose_everything(settings)
    with pytest.raises(BackupError, match="nothing to back up"):
        backup.backup(tmp_path / "x.backup")
    assert [each.name for each in tmp_path.iterdir()] == [STORE]
    assert [each.name for each in (tmp_path / STORE).iterdir()] == [".lock"]
    flask_migrate.upgrade()


def test_a_missing_tool_is_named(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupError, match="pg_dump is not on PATH"):
        dumps._run("pg_dump")


def test_a_tool_that_fails_is_quoted(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tool = tmp_path / "pg_dump"
    tool.write_text("#!/bin/sh\necho 'pg_dump: error: no password supplied' >&2; exit 1\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(BackupError, match="no password supplied"):
        dumps._run("pg_dump")


def test_the_commands(app: Flask, tmp_path: Path) -> None:
    accounts.add_staff("Ana", "ana@desk.example.org", [Role.ADMIN], COMMAND)
    run, file = app.test_cli_runner(), tmp_path / "evening.backup"
    made = run.invoke(backup_command, [str(file)])
    assert (made.exit_code, made.output.startswith(f"{file}: migration ")) == (0, True)
    refused = run.invoke(restore_command, [str(file)])
    assert (refused.exit_code, "--replace" in refused.output) == (1, True)
    done = run.invoke(restore_command, [str(file), "--replace"])
    assert done.exit_code == 0
    assert "Restored: " in done.output
    assert "0 broken." in done.output
