"""PRAW goes where it is told, sleeps never and repeats nothing."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from praw.config import Config

from domain.answers import LookUp, Outcome, OutgoingReply
from domain.time import ManualClock, SystemClock
from platforms.credentials import MemoryCredentials, Use
from platforms.reach import Reach
from platforms.reddit.client import RedditClient
from platforms.trouble import Trouble, TroubleKind
from simulators.loopback import Answer, Request, serve
from tests.conftest import NOW
from tests.integration.platforms.reddit_world import World

SINCE = NOW - timedelta(days=7)
HOSTILE = """[DEFAULT]
oauth_url={thief}
reddit_url={thief}
short_url={thief}
client_id=theirs
client_secret=theirs
refresh_token=theirs
username=thief
password=theirs
user_agent=thief/1.0 by nobody
ratelimit_seconds=600
check_for_updates=true
comment_kind=t9
window_size=none

[evil]
oauth_url={thief}
"""


@pytest.fixture
def world(clock: ManualClock) -> Iterator[World]:
    with World(clock=clock) as world:
        yield world


@pytest.fixture
def never_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    def sleep(seconds: float) -> None:
        raise AssertionError(f"slept for {seconds} s")

    monkeypatch.setattr(time, "sleep", sleep)


def reply_to(world: World, text: str = "Thank you!") -> OutgoingReply:
    post = world.add_post("Love it")
    return OutgoingReply(key="ab" * 16, platform="reddit", account="u/kestrel", text=text, in_reply_to=post)


def read_and_write(world: World) -> None:
    world.add_post("Hello")
    batches = list(world.collector().collect(cursor=None, since=SINCE))
    assert {batch.signal for batch in batches} == {None}
    assert sum(len(batch.posts) for batch in batches) == 1
    assert world.publisher().send(reply_to(world)).outcome is Outcome.SENT


def lay(folder: Path, thief: str) -> None:
    (folder / "praw.ini").write_text(HOSTILE.format(thief=thief))


def load_as_praw_does(folder: Path, thief: str) -> None:
    lay(folder, thief)
    with pytest.warns(UserWarning, match="overrides"):
        Config._load_config()


def break_it(folder: Path, _thief: str) -> None:
    (folder / "praw.ini").write_text("oauth_url = no section\n")


@pytest.fixture(params=[lay, load_as_praw_does, break_it])
def caught(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Request]]:
    """What reaches somebody who has laid out a praw.ini and set variables where Earnest runs."""
    caught: list[Request] = []

    def steal(request: Request) -> Answer:
        caught.append(request)
        return Answer(status=500)

    with serve(steal) as thief:
        monkeypatch.setattr(Config, "CONFIG", None)
        monkeypatch.chdir(tmp_path)
        for name, value in {"praw_site": "evil", "praw_client_id": "theirs", "praw_oauth_url": thief}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("HTTP_PROXY", thief)
        monkeypatch.setenv("HTTPS_PROXY", thief)
        request.param(tmp_path, thief)
        yield caught


def test_a_praw_ini_where_it_runs_changes_no_key_and_no_name(world: World, caught: list[Request]) -> None:
    read_and_write(world)
    assert caught == []
    agents = {request.headers["user-agent"] for request in world.reddit.requests}
    assert all(agent.startswith("python:earnest:0.1 (by /u/kestrel)") for agent in agents)


def test_a_praw_ini_where_it_runs_redirects_nothing(caught: list[Request]) -> None:
    asked: list[str] = []

    class Watched(Reach):
        def check(self, url: str, *, noun: str) -> None:  # noqa: ARG002 - the original's
            asked.append(url)
            raise Trouble("not here", kind=TroubleKind.UNAVAILABLE)

    keys = MemoryCredentials({"client_id": "a", "client_secret": "b", "refresh_token": "c"})
    client = RedditClient(keys, use=Use.READ, reach=Watched(), clock=SystemClock(), redirect_uri="http://localhost")
    with pytest.raises(Trouble, match="not here"):
        client.get("/new")
    client._authorizer.access_token, client._authorizer._expiration_timestamp_ns = "t", time.monotonic_ns() * 2
    with pytest.raises(Trouble, match="not here"):
        client.get("/new")
    assert asked == ["https://www.reddit.com/api/v1/access_token", "https://oauth.reddit.com/new?raw_json=1"]
    page = client.authorise_url(scopes=("read",), state="s")
    assert page.startswith("https://www.reddit.com/api/v1/authorize?client_id=a&")
    assert (caught, client._reddit.config.ratelimit_seconds) == ([], 0)


FAILURES = [
    *(Answer(status=status) for status in (408, 500, 502, 503, 504, 520, 522)),
    Answer(lost=True),
    Answer(status=503, body=b"<html>busy"),
]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda answer: str(answer.status * (not answer.lost)))
@pytest.mark.usefixtures("never_sleeps")
def test_a_write_is_never_repeated(world: World, failure: Answer) -> None:
    publisher, reply = world.publisher(), reply_to(world)
    world.reddit.failures.append(failure)
    assert publisher.send(reply).outcome is Outcome.UNKNOWN
    assert [request.path for request in world.reddit.requests if request.method == "POST"] == [
        "/api/v1/access_token", "/api/comment"
    ]  # fmt: skip
    assert world.written() == []


@pytest.mark.parametrize("failure", FAILURES, ids=lambda answer: str(answer.status * (not answer.lost)))
@pytest.mark.usefixtures("never_sleeps")
def test_a_read_is_not_repeated_by_the_library_either(world: World, failure: Answer) -> None:
    world.reddit.failures.append(failure)
    (batch,) = world.collector().collect(cursor=None, since=SINCE)
    assert batch.signal is not None
    assert (batch.requests, world.requests()) == (2, 2)


@pytest.mark.usefixtures("never_sleeps")
def test_a_limit_that_is_told_in_a_success_is_handed_on(world: World) -> None:
    world.reddit.wait_seconds = 3
    result = world.publisher().send(reply_to(world))
    assert (result.outcome, result.retry_after) == (Outcome.REFUSED_BEFORE_ACTING, timedelta(seconds=3))
    assert world.written() == []


@pytest.mark.usefixtures("never_sleeps")
def test_a_write_waits_for_the_limit_without_being_made(world: World) -> None:
    publisher = world.publisher()
    world.reddit.remaining, world.reddit.reset = 1.0, 120
    assert publisher.find_reply(reply_to(world)).found is LookUp.NOT_SEEN  # uses the last one up
    made = world.requests()
    result = publisher.send(reply_to(world))
    assert result.outcome is Outcome.REFUSED_BEFORE_ACTING
    assert result.retry_after is not None
    assert result.retry_after > timedelta(seconds=100)
    assert world.requests() == made


@pytest.mark.parametrize("headers", [
    {"x-ratelimit-remaining": "many", "x-ratelimit-reset": "5", "x-ratelimit-used": "x"},
    {"x-ratelimit-remaining": "0"},
    {"x-ratelimit-reset": "-5", "x-ratelimit-remaining": "0"},
    {"x-ratelimit-remaining": "nan", "x-ratelimit-reset": "10"},
])  # fmt: skip
def test_headers_that_cannot_be_read_say_nothing(world: World, headers: dict[str, str]) -> None:
    page = json.dumps({"kind": "Listing", "data": {"children": [], "after": None}}).encode()
    world.reddit.failures.append(Answer(headers=headers, body=page))
    batches = list(world.collector().collect(cursor=None, since=SINCE))
    assert {batch.signal for batch in batches} == {None}


def test_every_call_has_a_time_out(clock: ManualClock) -> None:
    with World(clock=clock, timeout=timedelta(milliseconds=200)) as world:
        world.reddit.stall = 0.5
        world.fail_next("timeout")
        began = time.monotonic()
        (batch,) = world.collector().collect(cursor=None, since=SINCE)
        assert time.monotonic() - began < 0.45
        assert batch.signal is not None


def test_an_address_inside_is_out_of_reach_unless_it_is_allowed(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("10.0.0.7", 443))])
    keys = MemoryCredentials({"client_id": "a", "client_secret": "b", "refresh_token": "c"})
    client = RedditClient(keys, use=Use.READ, reach=Reach(), clock=clock, account="kestrel")
    with pytest.raises(Trouble, match="private network") as caught:
        client.get("/new")
    assert caught.value.kind is TroubleKind.REFUSED
    assert not caught.value.reached


def test_nothing_listening_means_that_a_write_was_never_made(world: World) -> None:
    reply, keys = reply_to(world), world.keys(Use.WRITE)
    world._stack.close()
    result = world.publisher(credentials=keys).send(reply)
    assert result.outcome is Outcome.REFUSED_BEFORE_ACTING
    world._stack = ExitStack()
