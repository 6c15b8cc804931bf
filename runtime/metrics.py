"""What monitoring reads: counts and durations by kind, in OpenMetrics; never a text or a name of a customer."""

from collections.abc import Callable, Iterable, Iterator
from time import monotonic

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.registry import Collector
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from domain.states import DraftState
from runtime.durable import QueueDepth
from runtime.engine import JobRun
from storage.database import Database
from storage.queries.moving import still_moving
from storage.tables import Brand, Draft, Mention, Reply, Source

CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"
# Two scrapers, or a page that asks with each reload, cost one look.
KEPT_SECONDS = 5.0
_BUCKETS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120, 600)


class Metrics:
    """The registry of one process, and what its parts report to it."""

    def __init__(self, database: Database, *, depths: Callable[[], list[QueueDepth]]) -> None:
        """`depths` asks the engine's queues; rows are counted when somebody asks."""
        self.registry = CollectorRegistry()
        self._jobs = Counter("earnest_jobs", "Attempts to run a job.", ["kind", "outcome"], registry=self.registry)
        self._seconds = Histogram(
            "earnest_job_seconds", "How long a job ran.", ["kind"], buckets=_BUCKETS, registry=self.registry
        )
        self._model = Histogram(
            "earnest_model_batch_seconds", "How long the model took for a batch.", buckets=_BUCKETS,
            registry=self.registry,
        )  # fmt: skip
        self._sorted = Counter("earnest_model_mentions", "Mentions that the model sorted.", registry=self.registry)
        self.registry.register(_Rows(database, depths))

    def note_run(self, run: JobRun) -> None:
        """Count one attempt of a job."""
        self._jobs.labels(run.kind.value, run.outcome).inc()
        self._seconds.labels(run.kind.value).observe(run.seconds)

    def note_model(self, *, mentions: int, seconds: float) -> None:
        """Count one batch of the model."""
        self._model.observe(seconds)
        self._sorted.inc(mentions)

    def render(self) -> bytes:
        """Return everything as OpenMetrics text."""
        return bytes(generate_latest(self.registry))  # type: ignore[no-untyped-call]


class _Rows(Collector):
    """Counts of rows by state, looked up when somebody asks and kept for a moment."""

    def __init__(self, database: Database, depths: Callable[[], list[QueueDepth]]) -> None:
        self._database, self._depths = database, depths
        self._kept: tuple[float, list[Metric]] = (float("-inf"), [])

    def describe(self) -> Iterable[Metric]:
        """Name nothing beforehand, so that registering doesn't ask the database."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Return the families, at most five seconds old."""
        at, families = self._kept
        if monotonic() - at > KEPT_SECONDS:
            families = list(self._look())
            self._kept = monotonic(), families
        return families

    def _look(self) -> Iterator[Metric]:
        yield _gauge(
            "earnest_queue_jobs", "Jobs that wait, are put off or run.", ["queue", "status"],
            [((depth.queue, depth.status.lower()), depth.jobs) for depth in self._depths()],
        )  # fmt: skip
        with self._database.read() as session:
            families: list[tuple[str, str, list[str], Counted]] = [
                ("moving_mentions", "Mentions on their way to a person.", ["state"], _moving(session)),
                ("waiting_drafts", "Drafts that wait for a person.", ["brand", "state"], _waiting(session)),
                ("replies", "Replies by state.", ["brand", "state"], _by_state(session, Reply)),
                ("sources", "Sources by state.", ["brand", "state"], _by_state(session, Source)),
                ("collected_mentions", "Mentions collected so far.", ["brand", "source"], _collected(session)),
            ]
        for name, text, labels, values in families:
            yield _gauge(f"earnest_{name}", text, labels, values)


Counted = list[tuple[tuple[str, ...], float]]


def _gauge(name: str, text: str, labels: list[str], values: Counted) -> Metric:
    family = GaugeMetricFamily(name, text, labels=labels)
    for label_values, value in values:
        family.add_metric(label_values, value)
    return family


def _moving(session: Session) -> Counted:
    # The index of what moves serves it; all mentions are never counted.
    query = select(Mention.state, func.count()).where(still_moving())
    return [((str(state),), count) for state, count in session.execute(query.group_by(Mention.state))]


def _waiting(session: Session) -> Counted:
    return _by_state(session, Draft, Draft.state == DraftState.PROPOSED)


def _by_state(session: Session, row: type[Draft | Reply | Source], *which: ColumnElement[bool]) -> Counted:
    query = select(Brand.slug, row.state, func.count()).join(Brand, Brand.id == row.brand_id).where(*which)
    return [
        ((slug, str(state)), count) for slug, state, count in session.execute(query.group_by(Brand.slug, row.state))
    ]


def _collected(session: Session) -> Counted:
    query = select(Brand.slug, Source.key, Source.collected).join(Brand, Brand.id == Source.brand_id)
    return [((slug, key), count) for slug, key, count in session.execute(query)]
