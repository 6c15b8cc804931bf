"""Reads one answer of Mastodon's API, whatever was asked: its posts, what couldn't be read, what is gone, or why none.

Posts are found by their shape rather than by the address, since one status stands in many places: alone, in a list, in
a notification, a thread, a search, a conversation, a report. Where an address lists posts, everything else in the list
is set aside with its reason.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlsplit

from domain.posts import RawPost, Reject
from platforms.mastodon.events import DELETED, WITH_POSTS, Event, looks_like_events, read_events, read_frame
from platforms.mastodon.notes import why_empty, why_refused
from platforms.mastodon.statuses import NOBODY, Me, Unreadable, identifier, read_status
from platforms.recordings import Answer, Reading

PAYLOAD: Final = 20_000
# Only statuses have these; one has three of them at least, whatever server it is from.
_MARKS: Final = frozenset(
    {"in_reply_to_id", "spoiler_text", "visibility", "reblog", "content", "sensitive", "favourites_count"}
)
_NO_STATUS: Final = frozenset({"scheduled_at", "detected_source_language", "scopes"})
# What lists posts and nothing else.
_LISTING: Final = re.compile(
    r"/api/v\d/(?:timelines/[^/]+(?:/[^/]+)?|accounts/[^/]+/statuses|statuses(?:/[^/]+/quotes)?|favourites|bookmarks"
    r"|trends/statuses)/?"
)
_ONE: Final = re.compile(r"/api/v\d/statuses/([\w-]+)/?")
_LISTS: Final = frozenset({"ancestors", "descendants"})
# Notifications by which somebody called the account, or quoted it (4.5 and later).
CALLS: Final = ("mention", "quote")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """What may be a post, where it stood, and whether its place says that the account was addressed."""

    item: object
    place: str
    addressed: bool | None = None


def read_answer(answer: Answer) -> Reading:
    """Return what stands in an answer; never raises on what it holds."""
    return read_for(answer, me=NOBODY)


def read_for(answer: Answer, *, me: Me) -> Reading:
    """Return what stands in an answer, with `addressed` as the account `me` sees it."""
    path, body = urlsplit(answer.url).path, answer.body.decode("utf-8", "replace")
    if not 200 <= answer.status < 300:
        gone = _ONE.fullmatch(path) if answer.status in {404, 410} and answer.method == "GET" else None
        return Reading(deleted=(gone[1],) if gone else (), note=why_refused(answer.status, body))
    if looks_like_events(body):
        return _gather(_in_events(read_events(body)), me=me) or Reading(note="A stream in which no post came.")
    if not body.strip():
        return Reading(note="The body is empty.")
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return _no_json(body, path)
    return _read_data(data, answer=answer, path=path, me=me)


def _read_data(data: Any, *, answer: Answer, path: str, me: Me) -> Reading:  # noqa: ANN401 - whatever JSON held
    if answer.method == "DELETE" and (one := _ONE.fullmatch(path)):
        return Reading(deleted=(one[1],), note="The post was deleted by this request.")
    frame = read_frame(data)
    try:
        found = list(_in_events([frame]) if frame else _find(data, path=path, place="", depth=0))
    except RecursionError:
        return Reading(rejects=(_reject("body", "The answer is nested too deeply.", data),))
    return _gather(found, me=me) or Reading(note=why_empty(data, path))


def _find(data: Any, *, path: str, place: str, depth: int) -> Iterator[_Candidate]:  # noqa: ANN401 - whatever JSON held
    if _is_status(data):
        yield _Candidate(data, place)
    elif isinstance(data, list):
        lists = (not place and bool(_LISTING.fullmatch(path))) or place in _LISTS or any(map(_is_status, data))
        for number, item in enumerate(data, start=1):
            if lists and not _is_status(item):
                yield _Candidate(item, f"item {number}")
            else:
                yield from _find(item, path="", place=f"item {number}", depth=depth + 1)
    elif isinstance(data, dict) and _NO_STATUS.isdisjoint(data):
        yield from _in_object(data, depth=depth)


def _in_object(data: dict[str, Any], *, depth: int) -> Iterator[_Candidate]:
    called = True if data.get("type") in CALLS else None
    if "notification_groups" in data:
        yield from _in_groups(data)
        return
    for key, value in data.items():
        if key == "statuses" and "hashtags" in data and isinstance(value, list):
            yield from (_Candidate(item, f"item {number}") for number, item in enumerate(value, start=1))
        elif key == "status" and isinstance(value, dict) and ("account" in data or "type" in data):
            yield _Candidate(value, f"notification {identifier(data.get('id')) or '?'}", called)
        elif isinstance(value, dict | list):
            yield from _find(value, path="", place=key, depth=depth + 1)


def _in_groups(data: dict[str, Any]) -> Iterator[_Candidate]:
    """Yield the statuses of grouped notifications (v2): groups name them by id."""
    groups, statuses = data.get("notification_groups"), data.get("statuses")
    called = {
        identifier(group.get("status_id"))
        for group in (groups if isinstance(groups, list) else ())
        if isinstance(group, dict) and group.get("type") in CALLS
    }
    for number, item in enumerate(statuses if isinstance(statuses, list) else (), start=1):
        is_called = isinstance(item, dict) and identifier(item.get("id")) in called
        yield _Candidate(item, f"item {number}", True if is_called else None)


def _in_events(events: Iterable[Event]) -> Iterator[_Candidate | str]:
    """Yield the candidates of a stream, and the ids that it says are deleted, in order."""
    for event in events:
        place = f"event {event.number}"
        if event.name == DELETED and (gone := event.data.strip().strip('"')):
            yield gone
        elif event.name in WITH_POSTS:
            try:
                data = json.loads(event.data)
            except (ValueError, RecursionError):
                yield _Candidate(event.data, place)
                continue
            found = list(_find(data, path="", place=place, depth=0))
            yield from found
            if not found and event.name not in {"notification", "conversation"}:
                yield _Candidate(data, place)


def _gather(found: Iterable[_Candidate | str], *, me: Me) -> Reading | None:
    """Read the candidates, each post once with what stands last; None when nothing was there at all."""
    posts: dict[str, RawPost] = {}
    rejects: list[Reject] = []
    deleted: dict[str, None] = {}
    for candidate in found:
        if isinstance(candidate, str):
            posts.pop(candidate, None)
            deleted[candidate] = None
            continue
        try:
            post = read_status(candidate.item, me=me, addressed=candidate.addressed)
        except Unreadable as error:
            rejects.append(_reject(candidate.place, str(error), candidate.item))
            continue
        known = posts.get(post.external_id)
        if known and known.addressed and not post.addressed:
            post = replace(post, addressed=True)
        posts[post.external_id] = post
    if not posts and not rejects and not deleted:
        return None
    return Reading(posts=tuple(posts.values()), rejects=tuple(rejects), deleted=tuple(deleted))


def _is_status(item: object) -> bool:
    if not isinstance(item, dict) or "id" not in item or not _NO_STATUS.isdisjoint(item):
        return False
    return isinstance(item.get("reblog"), dict) or len(_MARKS.intersection(item)) >= 3


def _no_json(body: str, path: str) -> Reading:
    start = body.lstrip()[:1]
    if start in {"{", "["}:
        return Reading(rejects=(_reject(path or "body", "The answer is cut off, or isn't valid JSON.", body),))
    if start == "<":
        return Reading(note="The answer is a page (HTML) where JSON was due.")
    return Reading(note="The answer isn't JSON.")


def _reject(place: str, reason: str, item: object) -> Reject:
    try:
        payload = item if isinstance(item, str) else json.dumps(item, ensure_ascii=False)
    except (ValueError, RecursionError):
        payload = ""
    name = identifier(item.get("id")) if isinstance(item, dict) else None
    return Reject(place=f"status {name[:100]}" if name else place, reason=reason, payload=payload[:PAYLOAD])
