"""The collector on the simulated network, through the real SDK: windows, marks, pages, faults, threads, re-checks."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from domain.posts import Batch, SignalKind
from domain.time import ManualClock
from listener.collectors import bluesky, bluesky_windows
from listener.collectors.bluesky import BlueskyCollector
from platforms.allowance import Allowance
from platforms.credentials import MemoryCredentials
from simulators.loopback import Answer
from storage.database import Database
from storage.tables import Mention
from tests.integration.listener.home import open_home
from tests.integration.platforms.bluesky_world import World

SINCE = timedelta(days=7)
LISTS = "app.bsky.notification.listNotifications"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime.now(UTC))


@pytest.fixture
def world(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(bluesky, "PAGE", 3)
    with World(clock=clock) as world:
        yield world


def read(collector: BlueskyCollector, clock: ManualClock, cursor: str | None = None) -> list[Batch]:
    return list(collector.collect(cursor=cursor, since=clock.now() - SINCE))


def found(batches: list[Batch]) -> list[str]:
    """The posts in order, each once."""
    return list(dict.fromkeys(post.external_id for batch in batches for post in batch.posts))


def write_many(world: World, clock: ManualClock, count: int) -> list[str]:
    """Posts to the brand, a minute from one to the next, newest first."""
    uris = []
    for number in range(count):
        clock.advance(timedelta(minutes=1))
        uris.append(world.add_post(f"kestrel {number}"))
    return uris[::-1]


def test_a_mention_with_its_marks(world: World, clock: ManualClock) -> None:
    uri = world.add_post("my kestrel sings")
    (post,) = [post for batch in read(world.collector(), clock) for post in batch.posts][:1]
    assert (post.external_id, post.addressed, post.language) == (uri, True, "en")
    assert (post.author.handle, post.author.name) == ("ada.test", "Ada")


def test_a_search_finds_who_calls_nobody_and_own_posts_come_through(world: World, clock: ManualClock) -> None:
    called = world.add_post("hello")
    overheard = world.write("I bought a Kestrel yesterday")
    world.write("nothing of ours")
    own = world.answer(called, "Thank you!", who=world.brand)
    marks = {post.external_id: post.addressed for batch in read(world.collector(), clock) for post in batch.posts}
    assert marks == {called: True, overheard: False, own: False}


def test_an_answer_to_somebody_else_below_our_post_is_no_call(world: World, clock: ManualClock) -> None:
    ours = world.write("News of the kestrel", who=world.brand)
    to_us = world.answer(ours, "Lovely")
    to_ada = world.answer(to_us, "I think so too", who=world.network.add_account("bo.test"), root=ours)
    batches = read(world.collector(read=["notifications"]), clock)
    assert {post.external_id: post.addressed for batch in batches for post in batch.posts} == {
        to_us: True,
        to_ada: False,
    }


def test_pages_are_read_until_they_meet_what_is_known(world: World, clock: ManualClock) -> None:
    first = write_many(world, clock, 8)
    batches = read(world.collector(read=["notifications"]), clock)
    assert found(batches) == first
    assert [len(batch.posts) for batch in batches] == [3, 3, 2]
    cursor = batches[-1].cursor
    second = write_many(world, clock, 2)
    asked = world.count(LISTS)
    again = read(world.collector(read=["notifications"], overlap="1m"), clock, cursor)
    assert found(again)[:2] == second
    # What is new and what may have shown up late, and not the whole list again.
    assert world.count(LISTS) - asked < 5


def test_the_first_reading_goes_back_as_far_as_it_is_told(world: World, clock: ManualClock) -> None:
    write_many(world, clock, 2)
    clock.advance(timedelta(days=8))
    young = world.add_post("kestrel now")
    assert found(read(world.collector(), clock)) == [young]


def test_a_window_that_was_cut_short_is_gone_on_with(world: World, clock: ManualClock) -> None:
    uris = write_many(world, clock, 8)
    reading = world.collector(read=["notifications"]).collect(cursor=None, since=clock.now() - SINCE)
    first = next(reading)
    reading.close()
    late = write_many(world, clock, 1)
    rest = read(world.collector(read=["notifications"]), clock, first.cursor)
    after = read(world.collector(read=["notifications"]), clock, rest[-1].cursor)
    assert set(found([first, *rest])) >= set(uris)
    assert set(found(after)) >= set(late)


def test_a_place_that_the_server_has_forgotten_begins_the_window_anew(world: World, clock: ManualClock) -> None:
    uris = write_many(world, clock, 8)
    collector = world.collector(read=["notifications"])
    first = next(iter(collector.collect(cursor=None, since=clock.now() - SINCE)))
    body = json.dumps({"error": "InternalServerError", "message": "Internal Server Error"}).encode()
    world.server.answers.append(Answer(status=502, headers={"Content-Type": "application/json"}, body=body))
    (failed,) = read(collector, clock, first.cursor)
    assert failed.signal
    assert failed.signal.kind is SignalKind.UNAVAILABLE
    assert found(read(collector, clock, failed.cursor)) == uris


def test_a_list_that_never_ends_is_left_for_the_next_time(
    world: World, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bluesky_windows, "MOST_PAGES", 2)
    uris = write_many(world, clock, 9)
    first = read(world.collector(read=["notifications"]), clock)
    assert len(first) == 2
    assert first[-1].signal is None
    assert found([*first, *read(world.collector(read=["notifications"]), clock, first[-1].cursor)]) == uris


def test_a_post_that_is_dated_back_a_little_is_not_missed(world: World, clock: ManualClock) -> None:
    world.add_post("kestrel one")
    before = read(world.collector(), clock)
    clock.advance(timedelta(minutes=5))
    early = (clock.now() - timedelta(minutes=7)).isoformat().replace("+00:00", "Z")
    late = world.write("the kestrel again", createdAt=early)
    assert late in found(read(world.collector(), clock, before[-1].cursor))


def test_words_in_a_picture_alone_are_no_post(world: World, clock: ManualClock) -> None:
    facet = {"features": [{"$type": "app.bsky.richtext.facet#mention", "did": world.brand.did}]}
    world.write("", facets=[facet])
    assert found(read(world.collector(), clock)) == []


def test_the_words_of_the_brand_s_queries_are_searched_for_unless_the_source_names_some(
    world: World, clock: ManualClock
) -> None:
    read(world.collector(read=["search"]), clock)
    read(world.collector(read=["search"], queries=["lang:de kettle"]), clock)
    asked = [request.query["q"] for request in world.server.asked if request.path.endswith("searchPosts")]
    assert asked == ['"kestrel"', "lang:de kettle"]


FAULTS = {
    "unauthorised": SignalKind.REFUSED, "forbidden": SignalKind.REFUSED, "server_error": SignalKind.UNAVAILABLE,
    "upstream": SignalKind.UNAVAILABLE, "html": SignalKind.UNAVAILABLE, "html_success": SignalKind.UNAVAILABLE,
    "cut_body": SignalKind.UNAVAILABLE, "cut_length": SignalKind.UNAVAILABLE, "reset": SignalKind.UNAVAILABLE,
    "rate_limit_with_reset": SignalKind.RATE_LIMITED, "rate_limit_without_reset": SignalKind.RATE_LIMITED,
    "redirect": SignalKind.MISCONFIGURED, "timeout": SignalKind.UNAVAILABLE,
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_on_a_later_page_keeps_what_was_read(world: World, clock: ManualClock, fault: str) -> None:
    uris = write_many(world, clock, 7)
    reading = world.collector(read=["notifications"]).collect(cursor=None, since=clock.now() - SINCE)
    first = next(reading)
    world.fail_next(fault)
    asked = world.count(LISTS)
    (failed,) = reading
    assert failed.signal
    assert failed.signal.kind is FAULTS[fault]
    assert (failed.signal.retry_after is not None) == (fault == "rate_limit_with_reset")
    # One request for the page that failed: nothing is repeated by the library.
    assert world.count(LISTS) - asked == 1
    rest = read(world.collector(read=["notifications"]), clock, failed.cursor)
    assert found([first, *rest]) == uris


def test_nothing_is_asked_beyond_what_may_be_spent(world: World, clock: ManualClock) -> None:
    write_many(world, clock, 7)
    allowance = Allowance(calls=3)
    batches = read(world.collector(allowance=allowance, read=["notifications"]), clock)
    assert batches[-1].signal
    assert batches[-1].signal.kind is SignalKind.BUDGET_SPENT
    # Signing in counts too.
    assert (world.requests(), sum(batch.requests for batch in batches), allowance.calls) == (3, 3, 0)


def test_without_keys_a_source_of_the_account_says_what_to_do(world: World, clock: ManualClock) -> None:
    (batch,) = read(world.collector(keys=MemoryCredentials(), read=["notifications"]), clock)
    assert batch.signal
    assert batch.signal.kind is SignalKind.MISCONFIGURED
    assert "earnest connect" in batch.signal.message


def test_a_thread_is_read_whole(world: World) -> None:
    first = world.write("A thread")
    called = world.answer(first, f"@{world.brand.handle} what of the kestrel?")
    below = world.answer(called, "Thank you!", who=world.brand, root=first)
    deeper = world.answer(below, "Lovely", root=first)
    batch = world.collector().read_thread(called)
    assert [post.external_id for post in batch.posts] == [first, called, below, deeper]
    assert {post.conversation_id for post in batch.posts} == {first}
    assert (batch.signal, batch.cursor, batch.requests) == (None, None, 2)


def test_a_thread_that_is_gone_is_empty_and_a_gone_parent_is_followed(world: World) -> None:
    first = world.write("A thread")
    called = world.answer(first, "kestrel?")
    world.delete_post(first)
    assert world.collector().read_thread(called).deleted == (first,)
    assert world.collector().read_thread(first) == Batch(requests=1)


@pytest.mark.parametrize("fault", ["server_error", "rate_limit_with_reset"])
def test_a_thread_that_cannot_be_read_says_why(world: World, fault: str) -> None:
    uri = world.add_post("kestrel")
    world.fail_next(fault)
    batch = world.collector().read_thread(uri)
    assert batch.posts == ()
    assert batch.signal


def test_what_is_gone_is_told_from_what_is_hidden(world: World, clock: ManualClock) -> None:
    bo, cy = world.network.add_account("bo.test"), world.network.add_account("cy.test")
    deleted, kept = world.add_post("kestrel one"), world.add_post("kestrel two")
    hidden, suspended = world.write("kestrel three", who=bo), world.write("kestrel four", who=cy)
    world.delete_post(deleted)
    world.brand.blocks.add(bo.did)
    cy.is_gone = True
    batch = world.collector().recheck([deleted, kept, hidden, suspended, "nonsense"])
    assert [post.external_id for post in batch.posts] == [kept]
    assert set(batch.deleted) == {deleted, suspended}
    # It is looked at like any other, and doesn't stand in the way of those after it.
    assert batch.standing == ("nonsense", hidden)
    assert batch.signal is None


def test_a_hundred_posts_are_looked_up_25_at_a_time(world: World, clock: ManualClock) -> None:
    uris = write_many(world, clock, 60)
    batch = world.collector().recheck(uris)
    assert len(batch.posts) == 60
    assert world.count("app.bsky.feed.getPosts") == 3


def test_a_look_that_fails_says_why_and_finds_nothing_gone(world: World) -> None:
    uri = world.add_post("kestrel")
    collector = world.collector()
    collector.recheck([uri])
    world.server.answers.append(Answer(status=503, body=b"<html>"))
    batch = collector.recheck([uri])
    assert (batch.posts, batch.deleted) == ((), ())
    assert batch.signal
    assert batch.signal.kind is SignalKind.UNAVAILABLE


def test_each_post_is_kept_once_wherever_a_reading_is_killed(
    world: World, clock: ManualClock, sqlite_database: Database
) -> None:
    home = open_home(sqlite_database, clock, sources=[{"id": "main", "type": "memory", "match": "everything"}])
    uris = write_many(world, clock, 7)
    cursor: str | None = None
    total = 0
    for stop in (1, 1, 2, 1, 3, 50, 50):
        reading = world.collector().collect(cursor=cursor, since=clock.now() - SINCE)
        for number, batch in enumerate(reading, start=1):
            assert batch.signal is None
            total += home.intake.save(home.sources["main"], batch).new
            cursor = home.source().cursor
            if number == stop:
                break
    assert total == len(uris)
    assert sorted(row.external_id for row in home.all(Mention)) == sorted(uris)
