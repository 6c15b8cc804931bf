"""Threads, deletions and the stream of X, through the real tweepy."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Timer
from typing import Any

import pytest

from domain.posts import SignalKind
from domain.time import ManualClock
from simulators.loopback import Answer, Request
from simulators.x_storage import storage
from simulators.x_stream import event
from tests.conftest import NOW
from tests.integration.platforms.x_world import BRAND, WEEK, World, cost, ids, read


@pytest.fixture
def world() -> Iterator[World]:
    with World(clock=ManualClock(NOW)) as world:
        yield world


def test_a_thread_is_what_search_finds_and_what_the_post_refers_to(world: World) -> None:
    root = world.state.add_post("Which kettle?", author="bo", at=NOW - timedelta(days=30))
    middle = world.state.add_post("The kestrel one", author="cy", reply_to=root, at=NOW - timedelta(days=1))
    leaf = world.state.add_post(f"@{BRAND} is it good?", author="bo", reply_to=middle)
    below = world.state.add_post("We think so", author=BRAND, reply_to=leaf)
    world.state.add_post("kestrel, elsewhere", author="dee")
    batch = world.collector().read_thread(leaf)
    assert {post.external_id for post in batch.posts} == {root, middle, leaf, below}
    assert (batch.signal, batch.cursor) == (None, None)
    assert batch.cost_micros > 0


def test_what_cannot_be_read_in_a_thread_is_set_aside_and_stops_nothing(world: World) -> None:
    root = world.state.add_post("Which kettle?", author="bo", at=NOW - timedelta(days=30))
    leaf = world.state.add_post(f"@{BRAND} is it good?", author="cy", reply_to=root)
    world.state.posts[root]["text"] = None
    batch = world.collector().read_thread(leaf)
    assert {post.external_id for post in batch.posts} == {leaf}
    assert "The post has no text." in {reject.reason for reject in batch.rejects}


def test_a_thread_that_is_gone_is_empty(world: World) -> None:
    key = world.add_post("hello")
    world.delete_post(key)
    batch = world.collector().read_thread(key)
    assert (batch.posts, batch.deleted, batch.signal) == ((), (key,), None)


@pytest.mark.parametrize("reason", ["deleted", "deactivated", "protected", "suspended"])
@pytest.mark.parametrize("jobs_from", [1, 100])
def test_what_is_gone_is_noticed_by_job_and_by_look_up(world: World, reason: str, jobs_from: int) -> None:
    kept, gone = world.add_post("hello"), world.add_post("bye")
    world.state.remove(gone, reason=reason)
    batch = world.collector(compliance_from=jobs_from).recheck([kept, gone, "no-id"])
    assert (batch.deleted, batch.signal) == ((gone,), None)
    assert [post.external_id for post in batch.posts] == ([kept] if jobs_from == 100 else [])
    assert batch.standing == (("no-id",) if jobs_from == 100 else ("no-id", kept))
    assert batch.cost_micros == (5_000 if jobs_from == 100 else 0)


def test_what_was_read_today_is_counted_again_by_a_look_up_and_a_thread(world: World) -> None:
    """The ledger errs on the side of too much: the docs say so, and a limit is never passed."""
    key = world.add_post(f"@{BRAND} hello")
    assert cost(read(world.collector(read=["mentions"]))) == 1_000
    assert world.collector().recheck([key]).cost_micros == 5_000
    assert world.collector().read_thread(key).cost_micros == 2 * 5_000


def test_a_place_that_was_taken_out_leaves_the_post(world: World) -> None:
    key = world.add_post("hello")
    world.state.remove(key, reason="scrub_geo")
    assert world.collector(compliance_from=1).recheck([key]).deleted == ()


def test_a_job_that_takes_long_is_found_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("listener.collectors.x_deletions.WAITS", (0.0,))
    key = world.add_post("hello")
    world.delete_post(key)
    world.simulator.looks_until_done = 2
    first = world.collector(compliance_from=1).recheck([key])
    assert first.signal is not None
    assert first.signal.kind is SignalKind.UNAVAILABLE
    assert world.collector(compliance_from=1).recheck([key]).deleted == (key,)
    assert len(world.state.jobs) == 1


@pytest.mark.parametrize("body", [b"<html>Over capacity</html>", b'{"id": "1", "action": "del', b"not JSON"])
def test_an_answer_of_a_job_that_is_none_says_of_no_post_that_it_stands(
    world: World, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = world.add_post("hello")
    world.delete_post(key)

    def broken(simulator: Any, asked: Request) -> Answer:
        return Answer(body=body) if asked.path.startswith("/download/") else storage(simulator, asked)

    monkeypatch.setattr("simulators.x.storage", broken)
    batch = world.collector(compliance_from=1).recheck([key])
    assert (batch.deleted, batch.standing) == ((), ())
    assert batch.signal is not None
    assert batch.signal.kind is SignalKind.UNAVAILABLE


def test_one_job_at_a_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("listener.collectors.x_deletions.WAITS", (0.0,))
    world.simulator.looks_until_done = 9
    world.collector(compliance_from=1).recheck([world.add_post("hello")])
    other = world.collector(compliance_from=1).recheck([world.add_post("bye")])
    assert other.signal is not None
    assert "one at a time" in other.signal.message


def test_the_stream_brings_what_comes_while_it_is_open_and_paging_what_it_missed(world: World) -> None:
    options: dict[str, Any] = {"read": ["stream"], "stream_for": "1s"}
    Timer(0.3, lambda: world.state.add_post("kestrel live", author="bo")).start()
    first = read(world.collector(**options))
    assert [post.text for batch in first for post in batch.posts] == ["kestrel live"]
    assert (first[-1].signal, cost(first)) == (None, 5_000)
    missed = world.state.add_post("kestrel in between", author="bo")
    again = read(world.collector(**options), first[-1].cursor)
    assert missed in ids(again)
    assert cost(again) == 5_000
    (rule,) = world.state.rules.values()
    assert rule["value"] == "kestrel -is:retweet"
    read(world.collector(**options, expression="kestrel OR falcon"), again[-1].cursor)
    assert [each["value"] for each in world.state.rules.values()] == ["(kestrel OR falcon) -is:retweet"]


@pytest.mark.parametrize(("prices", "along"), [({}, 0), ({"included_user": "0.010 USD"}, 10_000)])
def test_a_stream_ends_after_so_many_posts_and_passes_over_other_sources(
    world: World, prices: dict[str, str], along: int
) -> None:
    world.state.rules["1"] = {"id": "1", "value": "falcon", "tag": "somebody else's"}

    def hears() -> Iterator[dict[str, Any]]:
        for word in ("falcon", "kestrel", "kestrel", "kestrel"):
            key = world.state.add_post(f"{word} live", author="bo")
            found = event(world.simulator, world.state.posts[key])
            assert found is not None
            yield found

    world.simulator.hears = hears
    batches = read(world.collector(read=["stream"], stream_for="5s", stream_posts=3, prices=prices))
    assert [post.text for post in batches[-1].posts] == ["kestrel live", "kestrel live"]
    assert batches[-1].cost_micros == 3 * (5_000 + along)


def test_a_stream_that_x_ends_says_why(world: World) -> None:
    ends = {"errors": [{"title": "operational-disconnect", "detail": "This stream has been disconnected."}]}
    world.simulator.hears = lambda: iter([ends])
    batches = read(world.collector(read=["stream"], stream_for="5s"))
    assert batches[-1].signal is not None
    assert batches[-1].signal.kind is SignalKind.UNAVAILABLE
    assert "disconnected" in batches[-1].signal.message


def test_a_connection_that_is_refused_to_the_stream_is_obeyed_and_not_repeated(world: World) -> None:
    read(world.collector(read=["stream"], stream_for="1s"))
    before = world.requests()
    reading = world.collector(read=["stream"], stream_for="1s").collect(cursor=None, since=NOW - WEEK)
    first = next(reading)
    world.simulator.faults = ["nothing", "rate_limit_with_reset"]
    batch = next(reading)
    assert first.signal is None
    assert batch.signal is not None
    assert (batch.signal.kind, batch.signal.retry_after) == (SignalKind.RATE_LIMITED, timedelta(minutes=15))
    assert world.requests() - before == 3
