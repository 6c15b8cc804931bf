"""What the simulated Reddit holds: submissions, comments and a private message, as its API writes them down."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, Final

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
DELETED: Final = "[deleted]"
REMOVED: Final = "[removed]"


@dataclass(slots=True, kw_only=True)
class Thing:
    """One submission (t3), comment (t1) or private message (t4); `taken` is what stands in its words' place."""

    kind: str
    id: str
    author: str
    created: float
    text: str
    subreddit: str
    title: str = ""
    parent: str = ""
    link: str = ""
    # How it came into the account's inbox: username_mention, comment_reply, post_reply, or not at all.
    inbox: str = ""
    taken: str = ""
    locked: bool = False

    @property
    def name(self) -> str:
        """Its fullname."""
        return f"{self.kind}_{self.id}"

    @property
    def path(self) -> str:
        """Where it stands, from the site's root."""
        place = f"/r/{self.subreddit}/comments/{self.link[3:]}/_/"
        return place if self.kind == "t3" else f"{place}{self.id}/"

    def data(self, *, raw: bool, replies: object = "") -> dict[str, Any]:
        """Return its fields as a listing shows them; texts are escaped unless `raw`, as without raw_json=1."""
        gone = bool(self.taken)
        words = self.taken or self.text
        fields: dict[str, Any] = {
            "id": self.id, "name": self.name, "author": DELETED if gone else self.author, "subreddit": self.subreddit,
            "created": self.created, "created_utc": self.created, "permalink": self.path, "score": 1,
            "locked": self.locked,
        }  # fmt: skip
        if not gone:
            fields["author_fullname"] = fullname_of(self.author)
        name = "selftext" if self.kind == "t3" else "body"
        fields[name] = words if raw else _escaped(words)
        markup = f'<div class="md"><p>{_escaped(words)}</p>\n</div>'
        fields[f"{name}_html"] = markup if raw else _escaped(markup)
        if self.kind == "t3":
            fields |= {
                "title": self.title if raw else _escaped(self.title), "num_comments": 0, "is_self": True,
                "removed_by_category": {DELETED: "deleted", REMOVED: "moderator"}.get(self.taken),
                "url": f"https://www.reddit.com{self.path}",
            }  # fmt: skip
        else:
            fields |= {"parent_id": self.parent, "link_id": self.link, "replies": replies}
        return fields

    def letter(self, *, raw: bool) -> dict[str, Any]:
        """Return its fields as the inbox shows them: without its thread's name, which stands in the address alone."""
        data = self.data(raw=raw)
        for name in ("link_id", "permalink", "locked"):
            data.pop(name, None)
        return data | {
            "context": f"{self.path}?context=3", "was_comment": self.kind == "t1", "new": True, "dest": "",
            "type": self.inbox, "subject": self.inbox.replace("_", " "),
        }  # fmt: skip


def fullname_of(author: str) -> str:
    """Return the id of a user of that name: made up, but always the same."""
    return f"t2_{in_base_36(sum(ord(letter) * 37**place for place, letter in enumerate(author.casefold())))[:9]}"


def in_base_36(number: int) -> str:
    """Return a number as Reddit's ids are written."""
    text = ""
    while number or not text:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text


def listing(children: Iterable[Mapping[str, Any]], *, after: str | None = None) -> dict[str, Any]:
    """Return a listing of things."""
    found = list(children)
    return {
        "kind": "Listing",
        "data": {"modhash": None, "dist": len(found), "children": found, "after": after, "before": None},
    }  # fmt: skip


def tree(things: Iterable[Thing], *, below: str, raw: bool, most: int) -> object:
    """Return the comments below a thing, with those below them; of more than `most` the others are a stub."""
    known = list(things)
    children = [thing for thing in known if thing.parent == below]
    if not children:
        return ""
    shown = [
        {"kind": "t1", "data": thing.data(raw=raw, replies=tree(known, below=thing.name, raw=raw, most=most))}
        for thing in children[:most]
    ]
    left = [thing.id for thing in children[most:]]
    if left:
        stub = {"id": left[0], "name": f"t1_{left[0]}", "parent_id": below, "count": len(left), "children": left}
        shown.append({"kind": "more", "data": stub})
    return listing(shown)


def _escaped(text: str) -> str:
    return escape(text, quote=False)
