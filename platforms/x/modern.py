"""Posts as version 2 of the interface tells them: small objects, with people and other posts beside them.

Shapes: docs.x.com/x-api/fundamentals/data-dictionary; which fields come depends on what was asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from domain.labels import PostKind
from domain.posts import RawPost
from platforms.x import values
from platforms.x.values import PLATFORM, Unreadable, as_id, as_word, items, mapping
from platforms.x.viewing import NOBODY, Viewer

_METRICS: Final = {
    "retweet_count": "reposts", "reply_count": "replies", "like_count": "likes", "quote_count": "quotes",
    "bookmark_count": "bookmarks", "impression_count": "views",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Beside:
    """What came along with posts, by id."""

    users: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    posts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def beside(includes: object) -> Beside:
    """Return what stands in `includes`."""
    return Beside(_by_id(mapping(includes).get("users")), _by_id(mapping(includes).get("tweets")))


def is_post(item: object) -> bool:
    """Say whether an object of `data` is a post, and not a person, a list, a message or a receipt."""
    found = mapping(item)
    return isinstance(found.get("text"), str) and "id" in found and not {"event_type", "dm_conversation_id"} & {*found}


def read(item: object, *, along: Beside, viewer: Viewer = NOBODY, author_id: str | None = None) -> RawPost | None:
    """Return a post; for a repost the original, None where that isn't there.

    `author_id` is whose posts were asked for, in case the item doesn't say. Raises Unreadable.
    """
    found = mapping(item)
    referenced = _referenced(found)
    if "retweeted" in referenced:
        found = along.posts.get(referenced["retweeted"], {})
        referenced, author_id = _referenced(found), None
        if not found or "retweeted" in referenced:
            return None
    external_id = as_id(found.get("id"))
    text = values.as_text(mapping(found.get("note_tweet")).get("text")) or values.as_text(found.get("text"))
    if external_id is None:
        raise Unreadable("The post has no id.")
    if text is None:
        raise Unreadable("The post has no text.")
    who = as_id(found.get("author_id")) or author_id
    user = along.users.get(who or "", {})
    handle = as_word(user.get("username"))
    parent = referenced.get("replied_to")
    return RawPost(
        platform=PLATFORM,
        # An edited post has a new id each time; under its first one it stays the same post.
        external_id=as_id(*items(found.get("edit_history_tweet_ids"))[:1]) or external_id,
        text=text,
        author=values.author(
            who, user, handle=handle, followers=mapping(user.get("public_metrics")).get("followers_count")
        ),
        posted_at=values.as_time(found.get("created_at"), external_id),
        kind=PostKind.REPLY if parent else PostKind.POST,
        url=values.link_to(external_id, handle),
        language=values.as_language(found.get("lang")),
        conversation_id=as_id(found.get("conversation_id")),
        in_reply_to=parent,
        addressed=viewer.is_called(
            mentioned=_mentions(found, viewer), quoted=_quotes(referenced.get("quoted"), along, viewer)
        ),
        metrics=values.counts(mapping(found.get("public_metrics")), _METRICS),
    )


def _referenced(item: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for reference in items(item.get("referenced_tweets")):
        kind, external_id = as_word(mapping(reference).get("type")), as_id(mapping(reference).get("id"))
        if kind and external_id:
            found[kind] = external_id
    return found


def _mentions(item: Mapping[str, Any], viewer: Viewer) -> bool | None:
    # A post without anything marked in it has no `entities`, even where they were asked for; the text decides then.
    marked = (item.get("entities"), mapping(item.get("note_tweet")).get("entities"))
    people = [mapping(who) for entities in marked for who in items(mapping(entities).get("mentions"))]
    if people:
        return viewer.is_one_of(people, name="username")
    return None if "@" in as_word(item.get("text")) and "entities" not in item else False


def _quotes(quoted: str | None, along: Beside, viewer: Viewer) -> bool | None:
    if quoted is None:
        return False
    post = along.posts.get(quoted)
    if post is None or as_id(post.get("author_id")) is None:
        return None
    who = along.users.get(str(as_id(post.get("author_id"))), {})
    return viewer.is_one_of([{"id": post.get("author_id"), "username": who.get("username")}], name="username")


def _by_id(found: object) -> dict[str, Mapping[str, Any]]:
    by_id = {as_id(mapping(each).get("id")): mapping(each) for each in items(found)}
    return {key: each for key, each in by_id.items() if key}
