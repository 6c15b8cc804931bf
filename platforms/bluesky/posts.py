"""A post of Bluesky as JSON (app.bsky.feed.defs#postView, a notification, or a bare record) and what is kept of it."""

from collections.abc import Collection
from typing import Final

from domain.labels import PostKind
from domain.posts import RawAuthor, RawPost
from platforms.bluesky.addresses import PAGE, POSTS, page_of, read_place
from platforms.bluesky.values import Json, count, items, mapping, moment, text, whole

PLATFORM: Final = "bluesky"
_COUNTS: Final = ("likeCount", "repostCount", "replyCount", "quoteCount")
_UNKNOWN_HANDLE: Final = "handle.invalid"
# Marks of a notification that say by themselves that the account was called on; a reply may be to somebody else.
_CALLS: Final = frozenset({"mention", "quote"})


class Unreadable(Exception):
    """An item can't be read; its text says why."""


def read_post(item: Json, *, ours: Collection[str] | None = None) -> RawPost:
    """Return the post in a view, a notification or a record with its address; raises Unreadable.

    `ours` are the account's own DIDs, None where nobody reads for an account: then only a notification's own mark says
    whether it was called on.
    """
    uri = text(item.get("uri"))
    place = read_place(uri)
    if place is None or uri is None:
        raise Unreadable("The post has no address that begins with at://did:.")
    record = mapping(item.get("record") or item.get("value"))
    if not record:
        raise Unreadable("The post has no record.")
    posted_at = moment(record.get("createdAt")) or moment(item.get("indexedAt"))
    if posted_at is None:
        raise Unreadable("The post has no time that can be read.")
    words = record.get("text")
    if words is not None and not isinstance(words, str):
        raise Unreadable("The post's text isn't text.")
    author = _author(mapping(item.get("author")), did=place.did)
    reply = mapping(record.get("reply"))
    parent, root = _uri(reply.get("parent")), _uri(reply.get("root"))
    return RawPost(
        platform=PLATFORM,
        external_id=uri,
        text=whole(words or ""),
        author=author,
        posted_at=posted_at,
        kind=PostKind.REPLY if parent else PostKind.POST,
        url=page_of(uri, handle=author.handle),
        language=_language(record),
        conversation_id=root or parent or uri,
        in_reply_to=parent,
        addressed=_addressed(item, record, parent, ours),
        metrics={name: number for name in _COUNTS if (number := count(item.get(name))) is not None},
    )


def is_post(item: Json) -> bool:
    """Say whether an item is about a post, and not a like, a repost or a follower."""
    record = mapping(item.get("record") or item.get("value"))
    kind = text(record.get("$type"))
    if kind is not None:
        return kind == POSTS
    place = read_place(item.get("uri"))
    return place is None or place.collection == POSTS


def _author(author: Json, *, did: str) -> RawAuthor:
    did = text(author.get("did")) or did
    handle = text(author.get("handle"))
    # An address that moved away; until it comes back the DID is what people are found by.
    handle = did if handle is None or handle == _UNKNOWN_HANDLE else handle
    return RawAuthor(
        external_id=did,
        handle=handle,
        name=text(author.get("displayName")),
        url=f"{PAGE}/{handle}",
        followers=count(author.get("followersCount")),
        is_bot=any(_is_bot_label(mapping(label), did) for label in items(author.get("labels"))),
    )


def _is_bot_label(label: Json, did: str) -> bool:
    # com.atproto.label.defs: a label that an account puts on itself has the account for its source.
    return label.get("val") == "bot" and label.get("src") in {did, None} and label.get("neg") is not True


def _language(record: Json) -> str | None:
    return next((found for value in items(record.get("langs")) if (found := text(value))), None)


def _uri(reference: object) -> str | None:
    uri = text(mapping(reference).get("uri"))
    return uri if read_place(uri) else None


def _addressed(item: Json, record: Json, parent: str | None, ours: Collection[str] | None) -> bool | None:
    if item.get("reason") in _CALLS:
        return True
    if ours is None:
        return None
    called = {*_mentioned(record), *(place.did for uri in (parent, *_quoted(record)) if (place := read_place(uri)))}
    return not called.isdisjoint(ours)


def _mentioned(record: Json) -> list[str]:
    features = [
        mapping(feature)
        for facet in items(record.get("facets"))
        for feature in items(mapping(facet).get("features"))
    ]  # fmt: skip
    return [did for feature in features if _is_mention(feature) and (did := text(feature.get("did")))]


def _is_mention(feature: Json) -> bool:
    return feature.get("$type") == "app.bsky.richtext.facet#mention"


def _quoted(record: Json) -> list[str | None]:
    # app.bsky.embed.record holds the quoted post itself, app.bsky.embed.recordWithMedia one of those.
    quoted = mapping(mapping(record.get("embed")).get("record"))
    return [text(quoted.get("uri")), text(mapping(quoted.get("record")).get("uri"))]
