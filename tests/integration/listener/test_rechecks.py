"""A second look at posts follows what their platform did meanwhile, and never disturbs the normal reading."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from domain.posts import Batch, Signal, SignalKind
from domain.states import MentionState, SourceState
from domain.time import ManualClock
from listener.collectors.memory import MemoryCollector
from listener.importing import ensure_source
from listener.leases import LENGTH
from listener.overdue import count_overdue
from listener.reading.posts import Shape, read_post
from listener.rechecks import Wish
from storage.database import Database
from storage.jobs import JobKind
from storage.tables import LedgerEntry, Mention, Source
from tests.integration.listener.home import Home, open_home
from tests.integration.listener.looks import HOUR, due, heard, look


def test_what_is_gone_goes_and_what_was_edited_reads_as_it_does_now(home: Home, collector: MemoryCollector) -> None:
    collector.gone = {"2"}
    collector.posts[0] = heard(1, "I like kestrel, and osprey too")
    report = look(home, collector)
    assert (report.asked, report.posts.deleted, report.posts.updated, report.signal) == (3, 1, 1, None)
    states = {row.external_id: (row.state, row.text, row.checked_at) for row in home.all(Mention)}
    now = home.clock.now()
    assert states["1"] == (MentionState.COLLECTED, "I like kestrel, and osprey too", now)
    assert states["2"] == (MentionState.DELETED, "", now)
    assert states["3"] == (MentionState.COLLECTED, "I like kestrel", now)
    assert JobKind.ERASE in {job.kind for job in home.jobs.waiting}


def test_an_edit_that_names_nobody_any_more_is_followed_too(home: Home, collector: MemoryCollector) -> None:
    collector.posts[0] = heard(1, "never mind")
    assert look(home, collector).posts.updated == 1
    assert home.all(Mention)[0].text == "never mind"


def test_each_post_is_looked_at_once_within_its_time(home: Home, collector: MemoryCollector) -> None:
    assert due(home) == [home.sources["main"]]
    look(home, collector)
    assert due(home) == []
    home.clock.advance(19 * HOUR)
    assert look(home, collector).asked == 0
    home.clock.advance(2 * HOUR)
    assert look(home, collector).asked == 3
    assert collector.looks == [("1", "2", "3"), ("1", "2", "3")]


def test_a_post_that_nothing_was_said_of_is_asked_about_again(home: Home, collector: MemoryCollector) -> None:
    collector.silent = {"1"}
    look(home, collector)
    home.clock.advance(HOUR)
    collector.silent = set()
    look(home, collector)
    assert collector.looks == [("1", "2", "3"), ("1",)]


def test_a_person_may_have_posts_looked_at_before_they_are_due(home: Home, collector: MemoryCollector) -> None:
    look(home, collector)
    home.clock.advance(timedelta(minutes=30))
    collector.gone = {"2"}
    now = home.clock.now()
    assert look(home, collector, wish=Wish(before=now - HOUR)).asked == 0
    counted: list[int] = []
    report = look(home, collector, most=1, wish=Wish(before=now, progress=counted.append))
    assert (report.asked, report.posts.deleted, counted) == (3, 1, [3])


def test_a_person_may_have_a_source_asked_that_waits(home: Home, collector: MemoryCollector) -> None:
    collector.trouble = Signal(kind=SignalKind.REFUSED, message="No.")
    collector.silent = {"1", "2", "3"}
    look(home, collector)
    with home.database.write() as session:
        session.get_one(Source, home.sources["main"]).state = SourceState.STOPPED
    before = home.clock.now()
    assert look(home, collector, wish=Wish(before=before)).asked == 0
    assert look(home, collector, wish=Wish(before=before, at_once=True)).asked == 3
    with home.database.write() as session:
        session.get_one(Source, home.sources["main"]).enabled = False
    assert look(home, collector, wish=Wish(before=before, at_once=True)).skipped == "it is switched off"


def test_a_long_look_keeps_its_source(database: Database, clock: ManualClock) -> None:
    class Slow(MemoryCollector):
        def recheck(self, external_ids: Any, /) -> Any:
            clock.advance(LENGTH * 0.8)
            return super().recheck(external_ids)

    home = open_home(database, clock, sources=[{"id": "main", "type": "memory", "calls": 100}])
    posts = [heard(number, author=f"a{number}") for number in range(250)]
    home.save(*posts)
    left: list[timedelta] = []

    def note(_asked: int) -> None:
        until = home.source().leased_until
        assert until is not None
        left.append(until - clock.now())

    look(home, Slow(posts), wish=Wish(before=clock.now() + HOUR, progress=note))
    assert left == [LENGTH] * 3


def test_a_job_takes_the_oldest_first_and_the_next_goes_on(home: Home, collector: MemoryCollector) -> None:
    assert look(home, collector, most=2).asked == 2
    assert look(home, collector, most=2).asked == 1
    assert collector.looks == [("1", "2"), ("3",)]


def test_a_call_asks_for_a_hundred_at_most(home: Home) -> None:
    posts = [heard(number, author=f"a{number}") for number in range(250)]
    home.save(*posts)
    home.clock.advance(21 * HOUR)
    collector = MemoryCollector(posts)
    assert look(home, collector).asked == 250
    assert [len(ids) for ids in collector.looks] == [100, 100, 50]


@pytest.mark.parametrize("kind", list(SignalKind))
def test_trouble_ends_the_look_alone_and_keeps_what_it_saw(
    home: Home, collector: MemoryCollector, kind: SignalKind
) -> None:
    collector.gone, collector.price = {"2"}, 500
    collector.trouble = Signal(kind=kind, message="Not now.", retry_after=2 * HOUR)
    before = home.source()
    report = look(home, collector)
    assert report.signal is not None
    assert report.posts.deleted == 1
    after = home.source()
    for name in ("state", "failures", "retry_at", "last_ok_at", "last_error", "cursor", "lease", "last_tried_at"):
        assert getattr(after, name) == getattr(before, name), name
    assert (after.recheck_after, after.recheck_error) == (home.clock.now() + 2 * HOUR, "Not now.")
    with home.database.read() as session:
        assert session.execute(select(LedgerEntry.micros, LedgerEntry.calls)).one() == (500, 1)
    home.clock.advance(21 * HOUR)
    look(home, collector)
    assert (home.source().recheck_after, home.source().recheck_error) == (None, None)


def test_who_was_told_to_wait_waits(home: Home, collector: MemoryCollector) -> None:
    collector.trouble = Signal(kind=SignalKind.RATE_LIMITED, message="Wait.", retry_after=3 * HOUR)
    collector.silent = {"1", "2", "3"}
    look(home, collector)
    home.clock.advance(2 * HOUR)
    assert due(home) == []
    assert look(home, collector).skipped is not None
    home.clock.advance(HOUR)
    assert due(home) == [home.sources["main"]]


def test_a_source_that_is_stopped_is_not_asked(home: Home, collector: MemoryCollector) -> None:
    with home.database.write() as session:
        session.get_one(Source, home.sources["main"]).state = SourceState.STOPPED
    assert due(home) == []
    assert look(home, collector).skipped == "it is stopped"
    assert collector.looks == []


def test_deletions_do_not_wait_for_the_next_months_budget(home: Home, collector: MemoryCollector) -> None:
    collector.gone = {"2"}
    with home.database.write() as session:
        session.get_one(Source, home.sources["main"]).state = SourceState.PAUSED
    assert due(home) == [home.sources["main"]]
    assert look(home, collector).posts.deleted == 1
    assert home.source().state is SourceState.PAUSED


def test_ids_that_were_made_up_are_nothing_to_ask_about(home: Home, collector: MemoryCollector) -> None:
    row = {"text": "I like kestrel", "author": "di", "at": "2026-11-02"}
    shape = Shape(platform="memory", zone=ZoneInfo("UTC"), today=home.clock.now())
    with home.database.write() as session:
        imports = ensure_source(session, brand_id=home.brand_id)
    posts = (read_post(row, shape=shape, now=home.clock.now()), heard("x" * 300, author="ed"), heard("4", author="fi"))
    home.intake.save(imports, Batch(posts=posts))
    home.clock.advance(21 * HOUR)
    collector.gone = {row.external_id for row in home.all(Mention)} - {"1", "2", "3", "4"}
    assert len(collector.gone) == 2
    assert (look(home, collector).posts.deleted, collector.looks) == (0, [("1", "2", "3", "4")])
    home.clock.advance(30 * HOUR)
    with home.database.read() as session:
        source = session.get_one(Source, home.sources["main"])
        source.recheck_error = "No."
        profile = home.profiles.current(home.brand_id).profile
        assert count_overdue(session, source, profile, now=home.clock.now()) == 4


def test_a_platform_that_cannot_be_asked_is_left_alone(home: Home, collector: MemoryCollector) -> None:
    class Deaf:
        platform = "memory"

        def collect(self, *, cursor: str | None, since: object) -> Any:
            raise AssertionError((cursor, since))

    assert "can't be asked" in (look(home, Deaf()).skipped or "")
    assert due(home) == []
    assert all(row.checked_at is None for row in home.all(Mention))


def test_a_collector_that_fails_is_told_of(home: Home, collector: MemoryCollector) -> None:
    class Broken(MemoryCollector):
        def recheck(self, external_ids: Any, /) -> Any:
            raise RuntimeError(external_ids)

    report = look(home, Broken())
    assert report.signal is not None
    assert "RuntimeError" in report.signal.message
    assert "1" not in report.signal.message.split("at ")[0]
    assert home.source().state is SourceState.ACTIVE
