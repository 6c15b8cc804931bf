"""Reads one answer of Bluesky: any list of posts, a thread, notifications, records, events of the stream, an error."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Final

from domain.posts import RawPost, Reject
from platforms.bluesky.events import is_event, read_event
from platforms.bluesky.posts import Unreadable, is_post, read_post
from platforms.bluesky.values import Json, items, lines, mapping, parse, payload, text
from platforms.recordings import Answer, Reading

# Nobody answers deeper than this; what does is made to break a reader.
_DEPTH: Final = 500
_THREAD: Final = ("thread", "post", "parent", "replies")
_NOTES: Final = {
    "accessJwt": "a session's tokens", "did": "an account", "actors": "accounts", "profiles": "accounts",
    "followers": "accounts", "follows": "accounts", "repostedBy": "who reposted a post", "likes": "who liked a post",
    "feeds": "feeds", "lists": "lists", "blob": "a picture", "count": "a number", "commit": "the outcome of a write",
    "cid": "the outcome of a write", "preferences": "settings", "convos": "conversations", "labels": "labels",
}  # fmt: skip


def read_answer(answer: Answer) -> Reading:
    """Return what stands in a recorded answer; never raises on what it holds."""
    gathering = Gathering()
    try:
        data = parse(answer.body)
    except ValueError:
        return _read_lines(answer, gathering)
    gathering.take(data)
    note = "" if gathering.brought else _describe(answer, data)
    return gathering.reading(note)


@dataclass(slots=True)
class Gathering:
    """Gathers posts from JSON, each once; `ours` are the account's own DIDs where one reads for an account."""

    ours: Collection[str] | None = None
    posts: dict[str, RawPost] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    deleted: dict[str, None] = field(default_factory=dict)

    @property
    def brought(self) -> bool:
        """Whether anything was found."""
        return bool(self.posts or self.rejects or self.deleted)

    def reading(self, note: str = "") -> Reading:
        """Return what was gathered."""
        return Reading(
            posts=tuple(self.posts.values()), rejects=tuple(self.rejects), deleted=tuple(self.deleted), note=note
        )

    def take(self, data: object) -> None:
        """Gather from a whole answer."""
        if isinstance(data, list):
            for number, item in enumerate(data):
                self._take_any(item, f"item {number}")
            return
        self._take_any(data, "answer")

    def add(self, item: object, place: str) -> None:
        """Gather one post; what is no post is passed over, what can't be read is set aside."""
        if not isinstance(item, dict):
            self.rejects.append(Reject(place=place, reason="The item isn't an object.", payload=payload(item)))
            return
        if not is_post(item):
            return
        try:
            post = read_post(item, ours=self.ours)
        except Unreadable as error:
            self.rejects.append(Reject(place=place, reason=str(error), payload=payload(item)))
        else:
            self.posts.setdefault(post.external_id, post)

    def _take_any(self, data: object, place: str) -> None:
        answer = mapping(data)
        if is_event(answer):
            self._take_event(answer, place)
            return
        for name, read in self._lists().items():
            for number, item in enumerate(items(answer.get(name))):
                read(item, f"{name}[{number}]")
        if any(isinstance(answer.get(name), dict) for name in ("thread", "post")):
            self._take_thread(answer)
        if "uri" in answer and ("value" in answer or "record" in answer):
            self.add(answer, place)

    def _lists(self) -> dict[str, Callable[[object, str], None]]:
        return {
            "posts": self.add,
            "notifications": self.add,
            "records": self.add,
            "feed": self._take_feed_item,
            "bookmarks": self._take_bookmark,
            "thread": self._take_thread_item,
        }

    def _take_feed_item(self, item: object, place: str) -> None:
        # A repost's reason stands beside the post itself (app.bsky.feed.defs#feedViewPost), which is given once.
        post = mapping(item).get("post")
        if not isinstance(post, str):  # a skeleton holds addresses alone
            self.add(post, place)

    def _take_bookmark(self, item: object, place: str) -> None:
        if "item" in mapping(item):
            self._take_node(mapping(item)["item"], place)

    def _take_thread_item(self, item: object, place: str) -> None:
        # app.bsky.unspecced.getPostThreadV2: a list with a value in each.
        value = mapping(mapping(item).get("value"))
        if "post" in value:
            self.add(value["post"], place)
        elif str(value.get("$type", "")).endswith("#threadItemNotFound"):
            self._note_gone(mapping(item))

    def _take_thread(self, answer: Json) -> None:
        for place, node in _walk(answer):
            self._take_node(node, place)

    def _take_node(self, node: object, place: str) -> None:
        view = mapping(node)
        if view.get("notFound") is True:
            self._note_gone(view)
        elif view.get("blocked") is not True:
            self.add(view.get("post", node), place)

    def _note_gone(self, view: Json) -> None:
        if uri := text(view.get("uri")):
            self.deleted[uri] = None

    def _take_event(self, event: Json, place: str) -> None:
        found = read_event(event)
        if found is None:
            return
        if found.is_deletion:
            self.deleted[found.uri] = None
            self.posts.pop(found.uri, None)
        else:
            self.deleted.pop(found.uri, None)
            self.add(found.item, place)


def _walk(answer: Json) -> Iterator[tuple[str, object]]:
    """Yield every node of a thread, the topmost parent first, without recursion: threads are deep."""
    top = mapping(answer.get("thread")) or answer
    above: list[Json] = []
    parent = mapping(top.get("parent"))
    while parent and len(above) < _DEPTH:
        above.append(parent)
        parent = mapping(parent.get("parent"))
    yield from (("thread.parent", node) for node in reversed(above))
    waiting: list[tuple[str, object, int]] = [("thread", top, 0)]
    while waiting:
        place, node, depth = waiting.pop()
        yield place, node
        if depth < _DEPTH:
            below = list(enumerate(items(mapping(node).get("replies"))))
            waiting.extend((f"{place}.replies[{number}]"[-200:], each, depth + 1) for number, each in reversed(below))


def _read_lines(answer: Answer, gathering: Gathering) -> Reading:
    """Read a stream's events, one a line; anything else that is no JSON holds nothing."""
    good = 0
    for number, line in enumerate(lines(answer.body), 1):
        try:
            event = parse(line.removeprefix(b"data:"))
        except ValueError:
            shown = line[:20_000].decode("utf-8", "replace")
            gathering.rejects.append(Reject(place=f"line {number}", reason="The line isn't JSON.", payload=shown))
            continue
        good += 1
        gathering.take(event)
    if good:
        return gathering.reading("" if gathering.brought else "events without posts")
    return Reading(note=_describe(answer, None))


def _describe(answer: Answer, data: object) -> str:
    """Say in plain words what an answer without posts is."""
    held = mapping(data)
    if answer.status >= 400 or isinstance(held.get("error"), str):
        status = f" {answer.status}" if answer.status >= 400 else ""
        named = text(held.get("error")) or "no reason given"
        return f"an error{status}: {named[:100]}"
    if data is None:
        return "nothing" if not answer.body.strip() else "something that isn't JSON"
    if any(isinstance(held.get(name), list) for name in ("posts", "feed", "notifications", "records", "thread")):
        return "a list without posts"
    if is_event(held):
        return "an event without a post"
    if "uri" in held and "value" in held:
        return "a record that is no post"
    return next((note for name, note in _NOTES.items() if name in held), "JSON that holds no posts")
