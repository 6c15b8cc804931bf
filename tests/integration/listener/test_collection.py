"""Collecting a source: from its cursor on, one reading at a time, obeying signals, through crashes."""

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from config.secrets import Secrets
from domain.errors import InvalidInput
from domain.ports import Collector
from domain.posts import Batch, RawPost, Signal, SignalKind
from domain.states import SourceState
from listener.collection import CollectionReport, collect_source
from listener.collectors.memory import MemoryCollector
from listener.condition import restart_source, wait_after
from listener.context import Collectors, find_factories
from listener.http import Fetcher
from listener.leases import is_orphaned, new_token
from storage.tables import DeadLetter, Reply, Source, SourceGap
from tests.integration.listener.home import Home, collect, ids, open_home, post

POSTS = [post(number, author=f"a{number % 3}") for number in range(9)]


def signal(kind: SignalKind, **more: timedelta) -> Signal:
    return Signal(kind=kind, message="Something is wrong; mend it.", **more)


def test_a_source_is_read_to_its_end_and_then_from_there(home: Home) -> None:
    collector = MemoryCollector(POSTS[:5])
    report = collect(home, collector)
    assert (report.posts.new, report.batches, report.signal, report.skipped) == (5, 3, None, None)
    collector.posts += POSTS[5:]
    assert collect(home, collector).posts.new == 4
    assert sorted(ids(home)) == sorted(post.external_id for post in POSTS)
    source = home.source()
    assert (source.state, source.lease, source.cursor) == (SourceState.ACTIVE, None, "9")


def test_the_first_reading_goes_back_as_far_as_the_source_says(sqlite_home: Home) -> None:
    old = post("old", ago=timedelta(days=8))
    assert collect(sqlite_home, MemoryCollector([old, POSTS[0]])).posts.new == 1


@pytest.mark.parametrize(
    ("kind", "state"),
    [(SignalKind.RATE_LIMITED, SourceState.BACKING_OFF), (SignalKind.UNAVAILABLE, SourceState.BACKING_OFF),
     (SignalKind.BUDGET_SPENT, SourceState.PAUSED), (SignalKind.REFUSED, SourceState.STOPPED),
     (SignalKind.MISCONFIGURED, SourceState.STOPPED)],
)  # fmt: skip
def test_a_signal_ends_a_reading_and_opens_a_gap(sqlite_home: Home, kind: SignalKind, state: SourceState) -> None:
    home, collector = sqlite_home, MemoryCollector(POSTS)
    collector.signals[2] = signal(kind)
    report = collect(home, collector)
    assert (report.batches, report.posts.new) == (2, 4)
    source = home.source()
    assert (source.state, source.cursor, source.last_error) == (state, "4", "Something is wrong; mend it.")
    assert [gap.ended_at for gap in home.all(SourceGap)] == [None]
    assert collect(home, collector).skipped
    home.clock.advance(timedelta(days=40))
    again = collect(home, collector)
    if state is SourceState.STOPPED:
        assert again.skipped == "it is stopped until somebody mends it"
        with home.database.write() as session:
            assert restart_source(session, source_id=source.id, now=home.clock.now())
        again = collect(home, collector)
    assert again.posts.new == 5
    assert home.source().state is SourceState.ACTIVE
    assert [gap.ended_at for gap in home.all(SourceGap)] == [home.clock.now()]


def test_waiting_grows_and_keeps_within_an_hour() -> None:
    waits = [wait_after(failures, spread=0.5).total_seconds() for failures in range(1, 12)]
    assert waits[:3] == [30, 60, 120]
    assert max(waits) == 3600
    assert wait_after(1, spread=0) < wait_after(1, spread=1)


def test_a_source_that_keeps_failing_is_asked_ever_more_rarely(sqlite_home: Home) -> None:
    home, waits = sqlite_home, []
    for _ in range(4):
        collector = MemoryCollector(POSTS[:1])
        collector.signals[1] = signal(SignalKind.UNAVAILABLE)
        with home.database.write() as session:
            session.get_one(Source, home.sources["main"]).cursor = None
        assert collect(home, collector).signal
        retry_at = home.source().retry_at
        assert retry_at is not None
        waits.append((retry_at - home.clock.now()).total_seconds())
        home.clock.set(retry_at)
    assert waits == sorted(waits)
    assert waits[-1] > 4 * waits[0]
    assert home.source().failures == 4
    assert len(home.all(SourceGap)) == 1


def test_a_pause_ends_with_the_month(sqlite_home: Home) -> None:
    collector = MemoryCollector(POSTS)
    collector.signals[1] = signal(SignalKind.BUDGET_SPENT)
    collect(sqlite_home, collector)
    retry_at = sqlite_home.source().retry_at
    assert retry_at is not None
    assert retry_at.isoformat() == "2026-11-30T23:00:00+00:00"  # December begins in Berlin


def test_new_settings_are_a_reason_to_try_at_once(sqlite_home: Home) -> None:
    collector = MemoryCollector(POSTS)
    collector.signals[1] = signal(SignalKind.UNAVAILABLE, retry_after=timedelta(hours=9))
    collect(sqlite_home, collector)
    sqlite_home.clock.advance(timedelta(seconds=1))
    assert collect(sqlite_home, collector).skipped == "it waits until 2026-11-18 19:00 UTC"
    open_home(sqlite_home.database, sqlite_home.clock, about="Coffee")
    assert collect(sqlite_home, collector).posts.new == 7


@dataclass
class Paid:
    """A collector that charges a cent a page."""

    platform: str = "paid"

    def collect(self, *, cursor: str | None, since: datetime) -> Iterator[Batch]:  # noqa: ARG002 - the port's
        for number in range(int(cursor or 0), 9):
            yield Batch(posts=(POSTS[number],), cursor=str(number + 1), requests=1, cost_micros=10_000, currency="EUR")


def test_a_budget_pauses_its_source(sqlite_home: Home) -> None:
    source = {"id": "main", "type": "memory", "budget": "0.03 EUR"}
    home = open_home(sqlite_home.database, sqlite_home.clock, slug="paying", sources=[source])
    report = collect(home, Paid())
    assert (report.posts.new, report.signal and report.signal.kind) == (3, SignalKind.BUDGET_SPENT)
    assert home.source().state is SourceState.PAUSED
    home.clock.advance(timedelta(days=20))
    assert collect(home, Paid()).posts.new == 3


def test_what_a_collector_raises_is_a_signal_without_its_text(
    sqlite_home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        platform = "broken"

        def collect(self, *, cursor: str | None, since: datetime) -> Iterator[Batch]:  # noqa: ARG002 - the port's
            yield Batch(posts=(POSTS[0],), cursor="1")
            raise ValueError("SECRET words of a customer")

    with caplog.at_level(logging.DEBUG):
        report = collect(sqlite_home, Broken())
    assert report.posts.new == 1
    source = sqlite_home.source()
    assert source.state is SourceState.BACKING_OFF
    assert "ValueError at test_collection.py" in (source.last_error or "")
    assert "SECRET" not in caplog.text + (source.last_error or "")


def test_settings_that_cannot_be_built_stop_the_source(sqlite_home: Home) -> None:
    def build(_view: object) -> Collector:
        raise InvalidInput("The address is missing; add `url:`.")

    home = sqlite_home
    report = collect_source(
        home.database, home.jobs, home.clock, build=build, source_id=home.sources["main"], intake=home.intake
    )
    assert report.signal is not None
    assert (report.signal.kind, report.signal.message) == (
        SignalKind.MISCONFIGURED, "The address is missing; add `url:`.",
    )  # fmt: skip
    # New settings are a reason to try again.
    home.clock.advance(timedelta(minutes=1))
    assert collect(home, MemoryCollector(POSTS)).skipped
    open_home(home.database, home.clock, name="Kestrel Coffee")
    assert collect(home, MemoryCollector(POSTS)).posts.new == 9


def test_one_reading_at_a_time(home: Home) -> None:
    inner: list[CollectionReport] = []

    class Nested(MemoryCollector):
        def collect(self, *, cursor: str | None, since: datetime) -> Iterator[Batch]:
            for batch in super().collect(cursor=cursor, since=since):
                inner.append(collect(home, MemoryCollector(POSTS)))
                yield batch

    assert collect(home, Nested(POSTS)).posts.new == 9
    assert {report.skipped for report in inner} == {"another reading of it is under way"}


def test_a_reading_whose_lease_passed_on_stops_and_doubles_nothing(sqlite_home: Home) -> None:
    home = sqlite_home

    class Slow(MemoryCollector):
        def collect(self, *, cursor: str | None, since: datetime) -> Iterator[Batch]:
            batches = list(super().collect(cursor=cursor, since=since))
            yield batches[0]
            home.clock.advance(timedelta(minutes=6))
            assert collect(home, MemoryCollector(POSTS)).posts.new == 7
            yield from batches[1:]

    report = collect(home, Slow(POSTS))
    assert report.skipped == "another reading took it over"
    assert sorted(ids(home)) == sorted(post.external_id for post in POSTS)
    assert (home.source().cursor, home.source().lease) == ("9", None)


def test_a_lease_dies_with_its_process() -> None:
    host, _, _, _ = new_token().split("|")
    assert not is_orphaned(new_token())
    assert is_orphaned(f"{host}|{os.getpid()}|another-life|x")
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    assert is_orphaned(f"{host}|{child}|x|y")
    assert not is_orphaned(f"{host}|1|x|y")
    assert not is_orphaned("elsewhere|1|x|y")
    assert not is_orphaned("nonsense")


def test_the_demo_way_from_a_file_with_rejects(sqlite_home: Home, tmp_path: Path) -> None:
    rows = [{"id": number, "text": f"kestrel {number}", "author": "ada", "platform": "x"} for number in range(3)]
    text = "".join(f"{json.dumps(row)}\n" for row in rows) + "broken\n"
    (tmp_path / "inbox.jsonl").write_text(text)
    source = {"id": "inbox", "type": "file", "path": "inbox.jsonl"}
    home = open_home(sqlite_home.database, sqlite_home.clock, slug="filed", sources=[source])
    build = Collectors(clock=home.clock, base=tmp_path, secrets=Secrets(environ={}), fetcher=Fetcher())
    report = collect_source(
        home.database, home.jobs, home.clock, build=build, source_id=home.sources["inbox"],
        rejects_folder=tmp_path / "rejects",
    )  # fmt: skip
    assert (report.posts.new, report.posts.rejected) == (3, 1)
    (line,) = (tmp_path / "rejects" / "inbox.jsonl.rejects.jsonl").read_text().splitlines()
    assert json.loads(line) == {
        "place": "inbox.jsonl:4", "reason": "The line isn't JSON: Expecting value.", "payload": "broken",
    }  # fmt: skip
    assert (tmp_path / "rejects" / "inbox.jsonl.rejects.jsonl").stat().st_mode & 0o077 == 0
    assert len(home.all(DeadLetter)) == 1


def test_every_built_in_collector_is_an_entry_point() -> None:
    assert {"feed", "file", "folder", "hackernews"} <= set(find_factories())


def test_a_source_without_a_collector_names_it(sqlite_home: Home, tmp_path: Path) -> None:
    home = sqlite_home
    build = Collectors(clock=home.clock, base=tmp_path, secrets=Secrets(environ={}), fetcher=Fetcher())
    report = collect_source(home.database, home.jobs, home.clock, build=build, source_id=home.sources["main"])
    assert report.signal is not None
    assert "No collector is called “memory”" in report.signal.message


def test_replies_of_ours_are_no_mentions_on_the_way(sqlite_home: Home) -> None:
    own: list[RawPost] = [post("r", "Thanks!", author="kestrel", in_reply_to="0")]
    report = collect(sqlite_home, MemoryCollector([*POSTS[:1], *own]))
    assert (report.posts.new, report.posts.own, len(sqlite_home.all(Reply))) == (1, 1, 1)
