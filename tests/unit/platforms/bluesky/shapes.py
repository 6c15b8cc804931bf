"""Bluesky's answers in small, as the lexicons shape them."""

import json
from typing import Any

from platforms.bluesky.reading import read_answer
from platforms.recordings import Answer, Reading

ADA, TERN = "did:plc:ada", "did:plc:tern"


def uri(key: str, did: str = ADA) -> str:
    return f"at://{did}/app.bsky.feed.post/{key}"


def view(key: str, text: str = "Hello", *, did: str = ADA, **record: Any) -> dict[str, Any]:
    """A post as lists show it."""
    return {
        "$type": "app.bsky.feed.defs#postView", "uri": uri(key, did), "cid": f"cid-{key}",
        "author": {"did": did, "handle": "ada.example", "displayName": "Ada", "labels": []},
        "record": {
            "$type": "app.bsky.feed.post", "text": text, "createdAt": "2026-11-18T09:00:00.000Z", "langs": ["en"],
            **record,
        },
        "likeCount": 3, "replyCount": 1, "indexedAt": "2026-11-18T09:00:01.000Z",
    }  # fmt: skip


def reply_to(parent: str, root: str | None = None) -> dict[str, Any]:
    return {"parent": {"uri": parent, "cid": "c"}, "root": {"uri": root or parent, "cid": "c"}}


def read(data: object, **more: Any) -> Reading:
    """Read an answer of JSON."""
    return read_answer(Answer(body=json.dumps(data).encode(), **more))


def ids(reading: Reading) -> list[str]:
    return [post.external_id.rpartition("/")[2] for post in reading.posts]
