"""Reddit is read through PRAW: every listing from where it was left, threads, and posts looked at again."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from domain.errors import InvalidInput
from domain.posts import Batch, RawPost, SignalKind
from domain.time import ManualClock
from listener.collection import collect_source
from listener.collectors import reddit as collecting
from listener.collectors import reddit_pages
from listener.collectors.reddit import RedditCollector
from listener.collectors.reddit_listings import searches_for
from platforms.allowance import Allowance
from platforms.credentials import MemoryCredentials, MissingCredential, Use
from simulators.loopback import Answer
from storage.database import Database
from storage.tables import LedgerEntry, Mention, Reply
from tests.conftest import NOW
from tests.integration.listener.home import open_home
from tests.integration.platforms.reddit_world import BRAND, World

SINCE = NOW - timedelta(days=7)
LISTINGS = 5  # three of the inbox, the account's own, one search


@pytest.fixture
def world(clock: ManualClock) -> Iterator[World]:
    with World(clock=clock) as world:
        yield world


def read(collector: RedditCollector, cursor: str | None = None) -> tuple[list[RawPost], str | None, list[Batch]]:
    batches = list(collector.collect(cursor=cursor, since=SINCE))
    cursors = [batch.cursor for batch in batches if batch.cursor]
    return [post for batch in batches for post in batch.posts], cursors[-1] if cursors else cursor, batches


def names(posts: list[RawPost]) -> set[str]:
    return {post.external_id for post in posts}


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
    assert names(list(first.posts)) == set(known[:3])
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


def test_a_used_up_limit_ends_the_reading_with_its_wait_and_nobody_sleeps(world: World) -> None:
    world.reddit.remaining, world.reddit.reset = 1.0, 240
    began = time.monotonic()
    _, _, batches = read(world.collector())
    assert time.monotonic() - began < 2
    assert [batch.signal is None for batch in batches] == [True, False]
    signal = batches[-1].signal
    assert signal is not None
    assert signal.kind is SignalKind.RATE_LIMITED
    assert signal.retry_after is not None
    assert timedelta(seconds=230) < signal.retry_after <= timedelta(seconds=240)
    assert world.requests() == 2  # the token and the one that used the limit up


def test_no_request_is_made_that_would_pass_a_limit_of_calls_or_money(world: World) -> None:
    _, _, batches = read(world.collector(allowance=Allowance(calls=3)))
    assert [batch.signal and batch.signal.kind for batch in batches] == [None, None, SignalKind.BUDGET_SPENT]
    assert world.requests() == 3
    world.reddit.requests.clear()
    _, _, batches = read(world.collector(allowance=Allowance(micros=500)))
    assert sum(batch.cost_micros for batch in batches) == 480  # two requests for 240 each; the token is free
    assert (world.requests(), batches[-1].currency) == (3, "USD")
    _, _, batches = read(world.collector(allowance=Allowance(micros=0), prices={"request": "0 USD"}))
    assert {batch.signal for batch in batches} == {None}


def test_a_token_that_was_taken_back_is_replaced_once(world: World) -> None:
    collector = world.collector()
    read(collector)
    known = world.add_post("Hello")
    world.reddit.tokens.clear()
    posts, _, batches = read(collector)
    assert names(posts) >= {known}
    assert {batch.signal for batch in batches} == {None}
    world.reddit.revoke()
    _, _, batches = read(collector)
    assert [batch.signal and batch.signal.kind for batch in batches] == [SignalKind.REFUSED]


@pytest.mark.parametrize(("answer", "kind", "words"), [
    (Answer(status=302, headers={"Location": "https://www.reddit.com/subreddits/search?q=nope"}),
     SignalKind.MISCONFIGURED, "no such subreddit"),
    (Answer(status=302, headers={"Location": "https://portal.example/"}), SignalKind.UNAVAILABLE, "302"),
    (Answer(status=404, body=b'{"reason": "banned"}'), SignalKind.MISCONFIGURED, "banned"),
    (Answer(status=403, body=b"<html>blocked</html>"), SignalKind.REFUSED, "earnest doctor"),
    (Answer(status=401), SignalKind.REFUSED, "earnest doctor"),
    (Answer(status=451), SignalKind.REFUSED, "451"),
    (Answer(status=429, headers={"x-ratelimit-reset": "77"}), SignalKind.RATE_LIMITED, "limit"),
    (Answer(status=429, headers={"retry-after": "Wed, 18 Nov 2026 10:05:00 GMT"}), SignalKind.RATE_LIMITED, "limit"),
    (Answer(status=520), SignalKind.UNAVAILABLE, "520"),
    (Answer(body=b"<html>maintenance"), SignalKind.UNAVAILABLE, "isn't JSON"),
    (Answer(body=b'{"kind": "Listing"}'), SignalKind.UNAVAILABLE, "shape"),
    (Answer(body=b"null"), SignalKind.UNAVAILABLE, "nothing"),
    (Answer(body=b"[" * 50_000), SignalKind.UNAVAILABLE, "isn't JSON"),
])  # fmt: skip
def test_an_answer_that_is_no_page_says_what_is_to_be_done(
    world: World, answer: Answer, kind: SignalKind, words: str
) -> None:
    world.reddit.failures.append(answer)
    _, _, batches = read(world.collector())
    (batch,) = batches
    assert batch.signal is not None
    assert (batch.signal.kind, words in batch.signal.message) == (kind, True), batch.signal.message
    assert (batch.requests, world.requests()) == (2, 2)
    if kind is SignalKind.RATE_LIMITED:
        assert batch.signal.retry_after in {timedelta(seconds=77), timedelta(minutes=5)}


def test_keys_without_a_right_say_which(world: World) -> None:
    token = world.reddit.grant("identity read")
    keys = world.keys(Use.READ, refresh_token=token)
    _, _, batches = read(world.collector(credentials=keys))
    assert batches[-1].signal is not None
    assert "insufficient_scope" in batches[-1].signal.message


def test_what_was_read_before_a_failure_is_kept(world: World) -> None:
    mention = world.add_post("Hello")
    batches = world.collector().collect(cursor=None, since=SINCE)
    first = next(iter(batches))
    world.reddit.failures.append(Answer(status=500))
    second = next(iter(batches))
    assert names(list(first.posts)) == {mention}
    assert first.cursor is not None
    assert second.signal is not None
    assert list(batches) == []


def test_an_app_alone_reads_what_is_public(world: World) -> None:
    keys = MemoryCredentials({"client_id": "app", "client_secret": "app-secret"})
    known = world.reddit.add_submission("kestrel")
    assert names(read(world.collector(credentials=keys))[0]) == {known}
    assert {path for path in paths(world) if "message" in path or "user" in path} == set()
    with pytest.raises(InvalidInput, match="no inbox"):
        world.collector(credentials=keys, inbox=True)


def test_a_password_asks_for_the_rights_to_read_alone(world: World) -> None:
    keys = MemoryCredentials({"client_id": "app", "client_secret": "app-secret", "password": "app-password"})
    known = world.add_post("Hello")
    assert names(read(world.collector(credentials=keys))[0]) == {known}
    ((scopes, _),) = set(world.reddit.tokens.values())
    assert set(scopes.split()) == {"identity", "read", "privatemessages", "history"}


def test_keys_that_reddit_renews_are_kept(world: World) -> None:
    keys = world.keys(Use.READ)
    old = keys.values["refresh_token"]
    renewed = world.reddit.grant(world.reddit.grants[old])
    body = {"access_token": "fresh", "expires_in": 3600, "scope": "*", "token_type": "bearer", "refresh_token": renewed}
    world.reddit.tokens["fresh"] = ("*", True)
    world.reddit.token_failures.append(Answer(body=json.dumps(body).encode()))
    read(world.collector(credentials=keys))
    assert keys.values["refresh_token"] == renewed


@pytest.mark.parametrize(("body", "kind"), [
    (b'{"error": "invalid_grant"}', SignalKind.REFUSED),
    (b'{"access_token": 5}', SignalKind.UNAVAILABLE),
    (b"<html>", SignalKind.UNAVAILABLE),
])  # fmt: skip
def test_what_is_no_token_is_told(world: World, body: bytes, kind: SignalKind) -> None:
    world.reddit.token_failures.append(Answer(body=body))
    _, _, (batch,) = read(world.collector())
    assert batch.signal is not None
    assert batch.signal.kind is kind


def test_keys_that_are_not_there_are_missed_when_it_is_built(world: World) -> None:
    with pytest.raises(MissingCredential, match="client_id"):
        world.collector(credentials=MemoryCredentials())
    keys = world.keys(Use.READ, refresh_token="nonsense")
    _, _, (batch,) = read(world.collector(credentials=keys))
    assert batch.signal is not None
    assert (batch.signal.kind, "earnest connect reddit" in batch.signal.message) == (SignalKind.REFUSED, True)


def test_a_source_that_reads_nothing_is_refused(world: World) -> None:
    with pytest.raises(InvalidInput, match="no query"):
        world.collector(inbox=False, queries=[{"name": "other", "expression": "tern", "platforms": ["x"]}])


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
    assert (batch.signal, batch.requests, paths(world).count("/api/info")) == (None, 2, 1)


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
    assert world.collector().recheck([]) == world.collector().recheck(["hn:1"]) == Batch()


def test_a_post_that_is_gone_from_its_listing_is_reported(world: World) -> None:
    gone = {"kind": "t1", "data": {"name": "t1_gone", "author": "[deleted]", "body": "[deleted]", "created_utc": 1.0}}
    page = {"kind": "Listing", "data": {"children": [gone], "after": None}}
    world.reddit.failures.append(Answer(body=json.dumps(page).encode()))
    _, _, batches = read(world.collector())
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
    assert names(list(whole.posts)) == {world.thread, first, beside, mention, below}


def test_a_thread_that_is_not_there_is_empty_and_a_failure_says_so(world: World) -> None:
    collector = world.collector()
    assert collector.read_thread("t3_zzz").posts == collector.read_thread("t1_zzz").posts == ()
    assert collector.read_thread("t3_zzz").signal is None
    assert collector.read_thread("hn:1") == Batch()
    world.reddit.failures.append(Answer(status=500))
    signal = collector.read_thread(world.thread).signal
    assert signal is not None
    assert signal.kind is SignalKind.UNAVAILABLE


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
