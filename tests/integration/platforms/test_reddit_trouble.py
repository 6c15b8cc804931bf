"""What stands in the way of reading Reddit: limits, keys and rights, and answers that are no pages."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from domain.errors import InvalidInput
from domain.posts import SignalKind
from domain.time import ManualClock
from platforms.allowance import Allowance
from platforms.credentials import MemoryCredentials, MissingCredential, Use
from simulators.loopback import Answer
from tests.integration.platforms.reddit_world import SINCE, World, names, read


@pytest.fixture
def world(clock: ManualClock) -> Iterator[World]:
    with World(clock=clock) as world:
        yield world


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
    assert names(first.posts) == {mention}
    assert first.cursor is not None
    assert second.signal is not None
    assert list(batches) == []


def test_an_app_alone_reads_what_is_public(world: World) -> None:
    keys = MemoryCredentials({"client_id": "app", "client_secret": "app-secret"})
    known = world.reddit.add_submission("kestrel")
    assert names(read(world.collector(credentials=keys))[0]) == {known}
    assert not any("message" in request.path or "user" in request.path for request in world.reddit.requests)
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
