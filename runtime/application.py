"""The parts of one running Earnest, put together by wiring and shared by the process, the commands and the desk."""

from dataclasses import dataclass, field

from config.loading import Loaded
from domain.ports import Classifier, Drafter, Eraser
from domain.time import Clock
from listener.context import Collectors
from listener.intake import Intake
from listener.telling import Teller
from responders.outbox import Outbox
from responders.review import Guard, Reviewer
from responders.unknown import UnknownReplies
from runtime.durable import DurableJobs
from runtime.mailing import Mailing
from runtime.metrics import Metrics
from storage.database import Database
from storage.jobs import Handler, JobKind, Jobs
from storage.queries.brands import RevisionCache


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """Everything that does the work; `handlers` says what each kind of job does.

    `durable` is the engine's side of `jobs`, None where jobs are kept in memory. With `listen_only` it collects, sorts
    and routes, and sends nothing.
    """

    loaded: Loaded
    clock: Clock
    database: Database
    jobs: Jobs
    durable: DurableJobs | None
    profiles: RevisionCache
    collectors: Collectors
    intake: Intake
    classifier: Classifier
    drafter: Drafter
    outbox: Outbox
    unknown: UnknownReplies
    guard: Guard
    reviewer: Reviewer
    mailing: Mailing
    erasers: tuple[Eraser, ...]
    teller: Teller
    metrics: Metrics
    listen_only: bool = False
    handlers: dict[JobKind, Handler] = field(default_factory=dict)

    def find_secret(self, name: str) -> str | None:
        """Return a secret's value, None when it isn't set."""
        return self.loaded.find_secret(name)

    def close(self) -> None:
        """Give connections back."""
        self.collectors.fetcher.close()
        self.database.close()
