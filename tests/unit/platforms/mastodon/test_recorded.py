"""What Mastodon.py's own tests recorded of a real server, read offline; the JSON itself says what must come out."""

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from ruamel.yaml import YAML

from platforms.mastodon.reading import read_answer
from platforms.recordings import Answer

RECORDED = Path(__file__).parents[4].parent / "shared" / "recorded" / "mastodon"
FILES = sorted(RECORDED.glob("*.yaml"))
pytestmark = pytest.mark.skipif(not FILES, reason="the recordings aren't here; they hold real people's posts")


def answers(file: Path) -> Iterator[Answer]:
    for each in YAML(typ="safe", pure=False).load(file)["interactions"]:
        request, response = each["request"], each["response"]
        body = response["body"]["string"]
        yield Answer(
            body=body if isinstance(body, bytes) else body.encode(), method=request["method"], url=request["uri"],
            status=response["status"]["code"],
            headers={name.lower(): values[0] for name, values in response["headers"].items()},
        )  # fmt: skip


def statuses_in(data: Any) -> Iterator[dict[str, Any]]:
    """Every status of an answer by what the API's documentation says it has; the boosted one for a boost."""
    if isinstance(data, list):
        for item in data:
            yield from statuses_in(item)
    elif isinstance(data, dict) and {"id", "uri", "visibility", "account", "created_at"} <= data.keys():
        yield data["reblog"] or data
    elif isinstance(data, dict):
        for value in data.values():
            yield from statuses_in(value)


def words_of(status: dict[str, Any]) -> str:
    """The words of a status, its tags cut out in the crudest way."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", f"{status['spoiler_text']} {status['content']}")).split())


def body_of(answer: Answer) -> Any:
    text = answer.body.decode()
    if "/streaming/" in answer.url:
        return [json.loads(line[6:]) for line in text.split("\n") if line.startswith("data: {")]
    return json.loads(text)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_answer_gives_its_posts_or_says_why_not(file: Path) -> None:
    for answer in answers(file):
        reading = read_answer(answer)
        assert reading.rejects == ()
        expected = {} if answer.status >= 400 or answer.method == "DELETE" or answer.body == b"OK" else {
            status["id"]: status for status in statuses_in(body_of(answer))
        }  # fmt: skip
        assert {post.external_id for post in reading.posts} == expected.keys()
        assert len(reading.posts) == len(expected)
        assert reading.posts or reading.note.endswith(".")
        for post in reading.posts:
            status = expected[post.external_id]
            assert re.sub(r"[\s@]", "", post.text) == re.sub(r"[\s@]", "", words_of(status))
            assert (post.author.handle, post.author.external_id) == (
                status["account"]["acct"], status["account"]["id"],
            )  # fmt: skip
            assert (post.url, post.language, post.visibility, post.in_reply_to) == (
                status["url"], status["language"], status["visibility"], status["in_reply_to_id"],
            )  # fmt: skip
            assert post.posted_at.isoformat(timespec="milliseconds").replace("+00:00", "Z") == status["created_at"]


def test_the_recordings_hold_what_they_held() -> None:
    """Numbers over all files, so that a reader which finds nothing anywhere can't pass."""
    readings = [read_answer(answer) for file in FILES for answer in answers(file)]
    posts = [post for reading in readings for post in reading.posts]
    assert (len(posts), sum(len(reading.deleted) for reading in readings)) == (80, 40)
    assert sum(post.addressed is True for post in posts) == 21
    assert sum(reading.note.startswith("No posts: the server answered 4") for reading in readings) == 7


def test_a_deleted_post_is_gone_and_not_there() -> None:
    (answer, *_) = [
        each for file in FILES for each in answers(file)
        if each.method == "DELETE" and re.fullmatch(r"/api/v1/statuses/\d+", urlsplit(each.url).path)
    ]  # fmt: skip
    reading = read_answer(answer)
    assert (reading.posts, reading.deleted) == ((), (urlsplit(answer.url).path.rpartition("/")[2],))
