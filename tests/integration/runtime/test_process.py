"""The whole process: it serves, ends when told to, and refuses to begin where it must not."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select, text

from bench.crashing.scene import Scene
from config.loading import SETTINGS_FILE
from domain.time import SystemClock
from runtime.desk import PortTaken
from runtime.process import Process
from runtime.wiring import build
from sentiment.keywords import KeywordClassifier
from storage.database import Database, StorageError
from storage.jobs import MemoryJobs
from storage.migration import WrongVersion
from storage.tables import Installation, Mention
from tests import parts
from tests.integration.runtime.conftest import wait_for


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """An installation whose desk listens on a free port."""
    made = Scene.make(tmp_path / "scene")
    settings = json.loads((made.folder / SETTINGS_FILE).read_text())
    settings["server"] = {"port": parts.free_port()}
    (made.folder / SETTINGS_FILE).write_text(json.dumps(settings))
    return made


@pytest.fixture
def running(scene: Scene) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """Processes that a test started, killed in the end."""
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        process.kill()
        process.communicate()


def begin(scene: Scene, *words: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.integration.runtime.serving", str(scene.folder), *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603


def process_of(scene: Scene) -> Process:
    return Process(build(scene.load(), classifier=KeywordClassifier()))


def test_it_collects_serves_and_ends_on_sigterm(scene: Scene, running: list["subprocess.Popen[bytes]"]) -> None:
    scene.write_posts(5, first=0)
    running.append(begin(scene))
    loaded = scene.load()
    database = Database(loaded.database_url)

    def is_served() -> bool:
        try:
            return httpx.get(loaded.settings.server.address, follow_redirects=True, timeout=5).status_code < 500
        except httpx.TransportError:
            return False

    def is_collected() -> bool:
        with database.read() as session:
            return len(session.scalars(select(Mention.id)).all()) == 5

    wait_for(is_served, seconds=60)
    wait_for(is_collected, seconds=60)
    database.close()
    asked = time.monotonic()
    running[0].send_signal(signal.SIGTERM)
    _, errors = running[0].communicate(timeout=30)
    assert running[0].returncode == 0
    assert time.monotonic() - asked < 5
    assert b"engine stopped" in errors
    assert b"tern kettle" not in errors


def test_a_job_that_hangs_doesn_t_hold_it_up(scene: Scene, running: list["subprocess.Popen[bytes]"]) -> None:
    running.append(begin(scene, "slow"))
    assert running[0].stdout is not None
    assert running[0].stdout.readline() == b"hanging\n"
    asked = time.monotonic()
    running[0].send_signal(signal.SIGTERM)
    running[0].wait(timeout=30)
    assert running[0].returncode == 0
    assert time.monotonic() - asked < 5


def test_a_taken_port_is_said_before_anything_runs(scene: Scene) -> None:
    server = scene.load().settings.server
    with socket.socket() as taken:
        taken.bind((server.host, server.port))
        taken.listen()
        process = process_of(scene)
        with pytest.raises(PortTaken, match=f"{server.port}.*change server.port"):
            process.start()


def test_an_older_database_is_left_alone(scene: Scene) -> None:
    database = Database(scene.load().database_url)
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    database.close()
    with pytest.raises(WrongVersion, match="earnest db upgrade"):
        process_of(scene).start()


def test_a_copy_sends_nothing(scene: Scene) -> None:
    loaded = scene.load()
    (loaded.data_dir / "instance-id").write_text("another\n")
    process = process_of(scene)
    process.start()
    process.stop()
    database = Database(loaded.database_url)
    with database.read() as session:
        assert session.scalars(select(Installation)).one().sending_off_reason
    database.close()


def test_jobs_in_memory_can_t_be_left_to_a_process(scene: Scene) -> None:
    application = build(scene.load(), jobs=MemoryJobs(SystemClock()), classifier=KeywordClassifier())
    with pytest.raises(StorageError, match="durable"):
        Process(application)
    application.close()
