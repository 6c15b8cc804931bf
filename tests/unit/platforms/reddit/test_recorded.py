"""What Reddit really answered, as PRAW's and prawcore's own tests recorded it, is read whole."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from platforms.recordings import Answer
from platforms.reddit.reading import read_answer

RECORDED = Path(__file__).parents[5] / "shared" / "recorded"
WORDS = {"t1": "body", "t3": "selftext"}
AWAY = {"[deleted]", "[removed]"}


def answers() -> Iterator[tuple[str, Answer]]:
    files = [file for name in ("praw", "prawcore") for file in sorted((RECORDED / name).glob("*.json"))]
    if not files:
        pytest.skip("The recorded answers aren't here; they are read where the folder shared/recorded is.")
    for file in files:
        for entry in json.loads(file.read_text())["interactions"]:
            asked, told = entry["request"], entry["response"]
            body = told["body"]
            raw = base64.b64decode(body["base64_string"]) if "base64_string" in body else body["string"].encode()
            yield file.stem, Answer(body=raw, method=asked["method"], url=asked["uri"], status=told["status"]["code"])


def things(node: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every submission and comment of an answer, found in another way than the reader's."""
    if isinstance(node, dict):
        if node.get("kind") in WORDS:
            yield node["kind"], node["data"]
        for value in node.values():
            yield from things(value)
    elif isinstance(node, list):
        for value in node:
            yield from things(value)


def test_every_recorded_post_is_read_as_it_stands() -> None:
    count = gone = 0
    for file, answer in answers():
        try:
            data = json.loads(answer.body)
        except ValueError:
            data = None
        expected = {item["name"]: (kind, item) for kind, item in things(data)}
        reading = read_answer(answer)
        assert reading.rejects == (), file
        assert {post.external_id for post in reading.posts} | set(reading.deleted) == set(expected), file
        for name in reading.deleted:
            kind, item = expected[name]
            assert item[WORDS[kind]] in AWAY
        for post in reading.posts:
            kind, item = expected[post.external_id]
            words, title = item[WORDS[kind]], item.get("title")
            assert (post.text, post.title) == ((words, title) if words else (title, None))
            assert item[WORDS[kind]] not in AWAY
            assert post.author.handle == item["author"]
            assert post.author.external_id == item.get("author_fullname", item["author"])
            assert post.posted_at == datetime.fromtimestamp(item["created_utc"], UTC)
            assert post.in_reply_to == item.get("parent_id")
            assert post.conversation_id is not None
            assert post.conversation_id == item.get("link_id", item["name"] if kind == "t3" else post.conversation_id)
            assert post.url is not None
            if item.get("permalink"):
                assert post.url == f"https://www.reddit.com{item['permalink']}"
            assert post.addressed is (True if item.get("was_comment") else None)
        count, gone = count + len(reading.posts), gone + len(reading.deleted)
    assert (count, gone) == (4053, 41)


def test_every_recorded_answer_without_posts_says_what_it_is() -> None:
    notes = [(answer.status, reading.note) for _, answer in answers() if not (reading := read_answer(answer)).posts]
    assert all(note for status, note in notes if status != 200)
    told = {note.partition(".")[0].rstrip("0123456789: ") for _, note in notes if note}
    assert {"No posts, but a token", "An empty listing", "An error: invalid_grant"} <= told
    assert any("private messages" in note for note in told)


def test_private_messages_never_become_posts() -> None:
    for _, answer in answers():
        assert not any(post.external_id.startswith("t4") for post in read_answer(answer).posts)
