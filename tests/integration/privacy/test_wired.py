"""Looking again and reading around run as jobs of the application as it is put together."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from config.loading import load
from domain.posts import Batch
from domain.states import MentionState
from domain.time import ManualClock, SystemClock
from listener.collectors.memory import MemoryCollector
from listener.context import CollectorContext
from platforms.allowance import Allowance
from runtime.application import Application
from runtime.cli.workplace import known_parts
from runtime.stages import bind
from runtime.wiring import build
from storage.jobs import JobKind
from storage.tables import Mention, Source, ThreadPost
from tests.integration.listener.home import post
from tests.integration.privacy.planting import Planted, copy_planted

POSTS = (
    post("m1", "Cap Aubray was lovely", platform="file", conversation_id="root", in_reply_to="root"),
    post("root", "Where to stay?", author="bo", platform="file", conversation_id="root"),
)


@pytest.fixture
def wired(planted_template: Planted, tmp_path: Path) -> Iterator[tuple[Application, MemoryCollector]]:
    """The application with a collector in memory in the place of the one of files."""
    planted = copy_planted(planted_template, tmp_path / "home")
    planted.parts.close()
    clock = ManualClock(SystemClock().now())
    parts = build(load(planted.home.settings, checks=known_parts()), clock=clock)
    collector = MemoryCollector(POSTS, platform="file")

    def make(_source: object, *, context: CollectorContext) -> MemoryCollector:
        assert context.allowance == Allowance()
        return collector

    collectors = replace(parts.collectors, factories={"file": lambda: make})
    parts = replace(parts, collectors=collectors)
    parts.handlers.update(bind(parts))
    yield parts, collector
    parts.close()


def test_jobs_look_again_and_read_around(wired: tuple[Application, MemoryCollector]) -> None:
    parts, collector = wired
    with parts.database.read() as session:
        source_id = session.scalars(select(Source.id).where(Source.kind == "file", Source.enabled)).one()
    parts.intake.save(source_id, Batch(posts=POSTS[:1]), everything=True)
    with parts.database.read() as session:
        mention = session.scalars(select(Mention).where(Mention.external_id == "m1")).one()
    parts.handlers[JobKind.THREAD]((mention.conversation_id,))
    with parts.database.read() as session:
        assert "Where to stay?" in session.scalars(select(ThreadPost.text)).all()
    collector.gone = {"m1"}
    assert isinstance(parts.clock, ManualClock)
    parts.clock.advance(timedelta(hours=21))
    parts.handlers[JobKind.RECHECK]((source_id,))
    with parts.database.read() as session:
        assert session.get_one(Mention, mention.id).state is MentionState.DELETED
