"""How the network shows what it holds: posts with their authors, lists newest first, threads (app.bsky.feed.defs)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simulators.bluesky_network import Account, Network, Record, Refused

_PROFILE = "app.bsky.actor.profile"


def profile_view(network: Network, account: Account) -> dict[str, Any]:
    """Return an account as lists show it, with the labels that it puts on itself."""
    profile = network.find(f"at://{account.did}/{_PROFILE}/self")
    values = profile.value.get("labels", {}).get("values", []) if profile else []
    labels = [{"src": account.did, "uri": f"at://{account.did}/{_PROFILE}/self", "val": one["val"]} for one in values]
    return {"did": account.did, "handle": account.handle, "displayName": account.name, "labels": labels}


def post_view(network: Network, post: Record, viewer: Account | None = None) -> dict[str, Any]:
    """Return a post as lists show it (#postView)."""
    seen = post.value.get("createdAt")
    view: dict[str, Any] = {
        **post.reference, "author": profile_view(network, post.author), "record": post.value,
        "replyCount": sum(_parent(each) == post.uri for each in network.posts()), "repostCount": 0, "likeCount": 0,
        "quoteCount": 0, "indexedAt": min(post.seen_at, seen) if isinstance(seen, str) else post.seen_at, "labels": [],
    }  # fmt: skip
    if viewer:
        view["viewer"] = {"threadMuted": False}
        gate = network.find(f"at://{post.did}/app.bsky.feed.threadgate/{post.key}")
        if gate and gate.value.get("allow") == [] and viewer.did != post.did:
            view["viewer"]["replyDisabled"] = True
    return view


def notifications(
    network: Network, account: Account, *, reasons: Sequence[str] | None = None
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Yield what concerns an account, newest first (app.bsky.notification.listNotifications)."""
    for post in network.posts():
        reason = _reason(post, account)
        if post.did == account.did or reason is None or (reasons and reason not in reasons):
            continue
        if post.is_blocked(account):
            continue
        view = post_view(network, post)
        yield {
            **post.reference, "author": view["author"], "reason": reason, "record": post.value, "isRead": False,
            "indexedAt": view["indexedAt"], "labels": [],
        }  # fmt: skip


def search(
    network: Network, words: str, *, since: str, hidden: frozenset[str], viewer: Account | None
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Yield what holds the words, newest first; only the whole phrase is understood (app.bsky.feed.searchPosts)."""
    wanted = words.strip('"').casefold()
    for post in network.posts():
        if post.uri in hidden or post.is_blocked(viewer) or wanted not in str(post.value.get("text", "")).casefold():
            continue
        view = post_view(network, post, viewer)
        if view["indexedAt"] >= since:
            yield view


def author_feed(
    network: Network, actor: str, *, hidden: frozenset[str], viewer: Account | None
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Yield what an account wrote, newest first (app.bsky.feed.getAuthorFeed)."""
    for post in network.posts():
        if actor in {post.did, post.author.handle} and post.uri not in hidden:
            yield {"post": post_view(network, post, viewer)}


def thread(network: Network, uri: str, *, viewer: Account | None) -> dict[str, Any]:
    """Return the posts above and below one (app.bsky.feed.getPostThread)."""
    post = network.find(uri)
    if post is None:
        raise Refused("NotFound", f"Post not found: {uri}")
    node = _below(network, post, viewer)
    inner, parent = node, _parent(post)
    while parent:
        above = network.find(parent)
        inner["parent"] = _node(network, above, parent, viewer)
        if above is None or above.is_blocked(viewer):
            break
        inner, parent = inner["parent"], _parent(above)
    return {"thread": node}


def page(found: Iterator[dict[str, Any]], query: Mapping[str, list[str]], *, name: str) -> dict[str, Any]:
    """Return the page of a list that a query asks for, and the place of the next."""
    limit, start = int(query.get("limit", ["50"])[-1]), int(query.get("cursor", ["0"])[-1])
    listed = list(found)
    more = {"cursor": str(start + limit)} if len(listed) > start + limit else {}
    return {name: listed[start : start + limit], **more}


def _below(network: Network, post: Record, viewer: Account | None) -> dict[str, Any]:
    answers = [each for each in network.posts() if _parent(each) == post.uri]
    replies = [
        _node(network, each, each.uri, viewer) if each.is_blocked(viewer) else _below(network, each, viewer)
        for each in answers
    ]
    return {**_node(network, post, post.uri, viewer), "replies": replies}


def _node(network: Network, post: Record | None, uri: str, viewer: Account | None) -> dict[str, Any]:
    if post is None:
        return {"$type": "app.bsky.feed.defs#notFoundPost", "uri": uri, "notFound": True}
    if post.is_blocked(viewer):
        return {"$type": "app.bsky.feed.defs#blockedPost", "uri": uri, "blocked": True, "author": {"did": post.did}}
    return {"$type": "app.bsky.feed.defs#threadViewPost", "post": post_view(network, post, viewer)}


def _parent(post: Record) -> str | None:
    found = post.value.get("reply", {}).get("parent", {}).get("uri")
    return str(found) if found else None


def _reason(post: Record, account: Account) -> str | None:
    # A quote and a mention by their marks; an answer to anything below one of the account's posts is a reply too.
    if _names(post.value.get("embed", {}).get("record", {}).get("uri"), account):
        return "quote"
    reply = post.value.get("reply", {})
    if _names(reply.get("parent", {}).get("uri"), account) or _names(reply.get("root", {}).get("uri"), account):
        return "reply"
    features = [feature for facet in post.value.get("facets", []) for feature in facet["features"]]
    return "mention" if any(feature.get("did") == account.did for feature in features) else None


def _names(uri: object, account: Account) -> bool:
    return isinstance(uri, str) and uri.startswith(f"at://{account.did}/")
