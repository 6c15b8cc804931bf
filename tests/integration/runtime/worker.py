"""A worker process to kill: `python -m tests.integration.runtime.worker URL LOG [slow]` notes every job in LOG."""

import os
import sys
import threading
import time
from pathlib import Path

from runtime.durable import DurableJobs
from runtime.engine import Engine
from runtime.presence import FilePresence, ServerPresence
from storage.database import Database
from storage.jobs import Handler, JobKind


def main(url: str, log: str, *words: str) -> None:
    """Work until the input closes; with the word slow no job ends, a word with = names this machine."""
    database = Database(url)
    machine = next((word.partition("=")[2] for word in words if word.startswith("machine=")), "here")
    presence = FilePresence(database) if database.is_sqlite else ServerPresence(database, machine=machine)
    handlers = {kind: _noting(Path(log), kind, machine, slow="slow" in words) for kind in JobKind}
    engine = Engine(database, jobs=DurableJobs(database), handlers=handlers, presence=presence)
    engine.start()
    sys.stdin.read()
    engine.stop()


def _noting(log: Path, kind: JobKind, machine: str, *, slow: bool) -> Handler:
    lock = threading.Lock()

    def run(ids: tuple[int, ...]) -> None:
        with lock, log.open("a") as lines:
            lines.write(f"{machine} {kind.value} {','.join(map(str, ids))}\n")
            lines.flush()
            os.fsync(lines.fileno())
        if slow:
            time.sleep(600)

    return run


if __name__ == "__main__":
    main(*sys.argv[1:])
