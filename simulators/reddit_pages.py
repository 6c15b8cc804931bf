"""The pages of the simulated Reddit: which things a path lists, a page at a time, newest first."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from simulators.loopback import Request
from simulators.reddit_things import Thing, fullname_of, listing, tree

# docs: at most 100 items a page. The wiki's FAQ: a listing never goes deeper than 1000.
_PAGE: Final = 100
_DEPTH: Final = 1000
_THREAD: Final = re.compile(r"(?:/r/[^/]+)?/comments/(\w+)(?:/[^/]*/(\w+))?/?")
_PLACE: Final = re.compile(r"/r/([\w+]+)/(new|comments)/?")
_USER: Final = re.compile(r"/user/([\w-]+)/comments/?")
# The place behind a page that was held back by a filter.
_HELD: Final = re.compile(r"t3_0000(\d+)")
_MESSAGES: Final = {
    "mentions": ("username_mention",), "comments": ("comment_reply",), "selfreply": ("post_reply",),
    "inbox": ("username_mention", "comment_reply", "post_reply", "unknown"),
}  # fmt: skip


@dataclass(slots=True)
class Pages:
    """Finds what a request asks for; `odd` are oddities that the next pages show, one each.

    `hide_own` is how many reads more the account's newest comment is missing from, as a cache in between has it.
    """

    odd: list[str] = field(default_factory=list)
    hide_own: int = 0
    most_children: int = 200

    def find(self, request: Request, *, things: Sequence[Thing], account: str) -> Any:  # noqa: ANN401 - JSON
        """Return what stands at a path, None where there is nothing."""
        path, raw = request.path.rstrip("/") or "/", request.query.get("raw_json") == "1"
        if path == "/api/v1/me":
            return {"name": account, "id": fullname_of(account)[3:], "comment_karma": 1}
        seen = self._seen(things, account)
        if path == "/api/info":
            return self._info(request, seen, raw=raw)
        if thread := _THREAD.fullmatch(path):
            return self._thread(request, thread, seen, raw=raw)
        test = _test_of(path, request.query)
        if test is None:
            return None
        show = Thing.letter if path.startswith("/message/") else Thing.data
        found = sorted((thing for thing in seen if test(thing) and not thing.taken), key=lambda thing: -thing.created)
        return self._page(request.query, found, show=lambda thing: show(thing, raw=raw))

    def _seen(self, things: Sequence[Thing], account: str) -> list[Thing]:
        if not self.hide_own:
            return list(things)
        self.hide_own -= 1
        own = [thing for thing in things if thing.author == account]
        return [thing for thing in things if not own or thing is not own[-1]]

    def _page(
        self, query: Mapping[str, str], found: Sequence[Thing], *, show: Callable[[Thing], dict[str, Any]]
    ) -> dict[str, Any]:  # fmt: skip
        names, after = [thing.name for thing in found[:_DEPTH]], query.get("after") or ""
        if held := _HELD.fullmatch(after):
            start = int(held[1])
        elif after and after not in names:
            return listing([])  # what stood there is gone, and with it the place in the list
        else:
            start = names.index(after) + 1 if after else 0
        end = start + max(1, min(_PAGE, int(query.get("limit", 25))))
        children: list[Any] = [{"kind": thing.kind, "data": show(thing)} for thing in found[:_DEPTH][start:end]]
        following = names[end - 1] if end < len(names) else None
        odd = self.odd.pop(0) if self.odd else ""
        if odd == "empty_page_with_next" and children:
            return listing([], after=f"t3_0000{start}")
        if odd == "malformed_item":
            children.insert(0, {"kind": "t1", "data": {"id": None, "author": 7, "body": ["?"], "created_utc": "soon"}})
        if odd == "duplicate_item":
            children += children[:1]
        return listing(children, after=following)

    def _info(self, request: Request, things: Sequence[Thing], *, raw: bool) -> dict[str, Any]:
        # recorded: a deleted comment still stands there, its words and author taken away.
        wanted = request.query.get("id", "").split(",")[:_PAGE]
        found = {thing.name: thing for thing in things if thing.kind != "t4"}
        return listing({"kind": found[n].kind, "data": found[n].data(raw=raw)} for n in wanted if n in found)

    def _thread(
        self, request: Request, found: re.Match[str], things: Sequence[Thing], *, raw: bool
    ) -> list[dict[str, Any]] | None:  # fmt: skip
        known = {thing.name: thing for thing in things}
        top, focus = known.get(f"t3_{found[1]}"), found[2] or request.query.get("comment")
        if top is None:
            return None
        within, root = [thing for thing in things if thing.link == top.name], top.name
        if focus:
            within, root = _around(within, known, f"t1_{focus}", context=int(request.query.get("context", 0)))
        most = min(self.most_children, int(request.query.get("limit", 200)))
        below = tree(within, below=root, raw=raw, most=most) or listing([])
        assert isinstance(below, dict)  # noqa: S101 - an empty tree has just been made a listing
        return [listing([{"kind": "t3", "data": top.data(raw=raw)}]), below]


def _around(
    within: list[Thing], known: Mapping[str, Thing], focus: str, *, context: int
) -> tuple[list[Thing], str]:  # fmt: skip
    """Return one comment, so many above it, and all below it; and what the topmost answers."""
    above, name = [focus], focus
    while (thing := known.get(name)) is not None and thing.parent.startswith("t1") and len(above) <= context:
        name = thing.parent
        above.append(name)
    shown = set(above)
    for thing in within:
        if thing.parent in shown and (thing.parent == focus or thing.parent not in above):
            shown.add(thing.name)
    top = known.get(above[-1])
    return [thing for thing in within if thing.name in shown], top.parent if top else ""


def _test_of(path: str, query: Mapping[str, str]) -> Callable[[Thing], bool] | None:
    if path == "/search":
        # docs: words in quotation marks stand together, OR between them; only submissions are found.
        phrases = [part.strip().strip('"()').casefold() for part in query.get("q", "").split(" OR ")]
        return lambda thing: (
            thing.kind == "t3"
            and any(phrase in f"{thing.title} {thing.text}".casefold() for phrase in phrases if phrase)
        )
    if place := _PLACE.fullmatch(path):
        kind, names = {"new": "t3", "comments": "t1"}[place[2]], place[1].casefold().split("+")
        return lambda thing: thing.kind == kind and thing.subreddit.casefold() in names
    if user := _USER.fullmatch(path):
        return lambda thing: thing.kind == "t1" and thing.author.casefold() == user[1].casefold()
    kinds = _MESSAGES.get(path.removeprefix("/message/")) if path.startswith("/message/") else None
    return (lambda thing: thing.inbox in kinds) if kinds else None
