"""The collector through Mastodon.py against a Mastodon server in a box: what is read, how far, and what breaks it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.errors import InvalidInput
from domain.labels import PostKind
from domain.posts import SignalKind
from domain.time import ManualClock
from listener.collectors import mastodon as collecting
from platforms.allowance import Allowance
from platforms.credentials import MissingCredential
from platforms.mastodon import feeds
from simulators.loopback import Answer, Request, serve
from storage.database import Database
from storage.tables import Mention, Reply
from tests.integration.listener.home import open_home
from tests.integration.platforms.mastodon_world import BO, BRAND, LONG_AGO, World, posts_of, read


@pytest.fixture
def world() -> Iterator[World]:
    with World() as world:
        yield world


def test_a_mention_is_read_with_everything_that_matters(world: World) -> None:
    root = world.write("We open early")
    written = world.add_post("do you sell kettles?", in_reply_to_id=root, visibility="unlisted", spoiler_text="Tea")
    (batch, *_) = read(world.collector())
    (post,) = batch.posts
    assert (post.platform, post.external_id, post.in_reply_to) == ("mastodon", written, root)
    assert post.text == f"Tea\n\n@{BRAND} do you sell kettles?"
    assert (post.author.handle, post.author.name, post.author.is_bot) == ("ada", "Ada", False)
    assert (post.kind, post.visibility, post.addressed) == (PostKind.REPLY, "unlisted", True)
    assert post.url
    assert post.url.endswith(written)
    assert abs(post.posted_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert batch.requests == 1


def test_a_bot_is_marked_and_a_direct_mention_is_read(world: World) -> None:
    written = world.add_post("beep", who=BO, visibility="direct")
    post = posts_of(read(world.collector()))[written]
    assert (post.author.is_bot, post.visibility) == (True, "direct")


def test_a_hashtag_and_a_search_need_no_key(world: World) -> None:
    tagged, found = world.write("Lovely #kestrel kettle"), world.write("A whistling kettle")
    batches = read(world.collector(token=None, tags=["#Kestrel"], search=["whistling"]))
    posts = posts_of(batches)
    assert posts.keys() == {tagged, found}
    assert posts[tagged].addressed is False
    assert [request.headers.get("authorization") for request in world.proxy.requests] == [None, None]


def test_pages_go_down_to_what_is_known_and_no_further(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "PAGE", 3)
    first = [world.write(f"#kestrel {number}") for number in range(8)]
    begun = read(world.collector(token=None, tags=["kestrel"]))
    assert [len(batch.posts) for batch in begun] == [3, 3, 2]
    assert posts_of(begun).keys() == set(first)
    monkeypatch.setattr(collecting, "OVERLAP", timedelta())
    settled = read(world.collector(token=None, tags=["kestrel"]), begun[-1].cursor)
    again = read(world.collector(token=None, tags=["kestrel"]), settled[-1].cursor)
    assert len(again) == 1
    later = world.write("#kestrel later")
    assert later in posts_of(read(world.collector(token=None, tags=["kestrel"]), again[-1].cursor))


def test_a_reading_that_is_broken_off_goes_on_where_it_was(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "PAGE", 3)
    known = {world.write(f"#kestrel {number}") for number in range(8)}
    found: set[str] = set()
    cursor: str | None = None
    for _ in range(8):
        reading = world.collector(token=None, tags=["kestrel"]).collect(cursor=cursor, since=LONG_AGO)
        batch = next(reading)
        found |= {post.external_id for post in batch.posts}
        cursor = batch.cursor
        known.add(world.write("#kestrel meanwhile"))
    found |= posts_of(read(world.collector(token=None, tags=["kestrel"]), cursor)).keys()
    assert found == known


def test_the_first_reading_goes_back_no_further_than_asked(world: World) -> None:
    world.write("#kestrel before")
    since = datetime.now(UTC) + timedelta(milliseconds=5)
    while datetime.now(UTC) < since:
        pass
    written = world.write("#kestrel after")
    begun = read(world.collector(token=None, tags=["kestrel"]), since=since)
    assert posts_of(begun).keys() == {written}
    assert posts_of(read(world.collector(token=None, tags=["kestrel"]), begun[-1].cursor)).keys() == {written}


def test_an_edit_comes_as_the_post_reads_now(world: World) -> None:
    written = world.add_post("teh kettle")
    begun = read(world.collector())
    world.ask("PUT", f"statuses/{written}", who="ada", data={"status": f"@{BRAND} the kettle"})
    assert posts_of(read(world.collector(), begun[-1].cursor))[written].text == f"@{BRAND} the kettle"


def test_a_boost_is_no_post_of_its_own(world: World) -> None:
    written = world.write("#kestrel once")
    world.ask("POST", f"statuses/{written}/reblog", who=BRAND)
    posts = posts_of(read(world.collector(tags=["kestrel"])))
    assert [(post.external_id, post.author.handle) for post in posts.values()] == [(written, "ada")]


@pytest.mark.parametrize("has_id", [True, False])
def test_what_the_brand_answers_itself_becomes_a_reply_of_its_own(
    world: World, sqlite_database: Database, clock: ManualClock, *, has_id: bool
) -> None:
    asked = world.add_post("kestrel, when do you open?")
    answer = world.write("@ada Kestrel opens at nine.", who=BRAND, in_reply_to_id=asked)
    world.own = world.own if has_id else ""
    home = open_home(sqlite_database, clock, accounts=[world.account])
    for batch in read(world.collector()):
        home.intake.save(home.sources["main"], batch)
    assert [row.external_id for row in home.all(Mention)] == [asked]
    assert [(row.external_id, row.in_reply_to) for row in home.all(Reply)] == [(answer, asked)]


def test_whose_key_it_is_is_asked_once(world: World) -> None:
    world.own = ""
    world.add_post("hello")
    begun = read(world.collector())
    assert world.proxy.requests[0].path == "/api/v1/accounts/verify_credentials"
    made = world.requests()
    read(world.collector(), begun[-1].cursor)
    assert all("verify" not in request.path for request in world.proxy.requests[made:])


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("unauthorised", SignalKind.REFUSED), ("forbidden", SignalKind.REFUSED),
        ("rate_limit_with_reset", SignalKind.RATE_LIMITED), ("rate_limit_without_reset", SignalKind.RATE_LIMITED),
        ("server_error", SignalKind.UNAVAILABLE), ("html", SignalKind.UNAVAILABLE),
        ("html_200", SignalKind.UNAVAILABLE), ("cut_body", SignalKind.UNAVAILABLE),
        ("reset", SignalKind.UNAVAILABLE),
    ],
)  # fmt: skip
def test_a_fault_ends_the_reading_with_what_it_means(world: World, fault: str, kind: SignalKind) -> None:
    world.add_post("hello")
    world.proxy.fail_next(fault, lambda request: "/accounts/" in request.path)
    first, last = read(world.collector())
    assert len(first.posts) == 1  # what was read before is kept
    assert first.signal is None
    assert last.signal
    assert last.signal.kind is kind
    assert (last.requests, last.posts) == (1, ())
    if fault == "rate_limit_with_reset":
        assert last.signal.retry_after
        assert timedelta(minutes=3) < last.signal.retry_after < timedelta(minutes=5)


def test_one_broken_item_costs_no_other(world: World) -> None:
    written = world.add_post("hello")
    world.fail_next("malformed_item")
    begun = read(world.collector())
    assert posts_of(begun).keys() == {written}
    (reject,) = [reject for batch in begun for reject in batch.rejects]
    assert (reject.place, reject.reason) == ("status 1", "The post has no time that can be read.")
    assert '"the day before yesterday"' in reject.payload


@pytest.mark.parametrize("fault", ["duplicate_item", "empty_page_with_next"])
def test_odd_pages_lose_and_double_nothing(world: World, fault: str) -> None:
    known = {world.write(f"#kestrel {number}") for number in range(3)}
    world.fail_next(fault)
    batches = read(world.collector(token=None, tags=["kestrel"]))
    assert sorted(post.external_id for batch in batches for post in batch.posts) == sorted(known)


def test_a_server_that_repeats_pages_for_ever_is_left_alone() -> None:
    account = {"id": "1", "acct": "ada"}
    item = {"id": "5", "created_at": "2026-11-20T10:00:00Z", "account": account, "content": "<p>a</p>"}
    body = json.dumps([{**item, "visibility": "public", "in_reply_to_id": None}]).encode()
    turns = iter(range(1_000))

    def answer(_request: Request) -> Answer:
        link = f'<http://x/api?max_id={next(turns)}>; rel="next", <http://x/api?min_id=9>; rel="prev"'
        return Answer(headers={"Link": link, "Content-Type": "application/json"}, body=body)

    with World() as world, serve(answer) as address:
        world.address = address
        batches = read(world.collector(token=None, tags=["kestrel"]))
        assert [len(batch.posts) for batch in batches] == [1, 1]


def test_calls_that_are_used_up_pause_the_source(world: World) -> None:
    world.add_post("hello")
    first, last = read(world.collector(allowance=Allowance(calls=1)))
    assert len(first.posts) == 1
    assert last.signal
    assert (last.signal.kind, last.requests, world.requests()) == (SignalKind.BUDGET_SPENT, 0, 1)


def test_the_clock_of_a_server_may_be_wrong(world: World) -> None:
    """A server whose clock is behind ours must not have its new posts passed over."""
    clock = ManualClock(datetime.now(UTC) + timedelta(days=1))
    world.clock = clock
    begun = read(world.collector(token=None, tags=["kestrel"]), since=datetime.now(UTC) - timedelta(hours=1))
    written = world.write("#kestrel late by a day")
    assert written in posts_of(read(world.collector(token=None, tags=["kestrel"]), begun[-1].cursor))


@pytest.mark.parametrize(
    ("options", "token", "error", "words"),
    [
        ({"mentions": True}, None, MissingCredential, "earnest connect mastodon --brand kestrel"),
        ({}, None, InvalidInput, "reads nothing"),
        ({"tag": ["kestrel"]}, None, InvalidInput, "tag"),
        ({"instance": "http://social.example"}, None, InvalidInput, "reads nothing"),
        ({"instance": "other.example", "tags": ["kestrel"]}, None, None, ""),
    ],
)
def test_wrong_settings_say_what_to_write(
    world: World, options: dict[str, Any], token: str | None, error: type[Exception] | None, words: str
) -> None:
    if error is None:
        assert world.collector(token=token, **options).platform == "mastodon"
        return
    with pytest.raises(error, match=words):
        world.collector(token=token, **options)
