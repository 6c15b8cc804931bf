"""`earnest run`: scheduler, workers and desk in one process, which ends within five seconds when asked to."""

import os
import signal
import threading
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from types import FrameType

import structlog

from config.operator import Workers
from console.app import create_app
from console.services import EngineSnapshot, FailedJob, Services
from responders.unknown import doubt_everything
from runtime.application import Application
from runtime.desk import Desk
from runtime.durable import DurableJobs, migrate
from runtime.engine import Engine
from runtime.logs import configure
from runtime.presence import build_presence
from runtime.queues import LISTENING, QueueName
from runtime.scheduler import Scheduler
from storage.database import StorageError
from storage.instance import ensure_installation
from storage.migration import require_current

GRACE_SECONDS = 2.0

_log = structlog.get_logger(__name__)


class Process:
    """One process's moving parts, started and stopped together."""

    def __init__(self, application: Application, *, serve: bool = True) -> None:
        """Start nothing yet; without `serve`, or where one only listens, there is no desk here."""
        if application.durable is None:
            raise StorageError("The process needs durable jobs; build the application without jobs in memory.")
        self._application, self._durable = application, application.durable
        self._presence = build_presence(application.database)
        self._ending = threading.Event()
        self._lost = False
        workers: Workers = application.loaded.settings.workers
        self.engine = Engine(
            application.database,
            jobs=self._durable,
            handlers=application.handlers,
            presence=self._presence,
            concurrency=workers.concurrency,
            polling_seconds=workers.polling_interval_ms / 1000,
            queues=LISTENING if application.listen_only else tuple(QueueName),
            on_run=application.metrics.note_run,
            on_lost=self._lose,
        )
        self.scheduler = Scheduler(
            application.database,
            application.jobs,
            application.clock,
            application.profiles,
            due_digests=partial(application.mailing.due, up_since=application.clock.now()),
            leads=lambda: self._presence.is_leader,
        )
        self._alive = False
        serve = serve and not application.listen_only
        self._desk = Desk(create_app(self.services()), application.loaded.settings.server) if serve else None

    def start(self) -> None:
        """Check the database, take the place, and begin to work; raises EarnestError when it can't."""
        database = self._application.database
        require_current(database)
        migrate(database)
        self._check_instance()
        if self._desk:
            self._desk.start()
        self.engine.start()
        self._alive = True
        self.scheduler.start()

    def wait(self) -> int:
        """Return 0 once SIGTERM or SIGINT came, 1 when another process took this one's place."""
        self._ending.wait()
        return int(self._lost)

    def stop(self) -> bool:
        """Tick no more, let what runs end for two seconds, close; False when some jobs still ran."""
        self._alive = False
        self.scheduler.stop()
        if self._desk:
            self._desk.stop()
        done = self.engine.stop(grace=GRACE_SECONDS)
        self._application.close()
        return done

    def end(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Ask the process to end; a signal handler."""
        self._ending.set()

    def services(self) -> Services:
        """Return what the desk is given."""
        parts = self._application
        return Services(
            database=parts.database,
            jobs=parts.jobs,
            clock=parts.clock,
            profiles=parts.profiles,
            reviewer=parts.reviewer,
            guard=parts.guard,
            unknown=parts.unknown,
            settings=parts.loaded.settings,
            data_dir=parts.loaded.data_dir,
            engine=lambda: snapshot(self._durable, alive=self._alive),
            hook_secret=parts.find_secret,
            version=version("earnest"),
            model=parts.classifier.revision,
            metrics=parts.metrics.render,
            metrics_token=parts.find_secret(secret)
            if (secret := parts.loaded.settings.server.metrics_secret)
            else None,
        )

    def _lose(self) -> None:
        self._lost = True
        self._ending.set()

    def _check_instance(self) -> None:
        parts = self._application
        with parts.database.write() as session:
            row = ensure_installation(session, data_dir=parts.loaded.data_dir, clock=parts.clock)
            doubted = doubt_everything(session)
            off = row.sending_off_reason is not None
        if off:
            _log.error("sending is off: this looks like a copy; confirm it at the desk", replies_in_doubt=doubted)


def run(application: Application, *, serve: bool = True, ready: Callable[[], None] = lambda: None) -> int:
    """Work until told to end; return the exit code. `ready` is called once the desk answers."""
    logging = application.loaded.settings.logging
    configure(level=logging.level, style=logging.format)
    process = Process(application, serve=serve)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, process.end)
    process.start()
    ready()
    code = process.wait()
    if not process.stop():
        # Jobs that still run are threads that the interpreter would wait for; the next start does them again.
        os._exit(code)
    return code


def snapshot(durable: DurableJobs, *, alive: bool) -> EngineSnapshot:
    """Return how the engine does, for the health page."""
    waiting: dict[str, int] = {}
    for depth in durable.depths():
        waiting[depth.queue] = waiting.get(depth.queue, 0) + depth.jobs
    failed = tuple(
        FailedJob(id=job.key, kind=job.kind, error=job.error, at=job.at) for job in durable.failures(limit=20)
    )
    return EngineSnapshot(alive=alive, waiting=waiting, failed=failed)
