"""A post that is deleted on its platform is gone here after the next look, on every platform, through the real clients.

What is still there is looked at once and left as it is.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.ports import Rechecker, ThreadReader
from domain.states import MentionState, SourceState
from domain.time import ManualClock
from listener.rechecks import recheck_source
from platforms.registry import capabilities_of
from storage.database import Database
from storage.jobs import JobKind
from storage.tables import Mention
from tests.integration.listener.home import Home, collect, open_home
from tests.integration.platforms.bluesky_world import World as Bluesky
from tests.integration.platforms.mastodon_world import World as Mastodon
from tests.integration.platforms.reddit_world import World as Reddit
from tests.integration.platforms.x_world import World as X

WORLDS: tuple[Callable[[], Any], ...] = (X, Reddit, Mastodon, Bluesky)


def open_for(world: Any, database: Database) -> Home:
    source = {"id": "main", "type": world.name, "match": "everything"}
    return open_home(database, ManualClock(datetime.now(UTC) + timedelta(minutes=1)), sources=[source])


@pytest.mark.parametrize("make", WORLDS, ids=lambda make: make.__module__.rpartition(".")[2].removesuffix("_world"))
def test_a_deletion_there_is_a_deletion_here(make: Callable[[], Any], sqlite_database: Database) -> None:
    with make() as world:
        home = open_for(world, sqlite_database)
        kept, gone = world.add_post("kestrel stays"), world.add_post("kestrel goes")
        collect(home, world.collector())
        assert {row.external_id for row in home.all(Mention)} >= {kept, gone}
        world.delete_post(gone)
        home.clock.advance(timedelta(hours=21))
        report = recheck_source(
            home.database, home.clock, build=lambda _: world.collector(), source_id=home.sources["main"],
            intake=home.intake,
        )  # fmt: skip
        assert report.signal is None
        rows = {row.external_id: row for row in home.all(Mention)}
        assert (rows[gone].state, rows[gone].text) == (MentionState.DELETED, "")
        assert rows[kept].state is MentionState.COLLECTED
        assert "kestrel stays" in rows[kept].text
        assert {rows[kept].checked_at, rows[gone].checked_at} == {home.clock.now()}
        assert report.posts.updated == 0
        assert [job.ids for job in home.jobs.waiting if job.kind is JobKind.ERASE] == [(rows[gone].id,)]
        assert home.source().state is SourceState.ACTIVE


@pytest.mark.parametrize("make", WORLDS, ids=lambda make: make.__module__.rpartition(".")[2].removesuffix("_world"))
def test_facts_say_what_collectors_can(make: Callable[[], Any]) -> None:
    with make() as world:
        facts, collector = capabilities_of(world.name), world.collector()
    assert isinstance(collector, Rechecker) == (facts.delete_sync is not None)
    assert isinstance(collector, ThreadReader) == facts.can_read_threads


def test_what_a_compliance_job_does_not_name_stands(sqlite_database: Database) -> None:
    with X() as world:
        home = open_for(world, sqlite_database)
        kept, gone = world.add_post("kestrel stays"), world.add_post("kestrel goes")
        collect(home, world.collector())
        world.delete_post(gone)
        batch = world.collector(compliance_from=1).recheck([kept, gone])
        assert (batch.posts, batch.deleted, batch.standing) == ((), (gone,), (kept,))
        home.clock.advance(timedelta(hours=21))
        recheck_source(
            home.database, home.clock, build=lambda _: world.collector(compliance_from=1),
            source_id=home.sources["main"], intake=home.intake,
        )  # fmt: skip
        rows = {row.external_id: row for row in home.all(Mention)}
        assert rows[kept].checked_at == rows[gone].checked_at == home.clock.now()
        assert (rows[kept].state, rows[gone].state) == (MentionState.COLLECTED, MentionState.DELETED)
