"""The public stream on loopback: bounded, gone on with by time, with every deletion, and without any key."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from domain.posts import Batch, SignalKind
from domain.time import ManualClock
from listener.collectors import bluesky_stream
from listener.collectors.bluesky import BlueskyCollector
from platforms.bluesky import jetstream
from platforms.bluesky.jetstream import Jetstream
from platforms.credentials import MemoryCredentials
from platforms.reach import Reach
from platforms.trouble import Trouble, TroubleKind
from simulators.bluesky_stream import PATH
from tests.integration.platforms.bluesky_world import World


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime.now(UTC) - timedelta(hours=2))


@pytest.fixture(params=[PATH, "/subscribe"])
def path(request: pytest.FixtureRequest) -> str:
    """Both forms of the stream."""
    return str(request.param)


@pytest.fixture
def world(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(jetstream, "QUIET", timedelta(seconds=0.2))
    with World(clock=clock) as world:
        world.server.is_public = True
        yield world


def listener(world: World, path: str = PATH, **more: Any) -> BlueskyCollector:
    """A collector without any key, as on the first day."""
    return world.collector(keys=MemoryCredentials(), jetstream=world.open_stream(path=path), **more)


def read(collector: BlueskyCollector, clock: ManualClock, cursor: str | None = None) -> list[Batch]:
    clock.advance(timedelta(seconds=1))
    return list(collector.collect(cursor=cursor, since=clock.now() - timedelta(days=7)))


def found(batches: list[Batch]) -> list[str]:
    return [post.external_id for batch in batches for post in batch.posts]


def test_what_the_brand_listens_for_is_kept_and_the_rest_passes_by(
    world: World, clock: ManualClock, path: str
) -> None:  # fmt: skip
    matching, called = world.write("I bought a kestrel"), world.add_post("hello there")
    world.write("nothing of ours")
    ours = world.write("Our news", who=world.brand)
    below = world.answer(ours, "Lovely")
    deleted = world.write("kestrel, for a moment")
    world.delete_post(deleted)
    batches = read(listener(world, path), clock)
    assert found(batches) == [matching, called, ours, below]
    assert [uri for batch in batches for uri in batch.deleted] == [deleted]
    marks = {post.external_id: post.addressed for batch in batches for post in batch.posts}
    assert marks == {matching: False, called: True, ours: False, below: True}
    # The stream tells of no handles, so they are looked up.
    assert {post.author.handle for batch in batches for post in batch.posts} == {"ada.test", "kestrel.test"}


def test_the_next_reading_goes_on_where_the_last_one_stopped(world: World, clock: ManualClock, path: str) -> None:
    first = world.write("kestrel one")
    collector = listener(world, path)
    before = read(collector, clock)
    clock.advance(timedelta(minutes=10))
    second = world.write("kestrel two")
    world.delete_post(first)
    after = read(collector, clock, before[-1].cursor)
    assert (found(before), found(after), after[-1].deleted) == ([first], [second], (first,))
    assert sum(batch.requests for batch in after) == 2  # the stream, and whose post it is


def test_a_reading_ends_when_it_has_caught_up(world: World, clock: ManualClock) -> None:
    for number in range(3):
        world.write(f"kestrel {number}")
    collector = listener(world)
    now = clock.now()
    world.write("kestrel of this very moment")
    batches = list(collector.collect(cursor=None, since=now - timedelta(hours=1)))
    assert len(found(batches)) >= 1
    assert json.loads(batches[-1].cursor or "")["stream"]["at"] > 0


def test_a_first_reading_goes_back_an_hour_at_most(world: World, clock: ManualClock) -> None:
    world.write("kestrel long ago")
    clock.advance(timedelta(minutes=61))
    young = world.write("kestrel now")
    assert found(read(listener(world), clock)) == [young]


def test_each_part_is_saved_with_its_place(world: World, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bluesky_stream, "PART", 2)
    uris = []
    for number in range(5):
        clock.advance(timedelta(seconds=20))
        uris.append(world.write(f"kestrel {number}"))
    collector = listener(world)
    reading = collector.collect(cursor=None, since=clock.now() - timedelta(hours=1))
    first = next(reading)
    reading.close()
    rest = read(collector, clock, first.cursor)
    assert found([first]) == uris[:2]
    assert found(rest)[-3:] == uris[2:]


def test_a_reading_takes_no_longer_than_it_may(world: World, clock: ManualClock) -> None:
    world.write("kestrel")
    now = iter([0.0, 1.0, 30.0, 60.0, 90.0])
    stream = Jetstream(
        address=world.open_stream(), reach=world.reach, clock=clock, monotonic=lambda: next(now)
    )  # fmt: skip
    events = list(stream.listen(since=0, until=datetime.now(UTC), listen_for=timedelta(seconds=20)))
    assert len(events) == 1


def test_a_stream_that_breaks_off_is_gone_on_with(world: World, clock: ManualClock, path: str) -> None:
    uris = [world.write(f"kestrel {number}") for number in range(3)]
    world.stream.breaks_after = 2
    collector = listener(world, path)
    *parts, broken = read(collector, clock)
    assert broken.signal
    assert broken.signal.kind is SignalKind.UNAVAILABLE
    assert found(parts) == uris[:2]
    world.stream.breaks_after = None
    assert uris[2] in found(read(collector, clock, broken.cursor))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, SignalKind.REFUSED),
        (404, SignalKind.MISCONFIGURED),
        (429, SignalKind.RATE_LIMITED),
        (503, SignalKind.UNAVAILABLE),
    ],
)
def test_a_stream_that_does_not_open_says_why(world: World, clock: ManualClock, status: int, kind: SignalKind) -> None:
    world.stream.refusals.append(status)
    uri = world.write("kestrel")
    collector = listener(world)
    failed = read(collector, clock)[-1]
    assert failed.signal
    assert failed.signal.kind is kind
    assert found(read(collector, clock, failed.cursor)) == [uri]


def test_a_stream_that_has_moved_is_not_followed(clock: ManualClock) -> None:
    def move(connection: ServerConnection, _: Request) -> Response:
        answer = connection.respond(302, "")
        answer.headers["Location"] = "ws://elsewhere.example/"
        return answer

    with serve(lambda _: None, "127.0.0.1", 0, process_request=move) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"ws://127.0.0.1:{server.socket.getsockname()[1]}{PATH}"
        stream = Jetstream(address=address, reach=Reach(allow_private=True), clock=clock)
        with pytest.raises(Trouble, match="another address") as told:
            list(stream.listen(since=0, until=clock.now(), listen_for=timedelta(seconds=1)))
        server.shutdown()
    assert told.value.kind is TroubleKind.WRONG


def test_an_event_that_cannot_be_read_spoils_no_other(world: World, clock: ManualClock) -> None:
    world.stream.frames = ["{", json.dumps({"$type": "message", "payload": 5})]
    uri = world.write("kestrel")
    batches = read(listener(world), clock)
    assert found(batches) == [uri]
    assert [reject.reason for batch in batches for reject in batch.rejects] == ["The event isn't JSON."]


def test_an_error_of_the_stream_ends_the_reading(world: World, clock: ManualClock) -> None:
    world.stream.frames = [json.dumps({"$type": "error", "error": "ConsumerTooSlow"})]
    batch = read(listener(world), clock)[-1]
    assert batch.signal
    assert "ConsumerTooSlow" in batch.signal.message


def test_authors_that_cannot_be_looked_up_keep_their_dids(world: World, clock: ManualClock) -> None:
    uri = world.write("kestrel")
    world.server.is_public = False
    (batch,) = read(listener(world), clock)
    (post,) = batch.posts
    assert (post.external_id, post.author.handle, batch.signal) == (uri, world.ada.did, None)


def test_lists_that_fail_do_not_keep_the_stream_from_being_read(world: World, clock: ManualClock) -> None:
    uri = world.write("kestrel")
    world.fail_next("server_error")
    collector = world.collector(read=["notifications", "stream"], jetstream=world.open_stream())
    batches = read(collector, clock)
    assert found(batches) == [uri]
    assert batches[-1].signal
    assert batches[-1].signal.kind is SignalKind.UNAVAILABLE


@pytest.mark.parametrize(
    ("address", "kind"),
    [("ws://127.0.0.1:9/subscribe", TroubleKind.REFUSED), ("ws://nobody.invalid/", TroubleKind.UNAVAILABLE)],
)
def test_a_private_network_is_out_of_reach_unless_allowed(clock: ManualClock, address: str, kind: TroubleKind) -> None:
    stream = Jetstream(address=address, reach=Reach(), clock=clock)
    with pytest.raises(Trouble) as caught:
        list(stream.listen(since=0, until=clock.now(), listen_for=timedelta(seconds=1)))
    assert caught.value.kind is kind
