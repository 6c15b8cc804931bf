"""OpenMetrics that a scraper can read, with counts and no texts."""

from collections.abc import Callable

from prometheus_client.openmetrics.parser import text_string_to_metric_families

from domain.states import MentionState
from domain.time import ManualClock
from runtime.durable import DurableJobs, QueueDepth, migrate
from runtime.engine import JobRun
from runtime.metrics import Metrics
from storage.database import Database
from storage.jobs import Job, JobKind
from tests.rows import add_author, add_brand, add_mention

SECRET = "the kettle burnt my hand"


def samples(metrics: Metrics) -> dict[tuple[str, tuple[str, ...]], float]:
    read: Callable[[str], object] = text_string_to_metric_families
    families = list(read(metrics.render().decode()))  # type: ignore[call-overload]
    return {
        (sample.name, tuple(sample.labels.values())): sample.value for family in families for sample in family.samples
    }


def test_counts_by_state_and_no_text(database: Database, clock: ManualClock) -> None:
    migrate(database)
    jobs = DurableJobs(database)
    with database.write() as session:
        author = add_author(session, add_brand(session, clock), clock.now(), handle="ada")
        for place in range(3):
            add_mention(session, author, str(place), SECRET, clock.now(), state=MentionState.COLLECTED)
        jobs.enqueue(session, Job(kind=JobKind.CLASSIFY, key="classify:1-3", ids=(1, 2, 3)))
    metrics = Metrics(database, depths=jobs.depths)
    metrics.note_run(JobRun(kind=JobKind.ROUTE, outcome="done", seconds=0.2))
    metrics.note_run(JobRun(kind=JobKind.ROUTE, outcome="retried", seconds=0.2))
    metrics.note_model(mentions=64, seconds=0.3)
    found = samples(metrics)
    assert found["earnest_moving_mentions", ("collected",)] == 3
    assert found["earnest_queue_jobs", ("model", "enqueued")] == 1
    assert found["earnest_sources", ("tern", "active")] == 1
    assert found["earnest_jobs_total", ("route", "done")] == found["earnest_jobs_total", ("route", "retried")] == 1
    assert found["earnest_model_mentions_total", ()] == 64
    assert found["earnest_model_batch_seconds_count", ()] == 1
    text = metrics.render().decode()
    assert SECRET not in text
    assert "ada" not in text.replace("metadata", "")
    assert text.endswith("# EOF\n")


def test_two_scrapers_cost_one_look(sqlite_database: Database) -> None:
    looks: list[int] = []

    def depths() -> list[QueueDepth]:
        looks.append(1)
        return []

    metrics = Metrics(sqlite_database, depths=depths)
    assert looks == []
    metrics.render()
    metrics.render()
    assert looks == [1]
