"""Says in plain words what an answer of Reddit's holds when it holds no post."""

from collections.abc import Mapping
from typing import Final

_KINDS: Final = {
    "t2": "users", "t4": "private messages, which aren't public", "t5": "subreddits", "t6": "trophies",
    "more": "stubs of further comments", "modaction": "entries of a moderation log", "LiveUpdate": "live updates",
    "LiveUpdateEvent": "live threads", "LabeledMulti": "multireddits", "wikipage": "wiki pages",
    "wikipagelisting": "names of wiki pages", "wikipagesettings": "settings of wiki pages",
    "UserList": "lists of users", "TrophyList": "trophies", "KarmaList": "karma", "stylesheet": "style sheets",
    "subreddit_settings": "settings of a subreddit",
}  # fmt: skip
# What a plain object is, by a field that only it has.
_FIELDS: Final = {
    "access_token": "a token", "drafts": "drafts", "conversations": "moderators' mail",
    "conversation": "moderators' mail", "conversationIds": "moderators' mail", "mod_notes": "moderators' notes",
    "comment_karma": "a user", "link_karma": "a user", "rules": "a subreddit's rules", "widgets": "widgets",
    "items": "widgets", "choices": "flairs", "users": "users' flairs", "names": "names of subreddits",
    "prefs": "preferences", "collection_id": "a collection", "args": "an upload's place", "asset": "an upload's place",
    "status": "a status",
}  # fmt: skip
_LONGEST: Final = 200


def describe_error(status: int, data: object) -> str:
    """Say what went wrong with a request that was answered with `status`."""
    if 300 <= status < 400:
        return f"Reddit sends elsewhere ({status}); there is no such place, or it has moved."
    reason = reason_of(data)
    return f"An error {status}: {reason}" if reason else f"An error {status}."


def describe_rest(data: object, kinds: Mapping[str, int]) -> str:
    """Say what stands in an answer besides posts; `kinds` counts the things that are none."""
    told = ", ".join(f"{count} {_KINDS.get(kind, f'of kind {kind[:40]}')}" for kind, count in _counted(kinds))
    if told:
        return f"Not posts: {told}."
    if kinds.get("Listing"):
        return "An empty listing."
    reason = reason_of(data)
    return f"An error: {reason}" if reason else _describe_plain(data)


def _describe_plain(data: object) -> str:
    if data in ({}, [], None, "", True, False):
        return "An empty answer: Reddit did as it was told and says no more."
    fields = data if isinstance(data, Mapping) else {}
    if isinstance(fields.get("json"), Mapping):
        return "Reddit did as it was told and sends no post back."
    found = next((noun for field, noun in _FIELDS.items() if field in fields), "something else")
    return f"No posts, but {found}."


def reason_of(data: object) -> str:
    """Return the reason in an error's body, empty where there is none."""
    if not isinstance(data, Mapping):
        return ""
    wrapped = data.get("json")
    errors = wrapped.get("errors") if isinstance(wrapped, Mapping) else data.get("errors")
    if isinstance(errors, list) and errors:
        first = errors[0]
        parts = first if isinstance(first, list) else [first]
        return _line(*(part for part in parts if isinstance(part, str)))
    words = [data.get(name) for name in ("error", "reason", "error_description", "explanation", "message")]
    # A number there is the answer's status once more.
    return _line(*(word for word in words if isinstance(word, str)))


def _counted(kinds: Mapping[str, int]) -> list[tuple[str, int]]:
    return [(kind, count) for kind, count in kinds.items() if kind != "Listing"]


def _line(*words: str) -> str:
    return ": ".join(dict.fromkeys(" ".join(word.split()) for word in words if word.strip()))[:_LONGEST]
