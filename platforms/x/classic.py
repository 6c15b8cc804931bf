"""Posts as version 1.1 of the interface told them: one whole status, with its author inside.

Shapes: developer.x.com, Tweet object (standard v1.1), in compatibility and extended mode; old recordings have them.
"""

from collections.abc import Mapping
from typing import Any, Final

from domain.labels import PostKind
from domain.posts import RawPost
from platforms.x import values
from platforms.x.values import PLATFORM, Unreadable, as_id, as_word, items, mapping
from platforms.x.viewing import NOBODY, Viewer

_METRICS: Final = {
    "retweet_count": "reposts", "favorite_count": "likes", "reply_count": "replies", "quote_count": "quotes",
}  # fmt: skip
# What has a text and isn't a post: messages between two.
_MESSAGE: Final = frozenset({"sender", "recipient", "sender_id", "recipient_id", "message_create"})
_MARKS: Final = frozenset({"id_str", "user", "full_text", "in_reply_to_status_id", "favorited", "truncated"})


def is_post(item: object) -> bool:
    """Say whether an object is a status."""
    found = mapping(item)
    has_text = "full_text" in found or "text" in found
    return has_text and ("id" in found or "id_str" in found) and not _MESSAGE & {*found} and bool(_MARKS & {*found})


def read(item: object, *, viewer: Viewer = NOBODY) -> RawPost:
    """Return a post, for a repost the original; raises Unreadable."""
    found = mapping(mapping(item).get("retweeted_status")) or mapping(item)
    external_id = as_id(found.get("id_str"), found.get("id"))
    text = _text(found)
    if external_id is None:
        raise Unreadable("The post has no id.")
    if text is None:
        raise Unreadable("The post has no text.")
    user = mapping(found.get("user"))
    handle = as_word(user.get("screen_name"))
    parent = as_id(found.get("in_reply_to_status_id_str"), found.get("in_reply_to_status_id"))
    return RawPost(
        platform=PLATFORM,
        external_id=external_id,
        text=text,
        author=values.author(
            as_id(user.get("id_str"), user.get("id")), user, handle=handle, followers=user.get("followers_count")
        ),
        posted_at=values.as_time(found.get("created_at"), external_id),
        kind=PostKind.REPLY if parent else PostKind.POST,
        url=values.link_to(external_id, handle),
        language=values.as_language(found.get("lang")),
        in_reply_to=parent,
        addressed=viewer.is_called(mentioned=_mentions(found, viewer), quoted=_quotes(found, viewer)),
        metrics=values.counts(found, _METRICS),
    )


def _text(found: Mapping[str, Any]) -> str | None:
    """Return the longest there is: in streams a long post's whole text stands apart, the short one ends with …."""
    whole = mapping(found.get("extended_tweet")).get("full_text")
    return next(filter(None, map(values.as_text, (whole, found.get("full_text"), found.get("text")))), None)


def _mentions(found: Mapping[str, Any], viewer: Viewer) -> bool | None:
    entities = mapping(found.get("extended_tweet")).get("entities") or found.get("entities")
    if not isinstance(entities, dict):
        return None
    return viewer.is_one_of((mapping(who) for who in items(entities.get("user_mentions"))), name="screen_name")


def _quotes(found: Mapping[str, Any], viewer: Viewer) -> bool | None:
    if not found.get("is_quote_status"):
        return False
    user = mapping(mapping(found.get("quoted_status")).get("user"))
    return viewer.is_one_of([user], name="screen_name") if user else None
