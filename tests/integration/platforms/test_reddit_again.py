"""Posts on Reddit are looked at again, and the thread around one is read."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from domain.posts import Batch, SignalKind
from domain.time import ManualClock
from simulators.loopback import Answer
from tests.conftest import NOW
from tests.integration.platforms.reddit_world import BRAND, World

SINCE = NOW - timedelta(days=7)


@pytest.fixture
def world(clock: ManualClock) -> Iterator[World]:
    with World(clock=clock) as world:
        yield world


def test_posts_are_looked_at_again(world: World) -> None:
    reddit = world.reddit
    kept, edited, deleted, removed = (world.add_post(text) for text in ("one", "two", "three", "four"))
    submission = reddit.add_submission("kestrel", "five")
    reddit.delete(deleted)
    reddit.delete(removed, removed=True)
    reddit.delete(submission, removed=True)
    reddit.things[edited].text = "two, edited"
    asked = [kept, edited, deleted, removed, submission, "t1_zzzz", "hn:5"]
    batch = world.collector().recheck(asked)
    assert {post.external_id: post.text for post in batch.posts} == {
        kept: f"one — u/{BRAND}", edited: "two, edited"
    }  # fmt: skip
    # One that Reddit knows nothing of any more is gone as well; one that was never Reddit's is left alone.
    assert set(batch.deleted) == {deleted, removed, submission, "t1_zzzz"}
    assert (batch.standing, batch.signal, batch.requests) == (("hn:5",), None, 2)
    assert [request.path for request in world.reddit.requests] == ["/api/v1/access_token", "/api/info"]


def test_one_empty_answer_erases_nothing(world: World) -> None:
    kept = world.add_post("one")
    empty = {"kind": "Listing", "data": {"children": [], "after": None}}
    world.reddit.failures.append(Answer(body=json.dumps(empty).encode()))
    assert world.collector().recheck([kept]).deleted == ()
    assert world.collector().recheck(["t1_zzzz"]).deleted == ("t1_zzzz",)


def test_looking_again_at_a_broken_post_decides_nothing(world: World) -> None:
    kept = world.add_post("one")
    broken: dict[str, Any] = {"kind": "t1", "data": {"name": "t1_broken", "author": None, "body": "x"}}
    page = {"kind": "Listing", "data": {"children": [broken], "after": None}}
    world.reddit.failures.append(Answer(body=json.dumps(page).encode()))
    batch = world.collector().recheck([kept, "t1_broken"])
    assert (batch.posts, batch.deleted, len(batch.rejects)) == ((), (kept,), 1)
    world.reddit.failures.append(Answer(status=503))
    batch = world.collector().recheck([kept])
    assert batch.signal is not None
    assert (batch.deleted, batch.signal.kind) == ((), SignalKind.UNAVAILABLE)
    assert world.collector().recheck([]) == Batch()
    assert world.collector().recheck(["hn:1"]) == Batch(standing=("hn:1",))


def test_a_post_that_is_gone_from_its_listing_is_reported(world: World) -> None:
    gone = {"kind": "t1", "data": {"name": "t1_gone", "author": "[deleted]", "body": "[deleted]", "created_utc": 1.0}}
    page = {"kind": "Listing", "data": {"children": [gone], "after": None}}
    world.reddit.failures.append(Answer(body=json.dumps(page).encode()))
    batches = list(world.collector().collect(cursor=None, since=SINCE))
    assert batches[0].deleted == ("t1_gone",)


def test_a_thread_is_read_above_and_below_a_comment(world: World) -> None:
    reddit = world.reddit
    first = reddit.add_comment(world.thread, "Tea")
    beside = reddit.add_comment(world.thread, "Water")
    mention = reddit.add_comment(first, f"Or u/{BRAND}")
    below = reddit.add_comment(mention, "Agreed")
    gone = reddit.add_comment(mention, "Nonsense")
    reddit.delete(gone)
    batch = world.collector().read_thread(mention)
    assert [post.external_id for post in batch.posts] == [world.thread, first, mention, below]
    assert (batch.deleted, batch.signal, batch.cursor) == ((gone,), None, None)
    whole = world.collector().read_thread(world.thread)
    assert {post.external_id for post in whole.posts} == {world.thread, first, beside, mention, below}


def test_a_thread_that_is_not_there_is_empty_and_a_failure_says_so(world: World) -> None:
    collector = world.collector()
    assert collector.read_thread("t3_zzz").posts == collector.read_thread("t1_zzz").posts == ()
    assert collector.read_thread("t3_zzz").signal is None
    assert collector.read_thread("hn:1") == Batch()
    world.reddit.failures.append(Answer(status=500))
    signal = collector.read_thread(world.thread).signal
    assert signal is not None
    assert signal.kind is SignalKind.UNAVAILABLE
