"""Reads one answer of Reddit's API, whatever endpoint it came from: listings, threads, inboxes, errors, the rest."""

import json
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from domain.posts import RawPost, Reject
from platforms.recordings import Answer, Reading
from platforms.reddit.notes import describe_error, describe_rest
from platforms.reddit.things import COMMENT, SUBMISSION, Gone, Setting, link_in, read_thing, reject

BODY_CAP: Final = 32 * 1024 * 1024
_POSTS: Final = frozenset({COMMENT, SUBMISSION})
_ESCAPED: Final = re.compile(rb'_html"\s*:\s*"&lt;')
_GZIP: Final = b"\x1f\x8b"


def read_answer(answer: Answer) -> Reading:
    """Return the posts in an answer, those that are gone, what couldn't be read, and why there is nothing, if so."""
    body = _unpacked(answer.body)
    if not 200 <= answer.status < 300:
        return Reading(note=describe_error(answer.status, _parsed(body)))
    if not body.strip():
        return Reading(note="An empty answer: Reddit did as it was told and says no more.")
    data = _parsed(body)
    if data is _NOTHING:
        return Reading(note="The answer isn't JSON: a page for people, or cut off.")
    split = urlsplit(answer.url)
    told = parse_qs(split.query).get("raw_json") == ["1"]
    # Where the request isn't known, the markup beside a text shows how it is written.
    escaped = not told if answer.url else _ESCAPED.search(body) is not None
    return read_data(data, setting=Setting(link=link_in(split.path), escaped=escaped))


def read_data(data: object, *, setting: Setting | None = None, place: str = "") -> Reading:
    """Read an answer's JSON; `place` is what it is called where an item is set aside."""
    setting, others = setting or Setting(), Counter[str]()
    posts: dict[str, RawPost] = {}
    gone: dict[str, None] = {}
    rejects: list[Reject] = []
    for kind, item, where in _things(data, place):
        if kind not in _POSTS:
            others[kind] += 1
            continue
        if not isinstance(item, Mapping):
            rejects.append(reject(item, place=where, reason="The item isn't a submission or a comment."))
            continue
        found = read_thing(kind, item, place=where, setting=setting)
        if isinstance(found, RawPost):
            posts.setdefault(found.external_id, found)
        elif isinstance(found, Gone):
            gone[found.external_id] = None
        else:
            rejects.append(found)
    private, empty = others.get("t4", 0), not posts and not rejects and not gone
    note = describe_rest(data, others) if private or empty else ""
    left = tuple(name for name in gone if name not in posts)
    return Reading(posts=tuple(posts.values()), rejects=tuple(rejects), deleted=left, note=note)


def _things(root: object, place: str) -> Iterator[tuple[str, object, str]]:
    """Yield each thing's kind, data and place, parents before what answers them; without recursion, however deep."""
    stack: list[tuple[object, str]] = [(root, place)]
    while stack:
        node, where = stack.pop()
        inner = node
        if isinstance(node, dict):
            kind, inner = _thing_of(node)
            if kind:
                yield kind, inner, where
            if kind == "Listing" and isinstance(inner, dict):
                yield from _strays(inner.get("children"), where)
        stack.extend(reversed(list(_below(inner, where))))


def _thing_of(node: dict[str, Any]) -> tuple[str, object]:
    kind, data = node.get("kind"), node.get("data")
    if isinstance(kind, str) and "data" in node:
        return kind, data
    # Some listings give the thing without its wrapping.
    name = node.get("name")
    if isinstance(name, str) and name[:3] in {"t1_", "t3_"} and ("body" in node or "title" in node):
        return name[:2], node
    return "", node


def _strays(children: object, where: str) -> Iterator[tuple[str, object, str]]:
    """Yield what stands among a listing's items and is no thing at all."""
    for number, child in enumerate(children if isinstance(children, list) else ()):
        if not isinstance(child, dict):
            yield COMMENT, child, _join(where, f"item {number + 1}")


def _below(node: object, where: str) -> Iterator[tuple[object, str]]:
    if isinstance(node, dict):
        for name, value in node.items():
            # The submission that was crossposted stands in whole in the one that crossposts it.
            if isinstance(value, dict | list) and name != "crosspost_parent_list":
                yield value, where
    elif isinstance(node, list):
        for number, value in enumerate(node):
            if isinstance(value, dict | list):
                yield value, _join(where, f"item {number + 1}")


def _join(where: str, item: str) -> str:
    return f"{where}, {item}"[-200:].lstrip(", ") if where else item


class _Nothing:
    """No JSON at all, which null is."""


_NOTHING: Final = _Nothing()


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return _NOTHING


def _unpacked(body: bytes) -> bytes:
    """Return a body that was recorded as it was packed, unpacked; as it is where that fails."""
    if not body.startswith(_GZIP):
        return body
    try:
        return zlib.decompressobj(wbits=31).decompress(body, BODY_CAP)
    except zlib.error:
        return body
