"""The stream's events in both of their forms."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from platforms.bluesky.events import micros, problem_of, time_of
from platforms.bluesky.reading import read_answer
from platforms.recordings import Answer
from tests.unit.platforms.bluesky.shapes import ADA, ids, uri, view

AT = datetime(2026, 11, 18, 9, 0, 0, 123456, tzinfo=UTC)


def new(key: str, operation: str = "create", **more: Any) -> dict[str, Any]:
    payload = {
        "$type": "network.bsky.jetstream.subscribeEvents#commit", "did": ADA, "seq": 7, "rev": "r",
        "time": "2026-11-18T09:00:00.123456Z", "collection": "app.bsky.feed.post", "operation": operation, "rkey": key,
    }  # fmt: skip
    if operation != "delete":
        payload |= {"cid": "c", "record": view(key)["record"]}
    return {"$type": "message", "payload": {**payload, **more}}


def old(key: str, operation: str = "create", collection: str = "app.bsky.feed.post") -> dict[str, Any]:
    commit: dict[str, Any] = {"rev": "r", "operation": operation, "collection": collection, "rkey": key}
    if operation != "delete":
        commit |= {"cid": "c", "record": view(key)["record"]}
    return {"did": ADA, "time_us": micros(AT), "kind": "commit", "commit": commit}


def lines(*events: object) -> Answer:
    return Answer(body=b"\n".join(json.dumps(event).encode() for event in events))


@pytest.mark.parametrize("make", [new, old])
def test_posts_come_and_go(make: Any) -> None:
    reading = read_answer(lines(make("1"), make("2"), make("1", "delete"), make("3", "update")))
    assert ids(reading) == ["2", "3"]
    assert reading.deleted == (uri("1"),)
    # The stream tells of no handles: the DID stands for one.
    assert reading.posts[0].author.handle == ADA
    assert time_of(make("1")) == AT


def test_a_single_event_is_read_too() -> None:
    assert ids(read_answer(Answer(body=json.dumps(old("1")).encode()))) == ["1"]


def test_what_is_about_no_post_is_passed_over() -> None:
    identity = {"did": ADA, "time_us": 1, "kind": "identity", "identity": {"did": ADA}}
    account = {"$type": "message", "payload": {"$type": "network.bsky.jetstream.subscribeEvents#account", "did": ADA}}
    info = {
        "$type": "message",
        "payload": {"$type": "network.bsky.jetstream.subscribeEvents#info", "name": "OutdatedCursor"},
    }
    reading = read_answer(lines(identity, account, info, old("1", collection="app.bsky.feed.like")))
    assert (reading.posts, reading.rejects, reading.note) == ((), (), "events without posts")


def test_a_line_that_is_cut_off_spoils_no_other() -> None:
    body = lines(old("1")).body + b'\n{"did": "did:pl\n' + lines(old("2")).body
    reading = read_answer(Answer(body=body))
    assert ids(reading) == ["1", "2"]
    assert [reject.place for reject in reading.rejects] == ["line 2"]


def test_an_event_whose_record_cannot_be_read_is_set_aside() -> None:
    reading = read_answer(lines(new("1", record=5), new("2")))
    assert ids(reading) == ["2"]
    assert len(reading.rejects) == 1


def test_an_error_frame_says_what_is_wrong() -> None:
    assert problem_of({"$type": "error", "error": "ConsumerTooSlow"}) == "ConsumerTooSlow"
    assert problem_of(new("1")) is None


def test_a_time_is_counted_to_the_microsecond() -> None:
    assert datetime.fromtimestamp(micros(AT) // 1_000_000, UTC) == AT.replace(microsecond=0)
    assert micros(AT) % 1_000_000 == 123_456
