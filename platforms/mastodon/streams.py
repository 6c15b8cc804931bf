"""Listens to a server's stream for a bounded while: what was heard is read like any other answer."""

import time
from datetime import timedelta
from typing import Final

import requests

MOST_EVENTS: Final = 200
MOST_BYTES: Final = 4 * 2**20


class Ear:
    """Takes a stream's lines as they come; given to Mastodon.py in place of its own listener.

    `heard` holds whole events only, so that what was being sent at the end is heard at the next reading.
    """

    def __init__(self, *, length: timedelta, most: int = MOST_EVENTS) -> None:
        """Listen for `length` from the first line on, or until `most` events came."""
        self.time, self.heard = length, b""
        self._most = most

    def handle_stream(self, response: requests.Response) -> None:
        """Listen to an open stream; a silence or a broken line ends it, since the next reading closes the gap."""
        deadline, events, lines = time.monotonic() + self.time.total_seconds(), 0, bytearray()
        try:
            # Not by lines: one that never ends would be waited for, and kept.
            for piece in response.iter_content(chunk_size=1):
                lines += piece
                if lines.endswith((b"\n\n", b"\r\n\r\n")):
                    events += lines.startswith(b"event:") or b"\nevent:" in lines
                    self.heard, lines = self.heard + bytes(lines), bytearray()
                if events >= self._most or len(self.heard) + len(lines) > MOST_BYTES or time.monotonic() > deadline:
                    return
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
            return
