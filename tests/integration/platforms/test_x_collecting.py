"""Reading X through the real tweepy: what is found, how far, and at what cost."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from domain.errors import InvalidInput
from domain.posts import SignalKind
from domain.time import ManualClock
from listener.collectors.x_pages import MOST_PAGES
from platforms.allowance import Allowance
from platforms.credentials import MissingCredential
from platforms.x import FACTS
from tests.conftest import NOW
from tests.integration.platforms.x_world import ADA, BRAND, WEEK, World, cost, ids, read


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def world(clock: ManualClock) -> Iterator[World]:
    with World(clock=clock) as world:
        yield world


def test_mentions_own_posts_and_a_search_are_read(world: World) -> None:
    mention = world.add_post("hello")
    own = world.state.add_post("We open at nine", author=BRAND)
    found = world.state.add_post("a kestrel over the field", author="bo")
    quote = world.state.add_post("kestrel, look", author="cy", quotes=own)
    world.state.add_post("RT", author="dee", reposts=found)
    batches = read(world.collector())
    posts = {post.external_id: post for batch in batches for post in batch.posts}
    assert {*posts} == {mention, own, found, quote}
    assert [posts[key].addressed for key in (mention, found, quote)] == [True, False, True]
    assert (posts[mention].author.handle, posts[own].author.handle) == (ADA, BRAND)
    assert all(batch.signal is None for batch in batches)


def test_what_is_new_is_read_from_where_it_stopped_and_what_is_known_costs_nothing(
    world: World, clock: ManualClock
) -> None:
    for number in range(250):
        world.state.add_post(f"kestrel {number}", author="bo", at=NOW - timedelta(hours=300 - number) / 2)
    first = read(world.collector(read=["search"]), since=NOW - timedelta(days=30))
    assert (len(ids(first)), len({*ids(first)})) == (168 * 2 - 86, 250)
    assert [len(batch.posts) for batch in first] == [100, 100, 50]
    assert cost(first) == 250 * 5_000
    clock.advance(timedelta(hours=1))
    late = world.state.add_post("kestrel, late to show up", author="bo", at=NOW - timedelta(hours=25, minutes=31))
    new = world.state.add_post("kestrel again", author="bo")
    again = read(world.collector(read=["search"]), first[-1].cursor)
    assert {new, late} <= {*ids(again)}
    assert len(ids(again)) == 3  # and the last one read, which lies within the overlap
    assert cost(again) == 2 * 5_000


def test_a_pass_goes_on_where_it_was_killed(world: World) -> None:
    for number in range(230):
        world.state.add_post(f"kestrel {number}", author="bo", at=NOW - timedelta(minutes=number))
    reading = world.collector(read=["search"]).collect(cursor=None, since=NOW - WEEK)
    first = next(reading)
    world.state.add_post("kestrel meanwhile", author="bo")
    rest = read(world.collector(read=["search"]), first.cursor)
    assert len({*ids([first]), *ids(rest)}) == 230
    assert len(ids(read(world.collector(read=["search"]), rest[-1].cursor))) >= 1


def test_a_next_page_that_x_has_forgotten_begins_the_pass_anew(world: World) -> None:
    new = world.add_post("hello")
    first = read(world.collector(read=["mentions"]))[-1].cursor
    kept = json.loads(first or "")
    kept["marks"]["mentions"]["token"] = "forgotten"
    batches = read(world.collector(read=["mentions"]), json.dumps(kept))
    assert ids(batches) == [new]
    assert batches[-1].signal is None


def test_empty_pages_lead_on_and_without_end_are_left_after_a_while(world: World) -> None:
    known = world.add_post("hello")
    world.simulator.faults = ["empty_page_with_next"] * 3
    assert ids(read(world.collector(read=["mentions"]))) == [known]
    world.simulator.faults = ["empty_page_with_next"] * (MOST_PAGES + 20)
    before = world.requests()
    first = read(world.collector(read=["mentions"]))
    assert (ids(first), world.requests() - before) == ([], MOST_PAGES)
    assert ids(read(world.collector(read=["mentions"]), first[-1].cursor)) == [known]


def test_a_page_that_names_itself_as_the_next_loses_nothing_and_ends(world: World) -> None:
    posts = [world.add_post(str(number), at=NOW - timedelta(minutes=number)) for number in range(150)]
    world.simulator.faults = ["nothing", "page_names_itself"]
    first = read(world.collector(read=["mentions"]))
    world.simulator.faults = ["page_names_itself"]
    again = read(world.collector(read=["mentions"]), first[-1].cursor)
    assert {*ids(first), *ids(again)} == {*posts}
    new = world.add_post("hello")
    assert new in ids(read(world.collector(read=["mentions"]), again[-1].cursor))


def test_a_source_that_slept_for_weeks_reads_what_search_still_has(world: World, clock: ManualClock) -> None:
    first = read(world.collector(read=["search"]))
    clock.advance(timedelta(days=30))
    new = world.state.add_post("kestrel", author="bo")
    cursor = json.loads(first[-1].cursor or "")
    for mark in cursor["marks"].values():
        mark.pop("first", None)
    again = read(world.collector(read=["search"]), json.dumps(cursor))
    assert (ids(again), again[-1].signal) == ([new], None)


def test_a_post_from_the_future_does_not_hide_what_follows(world: World) -> None:
    world.state.add_post("@kestrel from tomorrow", author="bo", at=NOW + timedelta(days=1))
    first = read(world.collector(read=["mentions"]))
    new = world.add_post("from now")
    assert new in ids(read(world.collector(read=["mentions"]), first[-1].cursor))


def test_the_account_is_looked_up_once(world: World) -> None:
    first = read(world.collector(read=["mentions"], id_is_known=False))
    assert cost(first) == 10_000
    again = read(world.collector(read=["mentions"], id_is_known=False), first[-1].cursor)
    assert (cost(again), world.requests()) == (0, 3)


def test_an_account_that_is_not_there_stops_the_source(world: World) -> None:
    collector = world.collector(read=["mentions"], id_is_known=False)
    world.state.people.clear()
    (batch,) = read(collector)
    assert batch.signal is not None
    assert batch.signal.kind is SignalKind.MISCONFIGURED


def test_what_shows_up_as_late_as_x_says_it_may_is_read(world: World, clock: ManualClock) -> None:
    world.add_post("on time")
    first = read(world.collector(read=["mentions"]))
    late = world.add_post("late", at=NOW - FACTS.lag + timedelta(seconds=1))
    clock.advance(timedelta(minutes=1))
    assert late in ids(read(world.collector(read=["mentions"]), first[-1].cursor))


@pytest.mark.parametrize(
    ("read_what", "account", "platforms", "words"),
    [("stream", BRAND, ["mastodon"], "no query"), ("search", BRAND, ["mastodon"], "no query"),
     ("mentions", "", [], "no account")],
)  # fmt: skip
def test_a_source_that_could_read_nothing_says_so(
    world: World, read_what: str, account: str, platforms: list[str], words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        world.collector(read=[read_what], account=account, platforms=platforms)


def test_without_the_apps_token_it_says_how_to_connect(world: World) -> None:
    with pytest.raises(MissingCredential, match="bearer_token"):
        world.collector(token="")


@pytest.mark.parametrize(
    ("fault", "kind", "waits"),
    [
        ("unauthorised", SignalKind.REFUSED, None),
        ("forbidden", SignalKind.REFUSED, None),
        ("payment", SignalKind.BUDGET_SPENT, None),
        ("usage_capped", SignalKind.BUDGET_SPENT, None),
        ("rate_limit_with_reset", SignalKind.RATE_LIMITED, timedelta(minutes=15)),
        ("rate_limit_without_reset", SignalKind.RATE_LIMITED, None),
        ("server_error", SignalKind.UNAVAILABLE, None),
        ("html", SignalKind.UNAVAILABLE, None),
        ("html_success", SignalKind.UNAVAILABLE, None),
        ("cut_body", SignalKind.UNAVAILABLE, None),
        ("reset", SignalKind.UNAVAILABLE, None),
        ("not_found", SignalKind.MISCONFIGURED, None),
    ],
)
def test_each_trouble_is_the_signal_it_should_be(
    world: World, fault: str, kind: SignalKind, waits: timedelta | None
) -> None:
    world.add_post("hello")
    world.fail_next(fault)
    batches = read(world.collector())
    assert batches[-1].signal is not None
    assert (batches[-1].signal.kind, batches[-1].signal.retry_after) == (kind, waits)
    assert "<html" not in batches[-1].signal.message
    assert (len(batches), world.requests(), cost(batches)) == (1, 1, 0)


def test_what_was_read_before_a_trouble_is_kept(world: World) -> None:
    known = world.add_post("hello")
    reading = world.collector().collect(cursor=None, since=NOW - WEEK)
    first = next(reading)
    world.fail_next("html")
    second = next(reading)
    assert (ids([first]), second.signal is not None) == ([known], True)
    again = read(world.collector(), second.cursor)
    assert again[-1].signal is None


def test_a_budget_is_never_passed_and_its_rest_buys_a_smaller_page(world: World) -> None:
    for number in range(200):
        world.state.add_post(f"kestrel {number}", author="bo", at=NOW - timedelta(minutes=number))
    allowance = Allowance(micros=130 * 5_000)
    batches = read(world.collector(read=["search"], allowance=allowance))
    assert [len(batch.posts) for batch in batches] == [100, 30, 0]
    assert cost(batches) == 130 * 5_000
    assert batches[-1].signal is not None
    assert batches[-1].signal.kind is SignalKind.BUDGET_SPENT
    assert world.requests() == 2


def test_calls_are_never_passed(world: World) -> None:
    batches = read(world.collector(allowance=Allowance(calls=1)))
    assert batches[-1].signal is not None
    assert (batches[-1].signal.kind, world.requests()) == (SignalKind.BUDGET_SPENT, 1)


def test_an_operators_price_is_what_is_counted(world: World) -> None:
    world.add_post("hello")
    prices = {"own_read": "0.002 USD", "included_user": "0.01 USD"}
    assert cost(read(world.collector(read=["mentions"], prices=prices))) == 12_000


def test_a_post_without_an_author_is_set_aside(world: World) -> None:
    key = world.add_post("hello")
    del world.state.posts[key]["author_id"]
    world.state.posts[key]["author_id"] = ""
    world.state.people[""] = {"id": "", "username": ""}
    (batch,) = read(world.collector(read=["mentions"]))
    assert (batch.posts, [reject.reason for reject in batch.rejects]) == ((), ["The post has no author."])
