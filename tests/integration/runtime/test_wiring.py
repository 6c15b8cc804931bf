"""The application that settings make: from a file of posts to replies that went out, with real parts throughout."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bench.crashing.scene import Scene
from config.loading import SETTINGS_FILE
from domain.labels import Use
from domain.states import ClockState, DraftState, ReplyState
from domain.time import ManualClock, Week
from responders.publishers.file import FILE
from runtime.application import Application
from runtime.process import snapshot
from runtime.wiring import build, build_vault
from sentiment.keywords import KeywordClassifier
from storage.jobs import Job, JobKind, MemoryJobs
from storage.tables import Digest, Draft, Mention, Reply, SlaClock, Source
from storage.vault import Owner


class Works:
    """An installation whose jobs run in this process, when told."""

    def __init__(self, folder: Path, *, outbox: str = "file") -> None:
        random.seed(1)
        self.scene = Scene.make(folder)
        settings = json.loads((folder / SETTINGS_FILE).read_text())
        (folder / SETTINGS_FILE).write_text(json.dumps({**settings, "outbox": {"to": outbox}}))
        self.clock = ManualClock(datetime.now(UTC) + timedelta(minutes=1))
        self.jobs = MemoryJobs(self.clock)
        self.parts = build(self.scene.load(), clock=self.clock, jobs=self.jobs, classifier=KeywordClassifier())
        self.jobs.handlers = self.parts.handlers

    def run(self, kind: JobKind, key: str, *ids: int) -> None:
        with self.parts.database.write() as session:
            self.jobs.enqueue(session, Job(kind=kind, key=key, ids=ids))
        self.jobs.run_due()

    def collect(self) -> None:
        with self.parts.database.read() as session:
            source_id = session.scalars(select(Source.id)).one()
        self.run(JobKind.COLLECT, f"collect:{self.clock.now()}", source_id)

    def approve_all(self) -> int:
        with self.parts.database.read() as session:
            waiting = session.execute(select(Draft.id, Draft.version).where(Draft.state == DraftState.PROPOSED)).all()
        for draft_id, version in waiting:
            self.parts.reviewer.approve(draft_id=draft_id, version=version, user_id=1)
        self.jobs.run_due()
        return len(waiting)

    def states(self) -> list[ReplyState]:
        with self.parts.database.read() as session:
            return list(session.scalars(select(Reply.state).order_by(Reply.id)))


@pytest.fixture
def works(tmp_path: Path) -> Iterator[Works]:
    made = Works(tmp_path / "works")
    yield made
    made.parts.close()


def test_every_kind_of_job_does_something(works: Works) -> None:
    assert set(works.parts.handlers) == set(JobKind)


def test_posts_become_replies_in_the_file(works: Works) -> None:
    works.scene.write_posts(30, first=0)
    works.collect()
    with works.parts.database.read() as session:
        assert session.scalar(select(func.count(Mention.id))) == 30
    approved = works.approve_all()
    assert 10 < approved <= 30
    assert works.states() == [ReplyState.SENT] * approved
    lines = (works.parts.loaded.data_dir / FILE).read_text().splitlines()
    assert len({json.loads(line)["key"] for line in lines}) == len(lines) == approved


def test_an_answer_that_went_out_stops_the_clocks(works: Works) -> None:
    works.scene.write_posts(30, first=0)
    works.collect()
    with works.parts.database.read() as session:
        waiting = session.scalar(select(func.count()).where(SlaClock.state == ClockState.ACTIVE))
    assert waiting
    works.approve_all()
    with works.parts.database.read() as session:
        responses = session.scalars(select(SlaClock.state).where(SlaClock.kind == "first_response")).all()
    assert set(responses) == {ClockState.HIT}


def test_where_no_publisher_can_be_built_a_reply_says_what_is_missing(tmp_path: Path) -> None:
    works = Works(tmp_path / "works", outbox="platforms")
    works.scene.write_posts(10, first=0)
    works.collect()
    owner = Owner(brand="tern", platform="mastodon", account="@tern", use=Use.WRITE)
    build_vault(works.parts.loaded, works.parts.database, works.clock).keep(owner, "access_token", "of no use")
    assert works.approve_all()
    assert set(works.states()) == {ReplyState.FAILED}
    with works.parts.database.read() as session:
        assert "The account @tern names no server" in (session.scalars(select(Reply.last_error)).first() or "")
    works.parts.close()


def test_the_weekly_job_makes_a_digest_without_a_mail_server(works: Works) -> None:
    works.scene.write_posts(5, first=0)
    works.collect()
    # A first week of which less than two days were heard has no digest, so the one after is looked at.
    works.clock.advance(timedelta(days=14))
    brand_id = 1
    with works.parts.database.read() as session:
        due = works.parts.mailing.due(session, up_since=None)
    last = Week.of(works.clock.now(), works.parts.profiles.current(brand_id).profile.zone).shift(-1)
    assert (brand_id, last.year * 100 + last.number) in due
    for brand, number in due:
        works.run(JobKind.DIGEST, f"digest:{brand}:{number}", brand, number)
    with works.parts.database.read() as session:
        assert str(last) in session.scalars(select(Digest.week)).all()
        assert works.parts.mailing.due(session, up_since=None) == []


def test_the_sweep_and_the_clocks_run(works: Works) -> None:
    works.scene.write_posts(30, first=0)
    works.collect()
    works.clock.advance(timedelta(days=30))
    works.run(JobKind.SLA, "sla:1:1", 1)
    works.run(JobKind.SWEEP, "sweep:1")
    with works.parts.database.read() as session:
        assert set(session.scalars(select(SlaClock.state))) == {ClockState.MISSED}


def test_a_broken_post_is_set_aside_and_the_rest_goes_in(works: Works) -> None:
    works.scene.write_posts(3, first=0)
    with (works.scene.folder / "inbox.jsonl").open("a") as inbox:
        inbox.write("{this is no JSON\n")
    works.scene.write_posts(3, first=3)
    works.collect()
    with works.parts.database.read() as session:
        assert session.scalar(select(func.count(Mention.id))) == 6
    assert list((works.parts.loaded.data_dir / "rejects").iterdir())


def test_the_engine_s_state_for_the_health_page(tmp_path: Path) -> None:
    parts: Application = build(Scene.make(tmp_path / "s").load(), classifier=KeywordClassifier())
    assert parts.durable is not None
    with parts.database.write() as session:
        for number in range(3):
            parts.jobs.enqueue(session, Job(kind=JobKind.CLASSIFY, key=f"classify:{number}", ids=(number,)))
    seen = snapshot(parts.durable, alive=True)
    assert (seen.alive, dict(seen.waiting), seen.failed) == (True, {"model": 3}, ())
    parts.close()
