"""A reading that is killed anywhere goes on afterwards: no post is lost, none is doubled."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from domain.ports import Collector
from domain.posts import Batch
from listener.collectors.memory import MemoryCollector
from storage.tables import Mention, Source
from tests.integration.listener.home import Home, collect, ids, post

POSTS = [post(number, author=f"a{number % 3}") for number in range(9)]


class Killed(BaseException):
    """Stands for the end of the process: nothing in the program may catch it."""


def crashing(collector: Collector, at: int) -> Collector:
    """Return a collector that dies before it gives the batch of that number."""

    class Crashing:
        platform = collector.platform

        def collect(self, *, cursor: str | None, since: datetime) -> Iterator[Batch]:
            for number, batch in enumerate(collector.collect(cursor=cursor, since=since)):
                if number == at:
                    raise Killed
                yield batch

    return Crashing()


@pytest.mark.parametrize("at", range(6))
def test_killed_before_any_batch_nothing_is_lost_or_doubled(sqlite_home: Home, at: int) -> None:
    home = sqlite_home
    try:
        collect(home, crashing(MemoryCollector(POSTS), at))
    except Killed:
        _forget_process(home)
    collect(home, MemoryCollector(POSTS))
    assert sorted(ids(home)) == sorted(post.external_id for post in POSTS)
    assert sorted(row for job in home.jobs.waiting for row in job.ids) == [row.id for row in home.all(Mention)]


def _forget_process(home: Home) -> None:
    with home.database.write() as session:
        source = session.get_one(Source, home.sources["main"])
        assert source.lease is not None
        host, number, _, rest = source.lease.split("|")
        source.lease = f"{host}|{number}|gone|{rest}"


@pytest.mark.parametrize("place", ["join_threads", "find_known", "apply_edits", "keep_rejects", "note_spending"])
def test_killed_inside_a_save_nothing_is_lost_or_doubled(
    home: Home, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    calls = iter(range(100))

    def dying(real: Callable[..., object]) -> Callable[..., object]:
        def run(*args: object, **more: object) -> object:
            result = real(*args, **more)
            if next(calls) == 1:  # in the second batch, after the step
                raise Killed
            return result

        return run

    from listener import intake

    with monkeypatch.context() as patch:
        patch.setattr(intake, place, dying(getattr(intake, place)))
        with pytest.raises(Killed):
            collect(home, MemoryCollector(POSTS))
    assert len(home.all(Mention)) == 2
    _forget_process(home)
    assert collect(home, MemoryCollector(POSTS)).posts.new == 7
