"""What a server may answer with on the way, and what must not come of it: a post missed, or one erased."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from domain.time import ManualClock
from platforms.credentials import MemoryCredentials
from simulators.bluesky_answers import as_json
from simulators.loopback import Answer, Request, serve
from tests.integration.platforms.bluesky_world import World


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime.now(UTC))


@pytest.fixture
def world(clock: ManualClock) -> Iterator[World]:
    with World(clock=clock) as world:
        yield world


def test_own_posts_below_many_pages_of_reposts_are_not_missed(world: World, clock: ManualClock) -> None:
    since = clock.now() - timedelta(days=7)
    list(world.collector(read=["own"]).collect(cursor=None, since=since))
    uri = world.write("Ours", who=world.brand)
    view = {"uri": uri, "cid": "c", "author": {"did": world.brand.did, "handle": "kestrel.test"},
            "record": world.post(uri).value, "indexedAt": clock.now().isoformat()}  # fmt: skip
    repost = {"post": view, "reason": {"$type": "app.bsky.feed.defs#reasonRepost"}}
    pages = [{"feed": [repost], "cursor": str(number)} for number in range(9)]
    world.server.answers += [as_json(page) for page in (*pages, {"feed": [{"post": view}]})]
    batches = world.collector(read=["own"]).collect(cursor=None, since=since)
    assert [post.external_id for batch in batches for post in batch.posts] == [uri]


def test_reposts_alone_are_read_no_further_than_what_is_known(world: World, clock: ManualClock) -> None:
    list(world.collector(read=["own"]).collect(cursor=None, since=clock.now()))
    old = (clock.now() - timedelta(days=30)).isoformat()
    repost = {"post": {}, "reason": {"$type": "app.bsky.feed.defs#reasonRepost", "indexedAt": old}}
    world.server.answers += [as_json({"feed": [repost], "cursor": str(number)}) for number in range(3)]
    batches = list(world.collector(read=["own"]).collect(cursor=None, since=clock.now() - timedelta(days=7)))
    assert [(batch.posts, batch.signal) for batch in batches] == [((), None)]


def test_a_page_that_says_404_deletes_nothing(world: World) -> None:
    """Where another server answers in place of the network's, every post would seem gone."""
    uri = world.add_post("kestrel")
    world.delete_post(uri)

    def answer(request: Request) -> Answer:
        is_record = request.path.endswith("com.atproto.repo.getRecord")
        return Answer(status=404, body=b"<html>Not found</html>") if is_record else world.server.answer(request)

    with serve(answer) as address:
        batch = world.collector(appview=address, keys=MemoryCredentials({})).recheck([uri])
    assert (batch.posts, batch.deleted, batch.standing) == ((), (), ())
    assert batch.signal
