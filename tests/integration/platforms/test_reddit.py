"""Reddit is read through PRAW: every listing from where it was left, threads, and posts looked at again."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from domain.time import ManualClock
from listener.collection import collect_source
from listener.collectors import reddit as collecting
from listener.collectors import reddit_pages
from listener.collectors.reddit_listings import searches_for
from storage.database import Database
from storage.tables import LedgerEntry, Mention, Reply
from tests.conftest import NOW
from tests.integration.listener.home import open_home
from tests.integration.platforms.reddit_world import BRAND, SINCE, World, names, read

LISTINGS = 5  # three of the inbox, the account's own, one search


@pytest.fixture
def world(clock: ManualClock) -> Iterator[World]:
    with World(clock=clock) as world:
        yield world


def ago(**span: float) -> float:
    return (NOW - timedelta(**span)).timestamp()


def paths(world: World) -> list[str]:
    return [request.path for request in world.reddit.requests]


def test_what_is_said_to_the_account_is_found_and_is_addressed(world: World) -> None:
    reddit = world.reddit
    ours = reddit.add_submission("Our new roast", author=BRAND)
    mention, answer = world.add_post("Love it"), reddit.add_comment(ours, "Where from?")
    own = reddit.add_comment(answer, "From Ethiopia", author=BRAND)
    back = reddit.add_comment(own, "Thanks!")
    reddit.add_message("psst, a secret about kestrel")
    posts, _, batches = read(world.collector(search=False))
    assert names(posts) == {mention, answer, own, back}
    assert {post.external_id: post.addressed for post in posts} == {mention: True, answer: True, back: True, own: None}
    assert {post.conversation_id for post in posts} == {world.thread, ours}
    assert {post.external_id: post.in_reply_to for post in posts}[back] == own
    # Private messages are not even asked for, and what is unread stays so.
    assert not any(path in {"/message/inbox", "/message/messages"} for path in paths(world))
    assert all(request.query.get("mark") == "false" for request in world.reddit.requests if "/message/" in request.path)
    assert sum(batch.requests for batch in batches) == world.requests() == LISTINGS


def test_a_search_finds_submissions_and_subreddits_are_read_whole(world: World) -> None:
    reddit = world.reddit
    found = reddit.add_submission("Is kestrel any good?", subreddit="tea")
    new = reddit.add_submission("Espresso for beginners", subreddit="espresso")
    comment = reddit.add_comment(new, "Begin with a scale")
    reddit.add_submission("Cats", subreddit="cats")
    posts, _, _ = read(world.collector(inbox=False, subreddits=["r/espresso", "coffee"]))
    assert names(posts) == {found, new, comment, world.thread}
    posts, _, _ = read(world.collector(inbox=False, subreddits=["espresso"], comments=False, search=False))
    assert names(posts) == {new}
    assert "/r/espresso+coffee/comments" in paths(world)


def test_the_words_of_the_queries_are_searched_for_unless_others_are_named(world: World) -> None:
    queries = [{"name": "brand", "expression": '(kestrel OR "kes kettle" OR @kestrel) NOT bird'}]
    read(world.collector(inbox=False, queries=queries))
    read(world.collector(inbox=False, queries=queries, words=["tern roast"]))
    asked = [request.query["q"] for request in world.reddit.requests if request.path == "/search"]
    assert asked == ['"kestrel" OR "kes kettle"', '"tern roast"']


def test_many_words_are_searched_for_in_as_few_requests_as_reddit_allows() -> None:
    words = [f"kettle number {number}" for number in range(60)]
    searches = searches_for(words)
    assert all(len(search) <= 512 for search in searches)
    assert [word for search in searches for word in search.split(" OR ")] == [f'"{word}"' for word in words]
    assert len(searches) == 3


def test_only_what_is_new_is_read_again(world: World) -> None:
    reddit = world.reddit
    before = {reddit.add_submission(f"kestrel {number}", at=ago(days=6 - number / 100)) for number in range(250)}
    posts, cursor, _ = read(world.collector(inbox=False))
    assert names(posts) == before
    world.reddit.requests.clear()
    late = reddit.add_submission("kestrel held back by a filter", at=ago(days=6 - 2.49, minutes=20))
    new = reddit.add_submission("kestrel is new")
    posts, cursor, _ = read(world.collector(inbox=False), cursor)
    assert {late, new} <= names(posts)
    assert world.requests() == 2  # a token and one page
    assert json.loads(cursor or "").keys() == {'search:"kestrel"', "turn"}


def test_the_first_reading_goes_back_as_far_as_is_stated(world: World) -> None:
    for number in range(300):
        world.reddit.add_submission(f"kestrel {number}", at=ago(days=number / 20))
    posts, _, _ = read(world.collector(inbox=False))
    assert len(posts) == 141  # from now to seven days ago
    assert min(post.posted_at for post in posts) == SINCE
    assert world.requests() == 3


def test_a_source_that_rested_longer_than_it_first_reads_back_loses_nothing(world: World, clock: ManualClock) -> None:
    world.reddit.add_submission("kestrel before", at=ago(hours=1))
    _, cursor, _ = read(world.collector(inbox=False))
    clock.advance(timedelta(days=1))
    late = world.reddit.add_submission("kestrel meanwhile", at=clock.now().timestamp())
    clock.advance(timedelta(days=9))
    batches = list(world.collector(inbox=False).collect(cursor=cursor, since=clock.now() - timedelta(days=7)))
    assert names(post for batch in batches for post in batch.posts) >= {late}


def test_a_listing_is_read_as_deep_as_reddit_shows_it(world: World) -> None:
    for number in range(1_100):
        world.reddit.add_submission(f"kestrel {number}", at=ago(minutes=number))
    posts, cursor, _ = read(world.collector(inbox=False))
    assert (len(names(posts)), world.requests()) == (1_000, 11)
    assert "after" not in (cursor or "after")


@pytest.mark.parametrize("stop", [1, 2, 3, 5])
def test_each_post_comes_wherever_it_is_killed(world: World, stop: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (collecting, reddit_pages):
        monkeypatch.setattr(module, "PAGE", 3)
    known = {world.reddit.add_submission(f"kestrel {number}", at=ago(hours=number // 2)) for number in range(11)}
    known |= {world.add_post(f"number {number}") for number in range(7)}
    seen, cursor = set[str](), None
    for _ in range(30):
        for number, batch in enumerate(world.collector().collect(cursor=cursor, since=SINCE), start=1):
            seen |= {post.external_id for post in batch.posts}
            cursor = batch.cursor or cursor
            if number == stop:
                break
    assert seen == known


def test_nothing_is_lost_when_the_post_that_marks_the_place_is_deleted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (collecting, reddit_pages):
        monkeypatch.setattr(module, "PAGE", 3)
    known = [world.reddit.add_submission(f"kestrel {number}", at=ago(hours=number)) for number in range(9)]
    first = next(iter(world.collector(inbox=False).collect(cursor=None, since=SINCE)))
    assert names(first.posts) == set(known[:3])
    world.delete_post(known[2])
    posts, _, _ = read(world.collector(inbox=False), first.cursor)
    assert names(posts) == {*known[:2], *known[3:]}


@pytest.mark.parametrize(
    "cursor", ["[]", "{}", '{"search:\\"kestrel\\"": 7}', '{"search:\\"kestrel\\"": {"floor": "x"}}']
)
def test_a_cursor_that_says_nothing_begins_anew(world: World, cursor: str) -> None:
    known = world.reddit.add_submission("kestrel")
    assert names(read(world.collector(inbox=False), cursor)[0]) == {known}


def test_a_post_from_the_future_hides_nothing(world: World) -> None:
    world.reddit.add_submission("kestrel from the future", at=ago(days=-400))
    _, cursor, _ = read(world.collector(inbox=False))
    new = [world.reddit.add_submission(f"kestrel {number}", at=ago(minutes=number / 10)) for number in range(150)]
    posts, _, _ = read(world.collector(inbox=False), cursor)
    assert set(new) <= names(posts)


def test_what_it_brings_becomes_mentions_and_own_comments_replies(
    sqlite_database: Database, clock: ManualClock
) -> None:
    accounts = [{"platform": "reddit", "handle": BRAND}]
    source = {"id": "there", "type": "reddit"}
    home = open_home(sqlite_database, clock, slug="there", accounts=accounts, sources=[source])
    with World(clock=clock) as world:
        mention = world.add_post("kestrel is good")
        own = world.reddit.add_comment(mention, "Thank you!", author=BRAND)
        report = collect_source(
            home.database, home.jobs, clock, build=lambda _: world.collector(), source_id=home.sources["there"]
        )
    assert (report.signal, report.posts.new, report.posts.own) == (None, 1, 1)
    ((kept,), (reply,)) = (home.all(Mention), home.all(Reply))
    assert (kept.external_id, kept.addressed, kept.url) == (
        mention,
        True,
        f"https://www.reddit.com/r/coffee/comments/{world.thread[3:]}/_/{mention[3:]}/",
    )
    assert (reply.external_id, reply.mention_id, reply.origin) == (own, kept.id, "native")
    (entry,) = home.all(LedgerEntry)
    assert (entry.calls, entry.micros) == (LISTINGS + 1, 240 * LISTINGS)
