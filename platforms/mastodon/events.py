"""A stream's body as its events: server-sent events, and the frames of the WebSocket.

docs.joinmastodon.org/methods/streaming: `event:` and `data:` lines, an empty line after each, comments as heartbeats.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

# What carries a status, a notification or a conversation; the others hold no post.
WITH_POSTS: Final = frozenset({"update", "status.update", "status_update", "notification", "conversation"})
DELETED: Final = "delete"
# Not splitlines: JSON may hold what else would end a line.
_LINE_END: Final = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event: its name, its data as text, and its number in the body, from 1."""

    name: str
    data: str
    number: int


def looks_like_events(body: str) -> bool:
    """Say whether a body is a stream of events, whatever its headers say."""
    return body.lstrip("\ufeff \r\n").startswith((":", "event:", "data:"))


def read_events(body: str) -> Iterator[Event]:
    """Yield the events of a stream's body; one that ends without its empty line too, since more may not come."""
    name, data, number = "", [], 0
    for line in [*_LINE_END.split(body), ""]:
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if line and field == "event":
            name = value.strip()
        elif line and field == "data":
            data.append(value)
        elif not line and name and data:
            number += 1
            yield Event(name=name, data="\n".join(data), number=number)
        if not line and data:
            name, data = "", []


def read_frame(data: object) -> Event | None:
    """Return the event of a WebSocket's frame, whose payload is JSON within JSON; None when it is none."""
    if not isinstance(data, dict) or not isinstance(data.get("event"), str) or "payload" not in data:
        return None
    payload = data["payload"]
    return Event(name=data["event"], data=payload if isinstance(payload, str) else json.dumps(payload), number=1)
