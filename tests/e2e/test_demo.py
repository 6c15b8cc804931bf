"""`earnest demo --once` from nothing to a desk full of work, with the shipped model and both brands."""

import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

BRANDS = ("ploverday", "cap-aubray")


def earnest(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run the command line in a folder, where it finds the demo by itself."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("EARNEST")}
    command = [sys.executable, "-m", "runtime.cli", *words]
    environ["PYTHONPATH"] = str(Path(__file__).parents[2])
    return subprocess.run(command, check=False, cwd=folder, capture_output=True, text=True, env=environ)  # noqa: S603


def read_json(folder: Path, *words: str) -> Any:
    done = earnest(folder, *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a demo was cut off, and then one was made."""
    folder = tmp_path_factory.mktemp("demo")
    cut_off(folder)
    done = earnest(folder, "demo", "--once")
    assert done.returncode == 0, done.stderr
    (folder / "told.txt").write_text(done.stdout, encoding="utf-8")
    return folder


def cut_off(folder: Path) -> None:
    """Start a demo and kill it in the middle of its history."""
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    words = [sys.executable, "-m", "runtime.cli", "demo", "--once"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(words, cwd=folder, stdout=quiet, stderr=quiet, env=environ) as process:  # noqa: S603
        while not (folder / "earnest-demo" / "outbox.jsonl").exists():
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)


def query(place: Path, statement: str) -> list[Any]:
    with sqlite3.connect(place / "earnest-demo" / "earnest.db") as connection:
        return connection.execute(statement).fetchall()


@pytest.mark.timeout(240)
def test_summary_says_what_was_made(place: Path) -> None:
    told = (place / "told.txt").read_text(encoding="utf-8")
    for word in ("Ploverday", "Cap-Aubray", "mentions", "drafts waiting", "cases", "replies written", "digests"):
        assert word in told
    assert "simulated team" in told
    assert "earnest-demo/outbox.jsonl" in told


def test_logins_are_for_their_owner_alone(place: Path) -> None:
    file = place / "earnest-demo" / "logins.txt"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text(encoding="utf-8")
    assert all(login in text for login in ("admin", "maite", "sipho", "odette"))


def test_drafts_wait_for_both_brands(place: Path) -> None:
    items = read_json(place, "queue")["items"]
    assert len(items) >= 40
    assert {item["brand"] for item in items} == set(BRANDS)


def test_every_post_was_sorted_and_routed_once(place: Path) -> None:
    assert query(place, "SELECT DISTINCT state FROM mentions") == [("routed",)]
    twice = "SELECT count(*) FROM (SELECT 1 FROM mentions GROUP BY brand_id, platform, external_id HAVING count(*) > 1)"
    assert query(place, twice) == [(0,)]
    assert query(place, "SELECT count(*) FROM dead_letters") == [(0,)]
    assert query(place, "SELECT count(DISTINCT language) FROM mentions")[0][0] >= 8


def test_replies_were_approved_and_written_once(place: Path) -> None:
    lines = (place / "earnest-demo" / "outbox.jsonl").read_text(encoding="utf-8").splitlines()
    keys = [json.loads(line)["key"] for line in lines]
    sent = query(place, "SELECT key FROM replies WHERE origin = 'desk' AND state = 'sent'")
    assert sorted(keys) == sorted(key for (key,) in sent)
    assert len(keys) == len(set(keys)) >= 50


def test_nothing_happened_before_its_time(place: Path) -> None:
    """Answers come after posts, decisions after drafts, resolutions after cases."""
    for early in (
        "SELECT count(*) FROM replies r JOIN mentions m ON m.id = r.mention_id WHERE r.sent_at < m.posted_at",
        "SELECT count(*) FROM reviews r JOIN drafts d ON d.id = r.draft_id WHERE r.at < d.created_at",
        "SELECT count(*) FROM cases WHERE resolved_at < opened_at",
        "SELECT count(*) FROM mentions WHERE collected_at < posted_at",
        "SELECT count(*) FROM drafts WHERE state = 'proposed' AND expires_at < datetime('now')",
    ):
        assert query(place, early) == [(0,)], early


def test_the_team_is_told_from_people(place: Path) -> None:
    """Every decision so far was the simulated team's, and the audit trail says so."""
    marked = "SELECT object_id FROM audit_events WHERE action = 'demo.team' AND object_kind = 'draft'"
    decided = {str(draft) for (draft,) in query(place, "SELECT draft_id FROM reviews")}
    assert decided <= {draft for (draft,) in query(place, marked)}
    assert len(decided) > 100


def test_clocks_were_kept_and_missed(place: Path) -> None:
    states = dict(query(place, "SELECT state, count(*) FROM sla_clocks GROUP BY state"))
    assert states["hit"] > states["missed"] > 0


@pytest.mark.parametrize("brand", BRANDS)
def test_digests_are_there_with_figures(place: Path, brand: str) -> None:
    """The last complete week can be asked for; its answers and their time come from rows."""
    figures = read_json(place, "digest", "--brand", brand)
    served = {each["metric"]: each["value"] for each in figures["service"]["figures"]}
    assert 0 < served["answered_share"] <= 1
    assert served["median_first_response"] > 0
    folder = place / "earnest-demo" / "digests"
    assert {path.suffix for path in folder.glob(f"{brand}-*")} == {".html", ".eml", ".json"}
    statement = f"SELECT count(*) FROM digests d JOIN brands b ON b.id = d.brand_id WHERE b.slug = '{brand}'"  # noqa: S608
    assert query(place, statement)[0][0] >= 4


def test_doctor_is_content(place: Path) -> None:
    done = earnest(place, "doctor")
    assert done.returncode == 0, done.stdout


def test_other_folders_stay_as_they_are(place: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "precious.txt").write_text("kept", encoding="utf-8")
    done = earnest(tmp_path, "demo", "--once", "--folder", "mine")
    assert done.returncode == 2
    assert "wasn't made by a demo" in done.stderr
    assert (mine / "precious.txt").read_text(encoding="utf-8") == "kept"
