"""One thing of Reddit's, a submission (t3) or a comment (t1), as a post; nothing in it is taken for granted."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from domain.labels import PostKind
from domain.posts import RawAuthor, RawPost, Reject
from platforms.reddit import PLATFORM

COMMENT: Final = "t1"
SUBMISSION: Final = "t3"
SITE: Final = "https://www.reddit.com"
FULLNAME: Final = re.compile(r"t[13]_[0-9a-z]{1,13}")
PAYLOAD_CAP: Final = 20_000
_NUMBER: Final = re.compile(r"[0-9a-z]{1,13}")
_LINK: Final = re.compile(r"/comments/([0-9a-z]{1,13})(?:/|$|\?)")
_GONE: Final = frozenset({"[deleted]", "[removed]", "[deleted by user]", "[ removed by reddit ]"})
_NOBODY: Final = frozenset({"[deleted]", "[removed]"})
# The site's own helper; it answers under every second submission.
_BOTS: Final = frozenset({"automoderator"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is known of the answer that a thing stands in: whose thread it is, and whether texts are escaped in it.

    Without `raw_json=1` Reddit writes &lt;, &gt; and &amp; into every text. With `strict` a post is gone too that was
    removed, or has lost its author, though its words are left: it is nothing to keep or to answer, but in a thread it
    is what the others answer.
    """

    link: str | None = None
    escaped: bool = False
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """A post that was taken away."""

    external_id: str


def read_thing(kind: str, data: Mapping[str, Any], *, place: str, setting: Setting) -> RawPost | Gone | Reject:
    """Return a submission or comment as a post, that it is gone, or why it can't be read."""
    name = fullname_of(kind, data)
    if name is None:
        return reject(data, place=place, reason="It has no id.")
    if is_gone(data, strict=setting.strict):
        return Gone(name)
    author = data.get("author")
    if not isinstance(author, str) or not author.strip():
        return reject(data, place=place, reason=f"{name} names no author.")
    posted_at = _time(data.get("created_utc")) or _time(data.get("created"))
    if posted_at is None:
        return reject(data, place=place, reason=f"{name} has no time.")
    escaped = _is_escaped(data, setting)
    words = data.get("body" if kind == COMMENT else "selftext")
    title = data.get("title") if kind == SUBMISSION else None
    if not isinstance(words, str) and not isinstance(title, str):
        return reject(data, place=place, reason=f"{name} has no text.")
    link = _link_of(kind, data, name, setting)
    text, heading = _plain(words, escaped=escaped), _plain(title, escaped=escaped)
    return RawPost(
        platform=PLATFORM,
        external_id=name,
        # A submission of a link or picture says what it says in its title.
        text=text or heading,
        title=(heading or None) if text else None,
        author=_author(author.strip(), data),
        posted_at=posted_at,
        kind=PostKind.REPLY if kind == COMMENT else PostKind.POST,
        url=_address(kind, data, name, link),
        conversation_id=link,
        in_reply_to=_parent(data) if kind == COMMENT else None,
        # Only what lies in the account's own inbox has it: mentions of it, and answers to what it wrote.
        addressed=True if kind == COMMENT and data.get("was_comment") is True else None,
        metrics={name: data[name] for name in ("score", "num_comments") if type(data.get(name)) is int},
    )


def fullname_of(kind: str, data: Mapping[str, Any]) -> str | None:
    """Return a thing's fullname, None where it has none."""
    for value in (data.get("name"), data.get("id")):
        text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
        if text.startswith(f"{kind}_") and FULLNAME.fullmatch(text):
            return text
        if _NUMBER.fullmatch(text):
            return f"{kind}_{text}"
    return None


def is_gone(data: Mapping[str, Any], *, strict: bool) -> bool:
    """Say whether a thing was deleted or removed; with `strict`, also where its author alone, or a mark, says so."""
    words, author = data.get("body", data.get("selftext")), data.get("author")
    if isinstance(words, str) and words.strip().casefold() in _GONE:
        return True
    nobody = isinstance(author, str) and author.strip() in _NOBODY
    return strict and (nobody or data.get("removed_by_category") is not None)


def reject(node: object, *, place: str, reason: str) -> Reject:
    """Return what is kept of an item that can't be read."""
    try:
        payload = json.dumps(node, ensure_ascii=False)[:PAYLOAD_CAP]
    except RecursionError:
        payload = ""
    return Reject(place=place, reason=reason, payload=payload)


def link_in(address: str) -> str | None:
    """Return the submission's fullname that an address of a thread names."""
    found = _LINK.search(address)
    return f"{SUBMISSION}_{found[1]}" if found else None


def bare_name(handle: str) -> str:
    """Return a user's name without the u/ or @ that people write before it."""
    return re.sub(r"^\s*(?:@|/?u/)", "", handle, flags=re.IGNORECASE).strip().strip("/")


def _author(name: str, data: Mapping[str, Any]) -> RawAuthor:
    number = data.get("author_fullname")
    return RawAuthor(
        external_id=number if isinstance(number, str) and number.startswith("t2_") else name,
        handle=name,
        url=None if name in _NOBODY else f"{SITE}/user/{name}",
        is_bot=name.casefold() in _BOTS,
    )


def _time(value: object) -> datetime | None:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return datetime.fromtimestamp(value, UTC) if 0 < value < 2**33 else None


def _is_escaped(data: Mapping[str, Any], setting: Setting) -> bool:
    for name in ("body_html", "selftext_html"):
        markup = data.get(name)
        if isinstance(markup, str) and markup.strip():
            return markup.lstrip().startswith("&lt;")
    return setting.escaped


def _plain(text: object, *, escaped: bool) -> str:
    if not isinstance(text, str):
        return ""
    # Only these three are written for others; an &eacute; is what somebody typed.
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") if escaped else text


def _fullname(value: object) -> str | None:
    return value if isinstance(value, str) and FULLNAME.fullmatch(value) else None


def _parent(data: Mapping[str, Any]) -> str | None:
    return _fullname(data.get("parent_id"))


def _link_of(kind: str, data: Mapping[str, Any], name: str, setting: Setting) -> str | None:
    if kind == SUBMISSION:
        return name
    told = _fullname(data.get("link_id"))
    if told:
        return told
    # What lies in an inbox names its thread in its address alone.
    for address in (data.get("context"), data.get("permalink")):
        if isinstance(address, str) and (found := link_in(address)):
            return found
    parent = _parent(data)
    return parent if parent and parent.startswith(SUBMISSION) else setting.link


def _address(kind: str, data: Mapping[str, Any], name: str, link: str | None) -> str | None:
    for field in ("permalink", "context"):
        path = data.get(field)
        if isinstance(path, str) and path.startswith("/") and not path.startswith("//"):
            return f"{SITE}{path.partition('?')[0]}"
        if isinstance(path, str) and path.startswith(("https://www.reddit.com/", "https://reddit.com/")):
            return path.partition("?")[0]
    place = data.get("subreddit")
    start = f"{SITE}/r/{place}" if isinstance(place, str) and re.fullmatch(r"\w{2,50}", place) else SITE
    if kind == SUBMISSION:
        return f"{start}/comments/{name[3:]}/"
    return f"{start}/comments/{link[3:]}/_/{name[3:]}/" if link else None
