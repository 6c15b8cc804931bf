"""Feeds, Hacker News and webhooks over loopback: what they answer, and what becomes of it."""

import json
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from domain.posts import SignalKind
from domain.states import MentionState, SourceState
from domain.time import ManualClock
from listener.collection import CollectionReport, collect_source
from listener.collectors.feeds import FeedCollector
from listener.collectors.hackernews import HackerNewsCollector, search_terms
from listener.collectors.webhook import HookResult, receive
from listener.http import Fetcher, Limits
from listener.signatures import HEADER, sign
from simulators.hackernews import HackerNewsSimulator
from simulators.loopback import Answer, Request, serve
from storage.tables import DeadLetter, HookDelivery, LedgerEntry, Mention
from tests.conftest import NOW
from tests.integration.listener.home import Home

FETCHER = Fetcher(Limits(allow_private=True, timeout=timedelta(seconds=2)))


def rss(*numbers: int, clock: ManualClock) -> bytes:
    items = "".join(
        f"<item><guid>{number}</guid><title>Kestrel {number}</title><description>kestrel news {number}</description>"
        f"<pubDate>{format_datetime(clock.now() - timedelta(days=number))}</pubDate></item>"
        for number in numbers
    )
    return f'<rss version="2.0"><channel><title>Roasts</title>{items}</channel></rss>'.encode()


def read_feed(home: Home, address: str, *, path: str = "/feed") -> CollectionReport:
    collector = FeedCollector(key="blog", url=f"{address}{path}", fetcher=FETCHER, clock=home.clock)
    return collect_source(
        home.database, home.jobs, home.clock, build=lambda _: collector, source_id=home.sources["main"],
        intake=home.intake, force=True,
    )  # fmt: skip


def test_a_feed_is_asked_only_for_what_is_new(sqlite_home: Home) -> None:
    home, asked = sqlite_home, []
    body = rss(1, 2, clock=home.clock)

    def respond(request: Request) -> Answer:
        asked.append(request.headers)
        if request.headers.get("if-none-match") == '"v1"':
            return Answer(status=304)
        return Answer(headers={"ETag": '"v1"', "Last-Modified": "Wed, 18 Nov 2026 09:00:00 GMT"}, body=body)

    with serve(respond) as address:
        assert read_feed(home, address).posts.new == 2
        assert read_feed(home, address).posts.new == 0
    assert asked[1]["if-modified-since"] == "Wed, 18 Nov 2026 09:00:00 GMT"
    assert "Earnest" in asked[0]["user-agent"]
    mention = home.all(Mention)[0]
    assert (mention.external_id, mention.title, mention.text) == ("blog:2", "Kestrel 2", "kestrel news 2")
    (entry,) = home.all(LedgerEntry)
    assert (entry.calls, entry.micros) == (2, 0)


def test_a_feed_that_moved_is_asked_as_if_for_the_first_time(sqlite_home: Home) -> None:
    home, asked = sqlite_home, list[Request]()
    bodies = {"/feed": rss(1, clock=home.clock), "/new": rss(2, clock=home.clock)}

    def respond(request: Request) -> Answer:
        asked.append(request)
        if "if-modified-since" in request.headers:
            return Answer(status=304)
        return Answer(headers={"Last-Modified": "Wed, 18 Nov 2026 09:00:00 GMT"}, body=bodies[request.path])

    with serve(respond) as address:
        assert read_feed(home, address).posts.new == 1
        assert read_feed(home, address, path="/new").posts.new == 1
        assert read_feed(home, address, path="/new").posts.new == 0
    assert ["if-modified-since" in request.headers for request in asked] == [False, False, True]


def test_entries_older_than_the_first_reading_never_come(sqlite_home: Home) -> None:
    home = sqlite_home
    bodies = [rss(1, 30, clock=home.clock), rss(0, 1, 30, clock=home.clock)]
    with serve(lambda _: Answer(body=bodies[0] if len(bodies) == 2 else bodies[-1])) as address:
        assert read_feed(home, address).posts.new == 1
        bodies.pop(0)
        assert read_feed(home, address).posts.new == 1
    assert {row.external_id for row in home.all(Mention)} == {"blog:0", "blog:1"}


def test_an_entry_that_is_edited_is_brought_up_to_date(sqlite_home: Home) -> None:
    home = sqlite_home
    bodies = [rss(1, clock=home.clock), rss(1, clock=home.clock).replace(b"news 1", b"news, corrected")]
    with serve(lambda _: Answer(body=bodies[0])) as address:
        read_feed(home, address)
        bodies.pop(0)
        assert read_feed(home, address).posts.updated == 1
    assert home.all(Mention)[0].text == "kestrel news, corrected"


PAGE = b"<html><head><title>Sorry</title></head><body>Down for maintenance</body></html>"


@pytest.mark.parametrize(
    ("answer", "first", "later"),
    [
        (Answer(status=429, headers={"Retry-After": "600"}), SignalKind.RATE_LIMITED, SignalKind.RATE_LIMITED),
        (Answer(status=500), SignalKind.UNAVAILABLE, SignalKind.UNAVAILABLE),
        (Answer(status=503, headers={"Retry-After": "600"}), SignalKind.UNAVAILABLE, SignalKind.UNAVAILABLE),
        (Answer(status=403), SignalKind.REFUSED, SignalKind.REFUSED),
        (Answer(status=404), SignalKind.MISCONFIGURED, SignalKind.UNAVAILABLE),
        (Answer(status=410), SignalKind.MISCONFIGURED, SignalKind.MISCONFIGURED),
        (Answer(headers={"Content-Type": "text/html"}, body=PAGE), SignalKind.MISCONFIGURED, SignalKind.UNAVAILABLE),
        (Answer(body=b""), SignalKind.MISCONFIGURED, SignalKind.UNAVAILABLE),
        (Answer(body=b"x" * (11 * 2**20)), SignalKind.MISCONFIGURED, SignalKind.MISCONFIGURED),
    ],
)
def test_what_a_feed_answers_is_a_signal(
    sqlite_home: Home, answer: Answer, first: SignalKind, later: SignalKind
) -> None:
    home = sqlite_home
    answers = [answer, Answer(body=rss(1, clock=home.clock)), answer]
    with serve(lambda _: answers.pop(0)) as address:
        for kind in (first, None, later):
            signal = read_feed(home, address).signal
            assert (signal and signal.kind) == kind
    if "Retry-After" in answer.headers:
        assert home.source().retry_at == NOW + timedelta(seconds=600)
    assert len(home.all(Mention)) == 1


def test_a_feed_inside_is_refused(sqlite_home: Home) -> None:
    with serve(lambda _: Answer(body=rss(1, clock=sqlite_home.clock))) as address:
        collector = FeedCollector(key="blog", url=f"{address}/feed", fetcher=Fetcher(), clock=sqlite_home.clock)
        (batch,) = collector.collect(cursor=None, since=NOW)
    assert batch.signal is not None
    assert batch.signal.kind is SignalKind.MISCONFIGURED


def read_news(home: Home, api: str, *, terms: tuple[str, ...] = ('"kestrel"',)) -> CollectionReport:
    collector = HackerNewsCollector(terms=terms, fetcher=FETCHER, clock=home.clock, api=api)
    return collect_source(
        home.database, home.jobs, home.clock, build=lambda _: collector, source_id=home.sources["main"],
        intake=home.intake, force=True,
    )  # fmt: skip


def stamp(clock: ManualClock, minutes: float) -> int:
    return int((clock.now() - timedelta(minutes=minutes)).timestamp())


def test_hacker_news_brings_stories_and_comments_as_threads(home: Home) -> None:
    news = HackerNewsSimulator()
    news.add_story(1, at=stamp(home.clock, 90), title="Kestrel grinder, a review")
    news.add_comment(2, at=stamp(home.clock, 80), story=1, parent=1, text="<p>My kestrel&#x27;s <i>fine</i>")
    news.add_comment(3, at=stamp(home.clock, 70), story=1, parent=2, text="Which burrs?", author="cy")
    news.add_story(4, at=stamp(home.clock, 60 * 24 * 30), title="Kestrel, long ago")
    with news.serve() as api:
        assert read_news(home, api).posts.new == 2
        news.add_story(5, at=stamp(home.clock, 5), title="Show HN: a kestrel")
        home.clock.advance(timedelta(minutes=30))
        assert read_news(home, api).posts.new == 1
    assert home.threads() == {"1": ("open", ["1", "2"]), "5": ("open", ["5"])}
    comment = home.all(Mention)[1]
    assert (comment.text, comment.in_reply_to, comment.kind) == ("My kestrel's fine", "1", "reply")
    assert comment.url == "https://news.ycombinator.com/item?id=2"


def test_more_posts_than_a_page_all_come_also_when_cut_short(sqlite_home: Home) -> None:
    home, news = sqlite_home, HackerNewsSimulator()
    for number in range(470):  # several share a second, as they do
        news.add_story(number, at=stamp(home.clock, 100) + number // 3, title=f"Kestrel {number}")
    with news.serve() as api:
        cursor: str | None = None
        for _ in range(4):  # each time killed after one page
            collector = HackerNewsCollector(terms=('"kestrel"',), fetcher=FETCHER, clock=home.clock, api=api)
            batch = next(collector.collect(cursor=cursor, since=NOW - timedelta(days=7)))
            home.intake.save(home.sources["main"], batch)
            cursor = batch.cursor
    assert len(home.all(Mention)) == 470


def test_a_post_that_the_index_shows_late_is_found(sqlite_home: Home) -> None:
    home, news = sqlite_home, HackerNewsSimulator()
    with news.serve() as api:
        read_news(home, api)
        news.add_story(1, at=stamp(home.clock, 10), title="Kestrel, shown late")
        home.clock.advance(timedelta(minutes=4))
        assert read_news(home, api).posts.new == 1


def test_hacker_news_in_trouble_is_a_signal_and_goes_on_later(sqlite_home: Home) -> None:
    home, news = sqlite_home, HackerNewsSimulator()
    news.add_story(1, at=stamp(home.clock, 10), title="Kestrel")
    news.failures += [Answer(status=429), Answer(body=b"<html>"), Answer(body=b'{"hits": 3}')]
    with news.serve() as api:
        kinds = [report.signal and report.signal.kind for report in (read_news(home, api) for _ in range(4))]
    assert kinds == [SignalKind.RATE_LIMITED, SignalKind.UNAVAILABLE, SignalKind.UNAVAILABLE, None]
    assert len(home.all(Mention)) == 1
    assert home.source().state is SourceState.ACTIVE


def test_the_brands_words_are_searched_for(sqlite_home: Home) -> None:
    assert search_terms(sqlite_home.profiles.current(sqlite_home.brand_id).profile) == ('"kestrel"', '"osprey"')


def deliver(home: Home, body: object, /, **changes: Any) -> HookResult:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {HEADER.lower(): sign(secret="s3cret", body=raw, at=home.clock.now())}
    sent = {"headers": headers, "body": raw, "secret": "s3cret", **changes}
    return receive(home.database, home.intake, home.clock, source_id=home.sources["hook"], **sent)


def test_a_signed_delivery_is_saved_once(home: Home) -> None:
    body = {"id": "1", "text": "kestrel is late", "author": "ada", "at": "2026-11-18T09:00:00Z", "platform": "shop"}
    first, again = deliver(home, body), deliver(home, body)
    assert (first.status, first.posts and first.posts.new) == (202, 1)
    assert (again.status, again.posts) == (200, None)
    assert len(home.all(HookDelivery)) == 1
    assert [row.platform for row in home.all(Mention)] == ["shop"]


def test_nameless_posts_of_each_delivery_are_posts_of_their_own(sqlite_home: Home) -> None:
    home, praise = sqlite_home, {"text": "Great kestrel!"}
    raw = json.dumps([praise, praise]).encode()
    headers = {HEADER: sign(secret="s3cret", body=raw, at=home.clock.now())}
    reports = [deliver(home, raw, headers=headers).posts for _ in range(2)]
    assert [report and report.new for report in reports] == [2, None]
    home.clock.advance(timedelta(days=30))
    later = deliver(home, [praise, {**praise, "at": "2026-11-02"}, {**praise, "at": "2026-11-02"}]).posts
    assert (later and later.new, len(home.all(Mention))) == (3, 5)


def test_a_delivery_in_parts(sqlite_home: Home) -> None:
    body = {"posts": [{"id": 1, "text": "kestrel"}, {"id": 2}, "three"], "deleted": []}
    result = deliver(sqlite_home, body)
    assert result.posts is not None
    assert (result.posts.new, result.posts.rejected) == (1, 2)
    assert {row.place for row in sqlite_home.all(DeadLetter)} == {"delivery:2", "delivery:3"}
    assert sqlite_home.all(Mention)[0].platform == "webhook"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"body": b'{"id": 2, "text": "forged kestrel"}'}, 401),
        ({"headers": {}}, 401),
        ({"headers": {HEADER: "t=,v1="}}, 401),
        ({"headers": {HEADER: "t=99999999999999999999,v1=é"}}, 401),
        ({"secret": "another"}, 401),
        ({"body": b"x" * (10 * 2**20 + 1)}, 413),
    ],
    ids=["forged", "unsigned", "empty", "nonsense", "secret", "large"],
)
def test_a_delivery_that_is_not_right_is_refused(sqlite_home: Home, change: dict[str, Any], status: int) -> None:
    result = deliver(sqlite_home, {"id": 1, "text": "kestrel"}, **change)
    assert (result.status, sqlite_home.all(Mention), sqlite_home.all(HookDelivery)) == (status, [], [])


@pytest.mark.parametrize(("minutes", "status"), [(-6, 401), (-4, 202), (4, 202), (6, 401)])
def test_a_delivery_must_be_fresh(sqlite_home: Home, minutes: int, status: int) -> None:
    body = b'{"id": 1, "text": "kestrel"}'
    signed = sign(secret="s3cret", body=body, at=sqlite_home.clock.now() + timedelta(minutes=minutes))
    assert deliver(sqlite_home, body, headers={HEADER: signed}).status == status


def test_a_secret_can_be_changed_over(sqlite_home: Home) -> None:
    body = b'{"id": 1, "text": "kestrel"}'
    new, old = (sign(secret=secret, body=body, at=sqlite_home.clock.now()) for secret in ("s3cret", "older"))
    assert deliver(sqlite_home, body, headers={HEADER: f"{old},{new.partition(',')[2]}"}).status == 202


@pytest.mark.parametrize("body", [b"not json", b"[" * 100_000, b'{"posts": 3, "deleted": {}}'])
def test_a_signed_body_that_cannot_be_read_says_so(sqlite_home: Home, body: bytes) -> None:
    assert deliver(sqlite_home, body).status == 400


def test_a_delivery_can_delete(home: Home) -> None:
    deliver(home, {"id": "1", "text": "kestrel, ada@example.com", "author": "ada"})
    result = deliver(home, {"deleted": ["1"]})
    assert result.posts is not None
    assert result.posts.deleted == 1
    (mention,) = home.all(Mention)
    assert (mention.state, mention.text) == (MentionState.DELETED, "")
