"""The publisher on the simulated network, through the real SDK: one write a reply, references, marks, faults."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from domain.answers import LookUp, Outcome, OutgoingReply
from platforms.credentials import MemoryCredentials
from simulators.loopback import Answer
from tests.integration.platforms.bluesky_world import World

CREATE = "com.atproto.repo.createRecord"


@pytest.fixture
def world() -> Iterator[World]:
    with World() as world:
        yield world


def reply_to(uri: str, text: str = "Thank you!", *, key: str = "ab12" * 8) -> OutgoingReply:
    return OutgoingReply(key=key, platform="bluesky", account="@kestrel.test", text=text, in_reply_to=uri)


def test_a_reply_goes_out_once_with_its_references(world: World) -> None:
    first = world.write("A thread")
    called = world.answer(first, "what of the kestrel?")
    sent = world.publisher().send(reply_to(called))
    (reply,) = world.replies()
    assert (sent.outcome, sent.external_id) == (Outcome.SENT, reply.uri)
    assert sent.url == f"https://bsky.app/profile/kestrel.test/post/{reply.key}"
    assert reply.value["reply"] == {"root": world.post(first).reference, "parent": world.post(called).reference}
    assert (reply.value["text"], "facets" in reply.value) == ("Thank you!", False)
    # Signing in, the post that is answered, and the write.
    assert (sent.requests, world.count(CREATE)) == (3, 1)


def test_links_and_people_are_marked(world: World) -> None:
    world.network.add_account("bo.test")
    text = "🫖 @ada.test and @bo.test, not @nobody.test: https://example.com/care"
    world.publisher().send(reply_to(world.add_post("kestrel"), text))
    (reply,) = world.replies()
    body = text.encode()
    marks = [
        (body[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(), facet["features"][0])
        for facet in reply.value["facets"]
    ]
    assert [(words, mark.get("did") or mark.get("uri")) for words, mark in marks] == [
        ("@ada.test", world.ada.did), ("@bo.test", world.network.resolve("bo.test")),
        ("https://example.com/care", "https://example.com/care"),
    ]  # fmt: skip
    # The author's handle is known from the post.
    assert world.count("com.atproto.identity.resolveHandle") == 2


def test_a_part_answers_the_part_before_though_the_network_lags(world: World) -> None:
    publisher = world.publisher()
    called = world.add_post("kestrel")
    first = publisher.send(reply_to(called, "1/2", key="one"))
    world.lag_reads(100)
    second = publisher.send(reply_to(str(first.external_id), "2/2", key="two"))
    assert (first.outcome, second.outcome) == (Outcome.SENT, Outcome.SENT)
    roots = [reply.value["reply"]["root"]["uri"] for reply in world.replies()]
    assert roots == [called, called]


@pytest.mark.parametrize(
    ("text", "said"),
    [("x" * 301, "301 graphemes"), ("👨‍👩‍👧‍👦" * 301, "301 graphemes"), ("👨‍👩‍👧‍👦" * 300, "7500 bytes")],
)
def test_what_is_too_long_is_refused_with_its_count_before_anything_is_asked(
    world: World, text: str, said: str
) -> None:
    sent = world.publisher().send(reply_to(world.add_post("kestrel"), text))
    assert (sent.outcome, sent.requests, world.requests()) == (Outcome.REJECTED, 0, 0)
    assert said in sent.message


def test_300_graphemes_are_taken(world: World) -> None:
    text = "👨‍👩‍👧‍👦" * 100 + "é" * 200
    assert world.publisher().send(reply_to(world.add_post("kestrel"), text)).outcome is Outcome.SENT
    assert world.written() == [text]


def test_a_post_that_is_gone_hidden_or_closed_is_left_to_a_person(world: World) -> None:
    gone, closed, hidden = (world.add_post(f"kestrel {number}") for number in range(3))
    bo = world.network.add_account("bo.test")
    blocked = world.write("kestrel", who=bo)
    bo.blocks.add(world.brand.did)
    world.delete_post(gone)
    place = world.post(closed)
    gate = {"$type": "app.bsky.feed.threadgate", "post": closed, "allow": []}
    world.network.write(world.ada, "app.bsky.feed.threadgate", gate, key=place.key)
    outcomes = {uri: world.publisher().send(reply_to(uri)) for uri in (gone, closed, blocked, "nonsense", hidden)}
    assert [sent.outcome for sent in outcomes.values()] == [Outcome.REJECTED] * 4 + [Outcome.SENT]
    assert "closed the post" in outcomes[closed].message
    assert "blocked" in outcomes[blocked].message
    assert len(world.written()) == 1


WRITE_FAULTS = {
    "unauthorised": (Outcome.REJECTED, 0), "forbidden": (Outcome.REJECTED, 0),
    "stale_token": (Outcome.REFUSED_BEFORE_ACTING, 0),
    "rate_limit_with_reset": (Outcome.REFUSED_BEFORE_ACTING, 0),
    "rate_limit_without_reset": (Outcome.REFUSED_BEFORE_ACTING, 0),
    "server_error": (Outcome.UNKNOWN, 0), "html": (Outcome.UNKNOWN, 0), "reset": (Outcome.UNKNOWN, 0),
    "redirect": (Outcome.REJECTED, 0), "html_success": (Outcome.UNKNOWN, 0),
    "cut_body": (Outcome.UNKNOWN, 1), "cut_length": (Outcome.UNKNOWN, 1), "timeout": (Outcome.UNKNOWN, 1),
    "lost_after_write": (Outcome.UNKNOWN, 1),
}  # fmt: skip


@pytest.mark.parametrize("fault", WRITE_FAULTS)
def test_a_fault_is_what_it_means_and_nothing_is_written_twice(world: World, fault: str) -> None:
    reply = reply_to(world.add_post("kestrel"))
    publisher = world.publisher()
    world.fail_next(fault)
    sent = publisher.send(reply)
    outcome, written = WRITE_FAULTS[fault]
    assert (sent.outcome, len(world.written()), world.count(CREATE)) == (outcome, written, 1)
    assert (sent.retry_after is not None) == (fault == "rate_limit_with_reset")
    found = publisher.find_reply(reply)
    assert found.found is (LookUp.FOUND if written else LookUp.ABSENT_FOR_CERTAIN)
    # Whatever became of the first try, another leaves one reply.
    publisher.send(reply)
    assert len(world.written()) == 1
    assert publisher.find_reply(reply).external_id == world.replies()[0].uri


@pytest.mark.parametrize("status", [500, 503])
def test_an_outage_before_the_write_is_no_doubt(world: World, status: int) -> None:
    publisher = world.publisher()
    reply = reply_to(world.add_post("kestrel"))
    publisher.find_reply(reply)
    world.server.answers.append(Answer(status=status, body=b"<html>"))
    assert publisher.send(reply).outcome is Outcome.REFUSED_BEFORE_ACTING
    assert world.count(CREATE) == 0


def test_nobody_listening_is_certainly_nothing_written(world: World) -> None:
    uri = world.add_post("kestrel")
    publisher = world.publisher()
    publisher.find_reply(reply_to(uri))
    world.__exit__()
    sent = publisher.send(reply_to(uri))
    assert sent.outcome is Outcome.REFUSED_BEFORE_ACTING
    assert publisher.find_reply(reply_to(uri)).found is LookUp.NOT_SEEN


def test_a_look_that_fails_sees_nothing(world: World) -> None:
    publisher = world.publisher()
    reply = reply_to(world.add_post("kestrel"))
    publisher.send(reply)
    world.server.answers.append(Answer(status=503, body=b"<html>"))
    assert publisher.find_reply(reply).found is LookUp.NOT_SEEN
    assert publisher.find_reply(replace(reply, key="other")).found is LookUp.ABSENT_FOR_CERTAIN


def test_without_keys_it_says_what_to_do(world: World) -> None:
    world.write_keys = MemoryCredentials()
    sent = world.publisher().send(reply_to(world.add_post("kestrel")))
    assert sent.outcome is Outcome.REJECTED
    assert "earnest connect" in sent.message
