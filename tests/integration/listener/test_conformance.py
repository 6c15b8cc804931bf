"""Every collector keeps the port's promise: killed after any batch and run again, it gives each post once."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from domain.ports import Collector
from domain.time import ManualClock
from listener.collectors import feeds, hackernews
from listener.collectors.feeds import FeedCollector
from listener.collectors.files import FileCollector
from listener.collectors.folder import FolderCollector
from listener.collectors.hackernews import HackerNewsCollector
from listener.collectors.memory import MemoryCollector
from listener.reading import files
from listener.reading.posts import Shape
from simulators.hackernews import HackerNewsSimulator
from simulators.loopback import Answer, serve
from storage.tables import Mention
from tests.conftest import NOW
from tests.integration.listener.home import Home, post
from tests.integration.listener.test_sources import FETCHER, rss, stamp

COUNT = 11


@dataclass(frozen=True)
class World:
    """Where a collector reads: a folder, a clock, and servers that end with the test."""

    folder: Path
    clock: ManualClock
    stack: ExitStack

    @property
    def shape(self) -> Shape:
        return Shape(platform="survey", zone=ZoneInfo("Europe/Berlin"), today=NOW)


def memory(world: World) -> Callable[[], Collector]:
    posts = [post(number) for number in range(COUNT)]
    return lambda: MemoryCollector(posts)


def file(world: World) -> Callable[[], Collector]:
    path = world.folder / "posts.csv"
    path.write_text("id,text\n" + "".join(f'{number},"kestrel\n{number}"\n' for number in range(COUNT)))
    return lambda: FileCollector(path=path, name=path.name, shape=world.shape, clock=world.clock)


def folder(world: World) -> Callable[[], Collector]:
    for number in range(COUNT):
        row = {"id": number, "text": f"kestrel {number}"}
        with (world.folder / f"{number % 3}.jsonl").open("a") as target:
            target.write(f"{json.dumps(row)}\n")
    world.clock.set(NOW.replace(year=NOW.year + 20))  # long after the files were written
    return lambda: FolderCollector(folder=world.folder, shape=world.shape, clock=world.clock)


def feed(world: World) -> Callable[[], Collector]:
    body = rss(*(number / 10 for number in range(COUNT)), clock=world.clock)  # type: ignore[arg-type]
    address = world.stack.enter_context(serve(lambda _: Answer(headers={"ETag": '"1"'}, body=body)))
    return lambda: FeedCollector(key="blog", url=address, fetcher=FETCHER, clock=world.clock)


def news(world: World) -> Callable[[], Collector]:
    simulator = HackerNewsSimulator()
    for number in range(COUNT):
        simulator.add_story(number, at=stamp(world.clock, 60 + number // 2), title=f"Kestrel {number}")
    api = world.stack.enter_context(simulator.serve())
    terms = ('"kestrel"', '"kestrel 1"')
    return lambda: HackerNewsCollector(terms=terms, fetcher=FETCHER, clock=world.clock, api=api)


@pytest.fixture
def world(tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for module in (files, feeds, hackernews):
        monkeypatch.setattr(module, "PAGE", 3)
    with ExitStack() as stack:
        yield World(tmp_path / "inbox", clock, stack)


@pytest.mark.parametrize("setting", [memory, file, folder, feed, news])
def test_each_post_once_wherever_it_is_killed(
    sqlite_home: Home, world: World, setting: Callable[[World], Callable[[], Collector]]
) -> None:
    home = sqlite_home
    world.folder.mkdir()
    build = setting(world)
    cursor: str | None = None
    total = 0
    for stop in (1, 1, 2, 1, 3, 50, 50):
        for number, batch in enumerate(build().collect(cursor=cursor, since=NOW - timedelta(days=7)), start=1):
            assert batch.signal is None
            assert not batch.rejects
            total += home.intake.save(home.sources["main"], batch).new
            # What the table keeps, not what the batch says: a batch without a cursor moves nothing.
            cursor = home.source().cursor
            if number == stop:
                break
    assert total == len(home.all(Mention)) == COUNT
    assert list(build().collect(cursor=cursor, since=NOW)) == [] or build().platform in {"feed", "hackernews"}
    assert len(home.all(Mention)) == COUNT
