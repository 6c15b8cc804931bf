"""Why an answer of Mastodon's API holds no post, in plain words."""

import json
import re
from typing import Any, Final

# What an object is, by a key that only it has; the first that fits counts.
_KINDS: Final = (
    ("access_token", "a token"),
    ("client_secret", "an app's registration"),
    ("scheduled_at", "a scheduled post, which isn't out yet"),
    ("ancestors", "a thread without other posts"),
    ("hashtags", "a search that found no posts"),
    ("notification_groups", "notifications without posts"),
    ("status_id", "a filter's rule"),
    ("keywords", "a filter"),
    ("filter_action", "a filter"),
    ("keys_uploaded", "an account"),
    ("acct", "an account"),
    ("followed_by", "a relationship to an account"),
    ("options", "a poll"),
    ("detected_source_language", "a translation"),
    ("starts_at", "an announcement"),
    ("target_account", "a report"),
    ("preview_url", "a picture or film"),
    ("replies_policy", "a list of accounts"),
    ("unread", "a conversation"),
    ("for_not_following", "a policy for notifications"),
    ("endpoint", "a push subscription"),
    ("shortcode", "an emoji"),
    ("notifications_count", "a request for notifications"),
    ("spoiler_text", "a post's source or an earlier version of it"),
    ("error", "an error"),
    ("issuer", "a server's description of how to sign in"),
    ("configuration", "a server's description"),
    ("version", "a server's description"),
    ("group_key", "a notification without a post"),
    ("type", "a notification without a post"),
    ("count", "a number"),
)
_IDS: Final = re.compile(r"/(?:\d+|[0-9A-Z]{26})(?=/|$)")


def why_empty(data: Any, path: str) -> str:  # noqa: ANN401 - whatever JSON held
    """Say what a body without posts is, after its shape and the address that gave it."""
    at = f" ({_IDS.sub('/…', path)})" if path else ""
    if isinstance(data, list):
        kind = _kind_of(data[0]) if data else None
        return f"No posts: a list, each of it {kind}{at}." if kind else f"No posts: {_size(data)}{at}."
    kind = _kind_of(data)
    return f"No posts: {kind}{at}." if kind else f"No posts in this answer{at}."


def why_refused(status: int, body: str) -> str:
    """Say what an answer that is no success said."""
    reason = error_in(body)
    return f"No posts: the server answered {status}{': ' + reason if reason else ''}."


def error_in(body: str) -> str:
    """Return the reason that an error's body gives, on one line, or nothing."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    said = data.get("error_description") or data.get("error") if isinstance(data, dict) else None
    return " ".join(said.split())[:200].rstrip(".") if isinstance(said, str) else ""


def _kind_of(item: object) -> str | None:
    if not isinstance(item, dict):
        return None
    return next((kind for key, kind in _KINDS if key in item), None)


def _size(items: list[Any]) -> str:
    return "an empty list" if not items else "a list of something else"
