"""What is expected of every platform, fault by fault; docs/reliability.md is checked against it."""

from typing import Final

from platforms.registry import capabilities_of
from tests.integration.platforms.matrix import ReadOutcome, WriteOutcome

PLATFORMS: Final = ("x", "reddit", "mastodon", "bluesky")
# Only X asks to be paid.
IMPOSSIBLE: Final = {("reddit", "payment"), ("mastodon", "payment"), ("bluesky", "payment")}


def _read(state: str, *, set_aside: int = 0) -> ReadOutcome:
    return ReadOutcome(state=state, set_aside=set_aside, gap_opened=state != "active", lost=0, doubled=0)


def _write(first: str, last: str, written: int) -> WriteOutcome:
    return WriteOutcome(first=first, last=last, written=written)


READ: Final = {
    "unauthorised": _read("stopped"),
    "payment": _read("paused"),
    "forbidden": _read("stopped"),
    "rate_limit_with_reset": _read("backing_off"),
    "rate_limit_without_reset": _read("backing_off"),
    "server_error": _read("backing_off"),
    "html": _read("backing_off"),
    "cut_body": _read("backing_off"),
    "reset": _read("backing_off"),
    "timeout": _read("backing_off"),
    "malformed_item": _read("active", set_aside=1),
    "duplicate_item": _read("active"),
    "empty_page_with_next": _read("active"),
}

WRITE: Final = {
    "unauthorised": _write("failed", "failed", 0),
    "payment": _write("queued", "queued", 0),
    "forbidden": _write("failed", "failed", 0),
    "rate_limit_with_reset": _write("queued", "sent", 1),
    "rate_limit_without_reset": _write("queued", "sent", 1),
    # Nobody knows whether it is out, it isn't seen, and a person is asked.
    "server_error": _write("unknown", "unknown", 0),
    "html": _write("unknown", "unknown", 0),
    "cut_body": _write("unknown", "sent", 1),
    "reset": _write("unknown", "unknown", 0),
    "timeout": _write("unknown", "sent", 1),
    "lost_after_write": _write("unknown", "sent", 1),
}
# Where the platform guarantees that what isn't found was never written, it is sent again.
CERTAIN: Final = {name: _write("unknown", "sent", 1) for name in ("server_error", "html", "reset")}


def write_expected(platform: str, fault: str) -> WriteOutcome:
    """What is expected of a reply on that platform."""
    certain = CERTAIN if capabilities_of(platform).absence_is_certain else {}
    return certain.get(fault, WRITE[fault])
