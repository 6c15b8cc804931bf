"""Whatever Bluesky answers is read: posts, what can't be read, what is gone, and what holds no posts at all."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.labels import PostKind
from platforms.bluesky.reading import Gathering, read_answer
from platforms.recordings import Answer
from tests.unit.platforms.bluesky.shapes import ADA, TERN, ids, read, reply_to, uri, view


def test_every_field_of_a_post() -> None:
    root, parent = uri("r", TERN), uri("p", TERN)
    (post,) = read({"posts": [view("1", "Grüße", reply=reply_to(parent, root))]}).posts
    assert (post.platform, post.external_id, post.text, post.language) == ("bluesky", uri("1"), "Grüße", "en")
    assert post.posted_at == datetime(2026, 11, 18, 9, tzinfo=UTC)
    assert (post.kind, post.in_reply_to, post.conversation_id) == (PostKind.REPLY, parent, root)
    assert post.url == "https://bsky.app/profile/ada.example/post/1"
    assert (post.author.external_id, post.author.handle, post.author.name) == (ADA, "ada.example", "Ada")
    assert post.metrics == {"likeCount": 3, "replyCount": 1}
    assert post.addressed is None


@pytest.mark.parametrize(
    "answer",
    [
        {"posts": [view("1")], "cursor": "2", "hitsTotal": 9},
        {"feed": [{"post": view("1")}]},
        {"feed": [{"post": view("1"), "reason": {"$type": "app.bsky.feed.defs#reasonRepost", "by": {"did": TERN}}}]},
        {"feed": [{"post": view("1"), "reply": {"root": view("0"), "parent": view("0")}}]},
        {"thread": {"$type": "app.bsky.feed.defs#threadViewPost", "post": view("1")}},
        {"thread": [{"uri": uri("1"), "depth": 0, "value": {"post": view("1")}}]},
        {"notifications": [{**view("1"), "reason": "reply"}]},
        {"bookmarks": [{"item": view("1"), "createdAt": "2026-11-18T09:00:00Z"}]},
        {"records": [{"uri": uri("1"), "cid": "c", "value": view("1")["record"]}]},
        {"uri": uri("1"), "cid": "c", "value": view("1")["record"]},
        [view("1")],
        [{"post": view("1")}],
        view("1"),
    ],
)
def test_every_list_gives_its_post_once(answer: Any) -> None:
    reading = read(answer)
    assert (ids(reading), reading.rejects, reading.note) == (["1"], (), "")


def test_a_post_that_stands_twice_is_given_once() -> None:
    repost = {"post": view("1"), "reason": {"$type": "app.bsky.feed.defs#reasonRepost"}}
    assert ids(read({"feed": [{"post": view("1")}, repost, {"post": view("2")}]})) == ["1", "2"]


def test_a_thread_is_read_from_its_top_down() -> None:
    gone = {"$type": "app.bsky.feed.defs#notFoundPost", "uri": uri("x"), "notFound": True}
    hidden = {"$type": "app.bsky.feed.defs#blockedPost", "uri": uri("y"), "blocked": True, "author": {"did": ADA}}
    thread = {
        "post": view("3"),
        "parent": {"post": view("2"), "parent": {"post": view("1")}},
        "replies": [{"post": view("4"), "replies": [{"post": view("5")}, gone]}, hidden, {"post": view("6")}],
    }
    reading = read({"thread": thread})
    assert ids(reading) == ["1", "2", "3", "4", "5", "6"]
    assert reading.deleted == (uri("x"),)
    assert reading.rejects == ()


def test_a_thread_of_any_depth_is_read() -> None:
    node: dict[str, Any] = {"post": view("last")}
    for number in range(150):
        node = {"post": view(str(number)), "replies": [node]}
    body = json.dumps({"thread": node}).encode()
    assert len(read_answer(Answer(body=body)).posts) == 151


def test_only_notifications_about_posts_are_posts() -> None:
    like = {
        **view("9"),
        "reason": "like",
        "record": {"$type": "app.bsky.feed.like"},
        "uri": f"at://{ADA}/app.bsky.feed.like/9",
    }
    follow = {**like, "reason": "follow", "record": {"$type": "app.bsky.graph.follow"}}
    reading = read(
        {"notifications": [like, {**view("1"), "reason": "mention"}, follow, {**view("2"), "reason": "reply"}]}
    )
    assert [(post.external_id, post.addressed) for post in reading.posts] == [(uri("1"), True), (uri("2"), None)]
    assert reading.rejects == ()


MENTION = {
    "features": [{"$type": "app.bsky.richtext.facet#mention", "did": TERN}],
    "index": {"byteStart": 0, "byteEnd": 5},
}
QUOTE = {"$type": "app.bsky.embed.record", "record": {"uri": uri("q", TERN), "cid": "c"}}


@pytest.mark.parametrize(
    ("record", "addressed"),
    [
        ({}, False),
        ({"text": "@tern.example without a mark"}, False),
        ({"facets": [MENTION]}, True),
        ({"facets": [{"features": [{"$type": "app.bsky.richtext.facet#tag", "did": TERN}]}]}, False),
        ({"reply": reply_to(uri("1", TERN))}, True),
        ({"reply": reply_to(uri("1"), uri("0", TERN))}, False),
        ({"embed": QUOTE}, True),
        ({"embed": {"$type": "app.bsky.embed.recordWithMedia", "record": {"record": {"uri": uri("q", TERN)}}}}, True),
        ({"embed": {"$type": "app.bsky.embed.external", "external": {"uri": "https://example.com"}}}, False),
    ],
)
def test_who_is_called_on_is_told_by_marks_alone(record: dict[str, Any], *, addressed: bool) -> None:
    gathering = Gathering(ours={TERN})
    gathering.take({"posts": [view("1", **record)]})
    assert gathering.posts[uri("1")].addressed is addressed


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"uri": 7}, "no address"),
        ({"uri": "https://bsky.app/1"}, "no address"),
        ({"record": None}, "no record"),
        ({"record": {"$type": "app.bsky.feed.post", "text": "x", "createdAt": "soon"}, "indexedAt": None}, "no time"),
        ({"record": {"$type": "app.bsky.feed.post", "text": ["x"], "createdAt": "2026-11-18T09:00:00Z"}}, "isn't text"),
    ],
)
def test_a_post_that_cannot_be_read_spoils_no_other(change: dict[str, Any], reason: str) -> None:
    reading = read({"posts": [view("1"), {**view("2"), **change}, "nonsense", view("3")]})
    assert ids(reading) == ["1", "3"]
    first, second = reading.rejects
    assert (first.place, second.place) == ("posts[1]", "posts[2]")
    assert reason in first.reason


@pytest.mark.parametrize(
    ("created", "hour"),
    [
        ("2026-11-18T09:00:00Z", 9), ("2026-11-18T10:00:00+01:00", 9), ("2026-11-18T09:00:00.123456789Z", 9),
        ("2026-11-18T09:00:00", 9), ("0000-01-01T00:00:00Z", 12), ("yesterday", 12), (1_700_000_000, 12), (None, 12),
    ],
)  # fmt: skip
def test_a_time_that_means_nothing_gives_way_to_when_the_network_met_it(created: object, hour: int) -> None:
    (post,) = read({"posts": [{**view("1", createdAt=created), "indexedAt": "2026-11-18T12:00:00Z"}]}).posts
    assert post.posted_at.hour == hour


def test_an_author_is_known_by_did_and_a_bot_by_its_own_label() -> None:
    moved = {**view("1"), "author": {"did": ADA, "handle": "handle.invalid"}}
    labelled = {**view("2"), "author": {"did": ADA, "handle": "ada.example", "labels": [{"src": ADA, "val": "bot"}]}}
    accused = {**view("3"), "author": {"did": ADA, "handle": "ada.example", "labels": [{"src": TERN, "val": "bot"}]}}
    first, second, third = read({"posts": [moved, labelled, accused]}).posts
    assert (first.author.handle, first.url) == (ADA, f"https://bsky.app/profile/{ADA}/post/1")
    assert [post.author.is_bot for post in (first, second, third)] == [False, True, False]


def test_halves_of_characters_are_no_text() -> None:
    (post,) = read_answer(Answer(body=json.dumps({"posts": [view("1", "a\ud83d b")]}).encode())).posts
    assert post.text.encode() == b"a? b"


@pytest.mark.parametrize(
    ("body", "status", "note"),
    [
        (b'{"error": "ExpiredToken", "message": "Token has expired"}', 400, "an error 400: ExpiredToken"),
        (b'{"error": "AuthMissing"}', 401, "an error 401: AuthMissing"),
        (b"<html>", 503, "an error 503: no reason given"),
        (b"<html>", 200, "something that isn't JSON"),
        (b'{"posts": [{"uri"', 200, "something that isn't JSON"),
        (b"", 200, "nothing"),
        (b"[" * 100_000, 200, "something that isn't JSON"),
        (b"{}", 200, "JSON that holds no posts"),
        (b'{"accessJwt": "secret", "refreshJwt": "secret", "did": "d"}', 200, "a session's tokens"),
        (b'{"did": "did:plc:x"}', 200, "an account"),
        (b'{"uri": "at://did:plc:x/app.bsky.feed.post/1", "cid": "c", "commit": {}}', 200, "the outcome of a write"),
        (b'{"uri": "at://did:plc:x/app.bsky.actor.profile/self", "value": {"$type": "app.bsky.actor.profile"}}', 200,
         "a record that is no post"),
        (b'{"posts": []}', 200, "a list without posts"),
        (b'{"feed": [{"post": "at://did:plc:x/app.bsky.feed.post/1"}]}', 200, "a list without posts"),
    ],
)  # fmt: skip
def test_an_answer_without_posts_says_what_it_is(body: bytes, status: int, note: str) -> None:
    reading = read_answer(Answer(body=body, status=status))
    assert (reading.posts, reading.rejects, reading.note) == ((), (), note)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just(uri("1")) | st.just(view("1")),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            ["posts", "feed", "post", "thread", "parent", "replies", "notifications", "records", "uri", "value",
             "record", "author", "reply", "facets", "features", "embed", "did", "kind", "time_us", "commit", "payload",
             "$type", "notFound", "labels", "langs", "createdAt"]
        ),
        inner, max_size=5,
    ),
    max_leaves=20,
)  # fmt: skip


@given(data=ANY)
def test_nothing_that_is_json_breaks_the_reader(data: object) -> None:
    reading = read(data)
    assert reading.posts or reading.rejects or reading.deleted or reading.note


@given(body=st.binary(max_size=200))
def test_nothing_at_all_breaks_the_reader(body: bytes) -> None:
    reading = read_answer(Answer(body=body))
    assert reading.posts or reading.rejects or reading.deleted or reading.note
