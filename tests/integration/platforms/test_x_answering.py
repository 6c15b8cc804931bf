"""Replying on X through the real tweepy: once, at what price, found again when nobody knows, and with fresh keys."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.answers import LookUp, Outcome, OutgoingReply
from domain.time import ManualClock
from platforms.credentials import MemoryCredentials
from platforms.trouble import PAYMENT_WAIT
from responders.publishers.x import normalised
from simulators.loopback import Answer, Request, serve
from simulators.x import APP_TOKEN, REFRESH_TOKEN, USER_TOKEN
from tests.conftest import NOW
from tests.integration.platforms.x_world import BRAND, World

OAUTH = {"client_id": "app", "client_secret": "s", "access_token": USER_TOKEN, "refresh_token": REFRESH_TOKEN}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def world(clock: ManualClock) -> Iterator[World]:
    with World(clock=clock) as world:
        yield world


def reply_to(post: str, text: str = "Thank you & enjoy!", **more: Any) -> OutgoingReply:
    return OutgoingReply(
        key="k" * 32, platform="x", account=f"@{BRAND}", text=text, in_reply_to=post, conversation_id=post, **more
    )


def test_a_reply_goes_out_in_one_request_with_its_id_and_price(world: World) -> None:
    post = world.add_post("hello")
    result = world.publisher().send(reply_to(post))
    assert (result.outcome, world.written(), world.requests()) == (Outcome.SENT, ["Thank you & enjoy!"], 1)
    assert (result.cost_micros, result.currency, result.requests) == (10_000, "USD", 1)
    assert result.external_id in world.state.posts
    assert result.url == f"https://x.com/{BRAND}/status/{result.external_id}"
    assert result.sent_at == NOW


@pytest.mark.parametrize(
    ("text", "own_part", "micros"),
    [("Thanks", False, 10_000), ("Thanks", True, 15_000), ("See https://t.example", False, 200_000),
     ("See t.example/faq", True, 200_000)],
)  # fmt: skip
def test_what_a_reply_costs(world: World, text: str, own_part: Any, micros: int) -> None:
    post = world.add_post("hello")
    before = world.publisher().send(reply_to(post, "The first part")).external_id or ""
    reply = reply_to(post, text)
    reply = replace(reply, in_reply_to=before) if own_part else reply
    assert world.publisher().send(reply).cost_micros == micros


def test_the_operators_prices_count(world: World) -> None:
    publisher = world.publisher(options={"prices": {"summoned": "0.02 USD"}})
    assert publisher.send(reply_to(world.add_post("hello"))).cost_micros == 20_000


def test_who_did_not_call_is_not_answered(world: World) -> None:
    result = world.publisher().send(reply_to(world.state.add_post("kestrel", author="bo")))
    assert (result.outcome, result.cost_micros, world.written()) == (Outcome.REJECTED, 0, [])
    assert "not been mentioned" in result.message


def test_who_quoted_the_account_is_answered(world: World) -> None:
    own = world.state.add_post("New!", author=BRAND)
    quote = world.state.add_post("look", author="bo", quotes=own)
    assert world.publisher().send(reply_to(quote)).outcome is Outcome.SENT


@pytest.mark.parametrize(("text", "length"), [("ä" * 281, 281), ("🫖" * 141, 282), ("茶" * 141, 282)])
def test_what_is_too_long_is_refused_with_its_count_before_anything_is_asked(
    world: World, text: str, length: int
) -> None:
    result = world.publisher().send(reply_to(world.add_post("hello"), text))
    assert (result.outcome, result.requests, world.requests()) == (Outcome.REJECTED, 0, 0)
    assert str(length) in result.message


@pytest.mark.parametrize(
    ("fault", "outcome", "waits", "written"),
    [
        ("unauthorised", Outcome.REJECTED, None, 0),
        ("forbidden", Outcome.REJECTED, None, 0),
        ("not_found", Outcome.REJECTED, None, 0),
        ("payment", Outcome.REFUSED_BEFORE_ACTING, PAYMENT_WAIT, 0),
        ("rate_limit_with_reset", Outcome.REFUSED_BEFORE_ACTING, timedelta(minutes=15), 0),
        ("rate_limit_without_reset", Outcome.REFUSED_BEFORE_ACTING, None, 0),
        ("server_error", Outcome.UNKNOWN, None, 0),
        ("html", Outcome.UNKNOWN, None, 0),
        ("reset", Outcome.UNKNOWN, None, 0),
        ("html_success", Outcome.UNKNOWN, None, 0),
        ("cut_body", Outcome.UNKNOWN, None, 1),
        ("lost_after_write", Outcome.UNKNOWN, None, 1),
    ],
)
def test_a_write_is_never_repeated(
    world: World, fault: str, outcome: Outcome, waits: timedelta | None, written: int
) -> None:
    post = world.add_post("hello")
    world.simulator.write_faults = [fault]
    result = world.publisher().send(reply_to(post))
    assert (result.outcome, result.retry_after) == (outcome, waits)
    assert (len(world.written()), world.requests()) == (written, 1)
    assert result.cost_micros == (10_000 if outcome is Outcome.UNKNOWN else 0)


def test_nobody_listening_is_a_refusal_before_acting(world: World) -> None:
    publisher = world.publisher()
    world._stack.close()
    assert publisher.send(reply_to("1")).outcome is Outcome.REFUSED_BEFORE_ACTING
    assert publisher.find_reply(reply_to("1")).found is LookUp.NOT_SEEN


@pytest.mark.parametrize(
    "text", ["Thank you & enjoy <3", "See https://tern.example/faq, Ada!", "@ada thanks", "two\n\nlines  "]
)
def test_a_reply_whose_answer_was_lost_is_found_however_x_changed_it(world: World, text: str) -> None:
    post = world.add_post("hello")
    world.fail_next("lost_after_write")
    assert world.publisher().send(reply_to(post, text)).outcome is Outcome.UNKNOWN
    found = world.publisher().find_reply(reply_to(post, text))
    assert found.found is LookUp.FOUND
    assert found.external_id in world.state.posts
    assert found.url is not None
    assert world.publisher().find_reply(reply_to(post, "Something else")).found is LookUp.NOT_SEEN
    assert world.publisher().find_reply(reply_to(world.add_post("other"), text)).found is LookUp.NOT_SEEN


def test_reads_that_lag_show_it_later(world: World) -> None:
    post = world.add_post("hello")
    world.publisher().send(reply_to(post))
    world.lag_reads(1)
    publisher = world.publisher()
    assert [publisher.find_reply(reply_to(post)).found for _ in range(2)] == [LookUp.NOT_SEEN, LookUp.FOUND]


@pytest.mark.parametrize("fault", ["unauthorised", "html", "cut_body", "reset", "rate_limit_with_reset"])
def test_a_look_that_fails_has_seen_nothing(world: World, fault: str) -> None:
    post = world.add_post("hello")
    world.publisher().send(reply_to(post))
    world.fail_next(fault)
    look = world.publisher().find_reply(reply_to(post))
    assert (look.found, bool(look.message)) == (LookUp.NOT_SEEN, True)


def test_an_account_without_its_id_asks_who_it_is(world: World) -> None:
    post = world.add_post("hello")
    world.publisher().send(reply_to(post))
    assert world.publisher(id=None).find_reply(reply_to(post)).found is LookUp.FOUND
    assert world.simulator.requests[-2].path == "/2/users/me"


def test_a_token_that_runs_out_is_renewed_before_it_does(world: World) -> None:
    post = world.add_post("hello")
    keys = MemoryCredentials({**OAUTH, "access_token": "old", "access_token_expires_at": NOW.isoformat()})
    result = world.publisher(keys=keys).send(reply_to(post))
    assert (result.outcome, result.requests) == (Outcome.SENT, 2)
    assert keys.get("refresh_token") != REFRESH_TOKEN
    assert keys.get("access_token_expires_at") == (NOW + timedelta(hours=2)).isoformat()
    assert world.publisher(keys=keys).send(reply_to(post, "And again")).requests == 1


def test_a_token_that_x_takes_no_more_is_renewed_and_the_reply_tried_again(world: World) -> None:
    post = world.add_post("hello")
    keys = MemoryCredentials({**OAUTH, "access_token": "revoked"})
    publisher = world.publisher(keys=keys)
    first = publisher.send(reply_to(post))
    assert (first.outcome, first.requests, world.written()) == (Outcome.REFUSED_BEFORE_ACTING, 2, [])
    assert publisher.send(reply_to(post)).outcome is Outcome.SENT


def test_a_refresh_token_that_serves_no_more_says_what_to_do(world: World) -> None:
    expired = {**OAUTH, "refresh_token": "used", "access_token_expires_at": NOW.isoformat()}
    result = world.publisher(keys=expired).send(reply_to(world.add_post("hello")))
    assert (result.outcome, world.written()) == (Outcome.REJECTED, [])
    assert "earnest connect x" in result.message


def test_a_token_that_another_process_renewed_is_taken_up(world: World) -> None:
    keys = MemoryCredentials({**OAUTH, "refresh_token": "used", "access_token_expires_at": NOW.isoformat()})

    def answer(request: Request) -> Answer:
        if request.path == "/2/oauth2/token":
            keys.values.update(access_token=USER_TOKEN, refresh_token=REFRESH_TOKEN)
        return world.simulator.answer(request)

    with serve(answer) as world.address:
        assert world.publisher(keys=keys).send(reply_to(world.add_post("hello"))).outcome is Outcome.SENT


def test_a_key_that_is_nowhere_is_named(world: World) -> None:
    result = world.publisher(keys={"consumer_key": "only"}).send(reply_to(world.add_post("hello")))
    assert (result.outcome, world.requests()) == (Outcome.REJECTED, 0)
    assert "consumer_secret" in result.message


def test_the_apps_token_can_write_nothing(world: World) -> None:
    result = world.publisher(keys={"access_token": APP_TOKEN}).send(reply_to(world.add_post("hello")))
    assert (result.outcome, world.written()) == (Outcome.REJECTED, [])


def test_texts_are_the_same_whatever_x_does_to_them() -> None:
    assert normalised("@ada @bo Hi &amp; see https://t.co/x") == normalised("Hi & see  https://tern.example/long?x=1")
    assert normalised("Hi @ada") != normalised("Hi")
