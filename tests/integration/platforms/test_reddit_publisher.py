"""Replies on Reddit go out once, are found again, and what stands in the way is said."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest

from domain.answers import LookUp, Outcome, OutgoingReply, SendResult
from domain.errors import InvalidInput
from domain.time import ManualClock
from platforms.credentials import MemoryCredentials, Use
from simulators.loopback import Answer, Request
from simulators.reddit import RedditSimulator
from tests.integration.platforms.reddit_world import BRAND, World

TEXT = "Thank you, Käthe! <3 & more\n\n> quoted"


@pytest.fixture
def world(clock: ManualClock) -> Iterator[World]:
    with World(clock=clock) as world:
        yield world


@pytest.fixture
def reply(world: World) -> OutgoingReply:
    post = world.add_post("Love it")
    return OutgoingReply(key="ab" * 16, platform="reddit", account=f"u/{BRAND}", text=TEXT, in_reply_to=post)


def writes(world: World) -> int:
    return sum(request.path == "/api/comment" for request in world.reddit.requests)


def test_a_reply_is_a_comment_below_the_post(world: World, reply: OutgoingReply, clock: ManualClock) -> None:
    publisher = world.publisher()
    result = publisher.send(reply)
    assert (result.outcome, result.sent_at) == (Outcome.SENT, clock.now())
    comment = world.reddit.things[result.external_id or ""]
    assert (comment.parent, comment.text, comment.author) == (reply.in_reply_to, TEXT, BRAND)
    assert result.url == f"https://www.reddit.com{comment.path}"
    assert (result.requests, result.cost_micros, result.currency) == (2, 240, "USD")
    assert publisher.send(replace(reply, text="Another")).requests == 1  # the token is still good
    to_submission = publisher.send(replace(reply, in_reply_to=world.thread))
    assert world.reddit.things[to_submission.external_id or ""].parent == world.thread


def test_what_went_out_is_found_with_its_id(world: World, reply: OutgoingReply) -> None:
    sent = world.publisher().send(reply)
    changed = replace(reply, text="  Thank you, Ka\u0308the!  <3 & more\r\n\r\n> quoted ")
    for asked in (reply, changed):
        found = world.publisher().find_reply(asked)
        assert (found.found, found.external_id, found.url) == (LookUp.FOUND, sent.external_id, sent.url)


@pytest.mark.parametrize("change", [{"text": "Thank you"}, {"in_reply_to": "t3_1"}])
def test_another_reply_is_not_taken_for_it(world: World, reply: OutgoingReply, change: dict[str, str]) -> None:
    publisher = world.publisher()
    publisher.send(reply)
    assert publisher.find_reply(replace(reply, **change)).found is LookUp.NOT_SEEN


def test_the_same_words_of_somebody_else_are_not_ours(world: World, reply: OutgoingReply) -> None:
    world.reddit.add_comment(reply.in_reply_to, TEXT, author="copycat")
    assert world.publisher().find_reply(reply).found is LookUp.NOT_SEEN


def test_it_is_found_in_the_thread_where_the_list_of_own_comments_is_closed(world: World, reply: OutgoingReply) -> None:
    sent = world.publisher().send(reply)
    below = world.publisher().send(replace(reply, in_reply_to=world.thread))
    keys = world.keys(Use.WRITE, refresh_token=world.reddit.grant("identity submit read"))
    publisher = world.publisher(credentials=keys)
    assert publisher.find_reply(reply).external_id == sent.external_id
    assert publisher.find_reply(replace(reply, in_reply_to=world.thread)).external_id == below.external_id


@pytest.mark.parametrize("fault", ["lost_after_write", "timeout", "cut_body"])
def test_a_reply_whose_answer_was_lost_is_found_once_reads_catch_up(
    world: World, reply: OutgoingReply, fault: str
) -> None:
    publisher = world.publisher()
    world.fail_next(fault)
    assert publisher.send(reply).outcome is Outcome.UNKNOWN
    world.lag_reads(3)
    looks = [publisher.find_reply(reply).found for _ in range(3)]
    assert looks[0] is LookUp.NOT_SEEN
    assert looks[-1] is LookUp.FOUND
    assert (world.written(), writes(world)) == ([TEXT], 1)


def test_a_look_that_fails_has_seen_nothing(world: World, reply: OutgoingReply) -> None:
    publisher = world.publisher()
    publisher.send(reply)
    world.reddit.failures += [Answer(status=500), Answer(status=503, body=b"<html>")]
    look = publisher.find_reply(reply)
    assert (look.found, bool(look.message)) == (LookUp.NOT_SEEN, True)
    assert world.publisher(credentials=MemoryCredentials()).find_reply(reply).found is LookUp.NOT_SEEN


def test_one_that_is_too_long_is_refused_with_its_count(world: World, reply: OutgoingReply) -> None:
    result = world.publisher().send(replace(reply, text="x" * 10_001))
    assert (result.outcome, result.requests, world.requests()) == (Outcome.REJECTED, 0, 0)
    assert result.message == "The reply has 10001 characters, and Reddit takes 10000; shorten it."
    assert world.publisher().send(replace(reply, text="x" * 10_000)).outcome is Outcome.SENT


@pytest.mark.parametrize("change", [{"in_reply_to": "12345"}, {"in_reply_to": "t4_a"}, {"text": "  \n"}])
def test_what_cannot_be_sent_is_refused_without_a_request(
    world: World, reply: OutgoingReply, change: dict[str, str]
) -> None:
    result = world.publisher().send(replace(reply, **change))
    assert (result.outcome, world.requests()) == (Outcome.REJECTED, 0)


def test_what_reddit_will_not_take_is_rejected_with_its_reason(world: World, reply: OutgoingReply) -> None:
    locked = world.add_post("locked")
    world.reddit.things[locked].locked = True
    result = world.publisher().send(replace(reply, in_reply_to=locked))
    assert (result.outcome, "Comments are locked" in result.message) == (Outcome.REJECTED, True)
    world.delete_post(reply.in_reply_to)
    result = world.publisher().send(reply)
    assert (result.outcome, "has been deleted" in result.message) == (Outcome.REJECTED, True)


def test_a_comment_that_is_taken_but_not_shown_is_looked_for(world: World, reply: OutgoingReply) -> None:
    # As recorded in TestComment.test_reply__none.
    world.reddit.failures.append(Answer(body=b'{"json": {"errors": [], "data": {"things": []}}}'))
    result = world.publisher().send(reply)
    assert (result.outcome, "looked for" in result.message) == (Outcome.UNKNOWN, True)


@pytest.mark.parametrize("answer", [Answer(status=500), Answer(status=503, body=b"<html>"), Answer(lost=True)])
def test_a_failure_before_the_write_has_certainly_done_nothing(
    world: World, reply: OutgoingReply, answer: Answer
) -> None:
    world.reddit.token_failures.append(answer)
    publisher = world.publisher()
    assert publisher.send(reply).outcome is Outcome.REFUSED_BEFORE_ACTING
    assert writes(world) == 0
    assert publisher.send(reply).outcome is Outcome.SENT
    assert world.written() == [TEXT]


def test_a_token_that_was_taken_back_costs_one_try(world: World, reply: OutgoingReply) -> None:
    publisher = world.publisher()
    publisher.send(reply)
    world.reddit.tokens.clear()
    result = publisher.send(replace(reply, text="Second"))
    assert (result.outcome, result.retry_after) == (Outcome.REFUSED_BEFORE_ACTING, timedelta(seconds=5))
    assert publisher.send(replace(reply, text="Second")).outcome is Outcome.SENT
    assert world.written() == [TEXT, "Second"]


def test_keys_that_may_not_write_are_refused_by_reddit_and_missing_ones_by_us(
    world: World, reply: OutgoingReply
) -> None:
    result = world.publisher(credentials=world.keys(Use.READ)).send(reply)
    assert (result.outcome, "insufficient_scope" in result.message) == (Outcome.REJECTED, True)
    keys = MemoryCredentials({"client_id": "app", "client_secret": "app-secret"})
    result = world.publisher(credentials=keys).send(reply)
    assert (result.outcome, "earnest connect" in result.message) == (Outcome.REJECTED, True)
    assert world.written() == []


def test_a_password_asks_for_the_rights_to_write_alone(world: World, reply: OutgoingReply) -> None:
    keys = MemoryCredentials({"client_id": "app", "client_secret": "app-secret", "password": "app-password"})
    assert world.publisher(credentials=keys).send(reply).outcome is Outcome.SENT
    ((scopes, _),) = set(world.reddit.tokens.values())
    assert set(scopes.split()) == {"identity", "submit", "read", "history"}


def test_what_a_request_costs_can_be_told(world: World, reply: OutgoingReply) -> None:
    assert world.publisher(prices={"request": "0.001 USD"}).send(reply).cost_micros == 1_000
    with pytest.raises(InvalidInput, match="no price"):
        world.publisher(prices={"comment": "1 USD"})


def test_two_replies_at_once_are_counted_each_for_itself(
    world: World, reply: OutgoingReply, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher, second, act = world.publisher(), list[SendResult](), RedditSimulator._act
    other = Thread(target=lambda: second.append(publisher.send(replace(reply, in_reply_to=world.thread))))

    def answer(simulator: RedditSimulator, request: Request) -> Answer:
        if request.path == "/api/comment" and not other.ident:
            other.start()
            time.sleep(0.3)  # long enough for the other one to begin
        return act(simulator, request)

    monkeypatch.setattr(RedditSimulator, "_act", answer)
    first = publisher.send(reply)
    other.join(timeout=5)
    assert (first.requests, first.cost_micros) == (2, 240)
    assert [(each.outcome, each.requests, each.cost_micros) for each in second] == [(Outcome.SENT, 1, 240)]
