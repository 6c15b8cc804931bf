"""Events of Jetstream, in both of its forms: network.bsky.jetstream.subscribeEvents, and the older /subscribe.

The newer wraps each in a frame ({"$type": "message", "payload": …}) and counts in `seq`; the older is bare and counts
in `time_us`. Both can be resumed at a time in microseconds, so that is what is kept.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from platforms.bluesky.addresses import POSTS, Place
from platforms.bluesky.values import Json, mapping, moment, moment_of_micros, text

_NAMESPACE: Final = "network.bsky.jetstream.subscribeEvents"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A post that came, changed or went; `item` is shaped like a record with its address."""

    uri: str
    is_deletion: bool
    item: dict[str, Any]


def is_event(data: Json) -> bool:
    """Say whether it is an event of the stream, or the frame around one."""
    kind = data.get("$type")
    if isinstance(kind, str) and (kind in {"message", "error"} or kind.startswith(_NAMESPACE)):
        return True
    return "time_us" in data and "kind" in data


def time_of(data: Json) -> datetime | None:
    """Return when the stream met an event; None for a notice that has no time."""
    event = _unwrap(data)
    return (
        moment_of_micros(event.get("time_us")) or moment(event.get("witnessedAt")) or moment(event.get("time"))
    )  # fmt: skip


def micros(instant: datetime) -> int:
    """Return an instant as the stream's cursor counts it."""
    whole = instant - datetime(1970, 1, 1, tzinfo=UTC)
    return (whole.days * 86_400 + whole.seconds) * 1_000_000 + whole.microseconds


def read_event(data: Json) -> Event | None:
    """Return what happened to a post; None for an event about anything else."""
    event = _unwrap(data)
    # The older form holds a commit's fields one level down.
    commit = mapping(event.get("commit")) or event
    did, key = text(event.get("did")), text(commit.get("rkey"))
    operation = commit.get("operation")
    if did is None or key is None or commit.get("collection") != POSTS:
        return None
    uri = Place(did, POSTS, key).uri
    seen = time_of(data)
    item = {
        "uri": uri, "cid": commit.get("cid"), "record": commit.get("record"),
        "indexedAt": seen.isoformat() if seen else None,
    }  # fmt: skip
    return Event(uri=uri, is_deletion=operation == "delete", item=item)


def problem_of(data: Json) -> str | None:
    """Return what an error frame says is wrong; None for any other."""
    if data.get("$type") != "error":
        return None
    return text(data.get("error")) or "no reason given"


def _unwrap(data: Json) -> Json:
    return mapping(data.get("payload")) or data
