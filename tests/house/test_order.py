"""The order of the packages, proved by import-linter, and words about it that stay true."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

from config import ROOT
from station.core.announce import reactors
from station.core.outbox import JOBS, Queue
from station.core.places import Place, sentences
from station.web.assembly import PACKAGES
from worker.app import celery

STILL_EMPTY = {"what takes a second person"}
STATION = sorted((ROOT / "station").rglob("*.py"))


def test_import_contracts_hold() -> None:
    linter = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert linter, "import-linter is not installed"
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:]


def test_every_package_says_what_it_knows() -> None:
    for package in (*PACKAGES, "core"):
        doc = (
            ast.get_docstring(ast.parse((ROOT / "station" / package / "__init__.py").read_text(encoding="utf-8")))
            or ""
        )
        assert len(doc) > 80, f"station/{package}/__init__.py says nothing"


def test_there_is_one_commit_site() -> None:
    commits = [
        str(p.relative_to(ROOT)) for p in STATION if re.search(r"\.commit\(\)|begin_nested\(", p.read_text("utf-8"))
    ]
    assert commits == ["station/core/db.py"]


def test_time_comes_from_the_clock() -> None:
    wild = re.compile(r"datetime\.now\(|utcnow\(|date\.today\(|time\.time\(")
    found = [str(p.relative_to(ROOT)) for p in STATION if wild.search(p.read_text("utf-8")) and p.name != "clock.py"]
    assert found == []


def test_stripe_events_are_never_taken_unverified() -> None:
    product = [p for folder in ("station", "worker") for p in (ROOT / folder).rglob("*.py")]
    unsigned = re.compile(r"without_verification|\bEvent\.construct_from|\bconstruct_event\b")
    assert [p for p in product if unsigned.search(p.read_text("utf-8"))] == []
    assert unsigned.search("stripe.Event.construct_from(body, key)")


def test_every_event_has_a_sentence(built: object) -> None:
    recorded = set()
    for path in STATION:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "record":
                recorded |= {
                    leaf.value
                    for argument in node.args[:1]
                    for leaf in ast.walk(argument)
                    if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str)
                }
    assert len(recorded) > 10
    assert recorded - set(sentences()) == set()


def test_every_place_is_used(built: object) -> None:
    empty = [name for name, place in Place.declared.items() if not len(place)]
    assert (len(Place.declared) >= 6, set(empty) - STILL_EMPTY) == (True, set())


def test_every_job_has_a_task_and_every_queue_a_consumer(built: object) -> None:
    tasks = set(celery.tasks)
    assert JOBS
    assert {name for name in JOBS if name not in tasks} == set()
    assert {str(queue.name) for queue in celery.conf.task_queues} == {queue.value for queue in Queue}


def test_someone_reacts_when_money_settles(built: object) -> None:
    reacting = {fact.__name__: [f.__module__ for f in known] for fact, known in reactors().items()}
    assert reacting["PaymentSettled"] == ["station.giving.reactors.money", "station.giving.reactors.sustainers"]
