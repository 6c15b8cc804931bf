"""Writes replies to a file of JSON lines instead of a platform: for the demo, for trying, for sending elsewhere."""

import fcntl
import json
import os
from datetime import timedelta
from pathlib import Path

from config.brand.listening import Account
from domain.answers import LookUp, LookUpResult, Outcome, OutgoingReply, SendResult
from responders.publishers.installed import PublisherContext

FILE = "outbox.jsonl"


class FilePublisher:
    """Appends each reply once: a key that stands in the file already is not written again.

    The file is the platform, so a lookup is certain, and a line is on the disk before it counts as sent.
    """

    platform = "file"
    lag = timedelta()

    def __init__(self, path: Path) -> None:
        """Write to `path`; it is made on the first reply."""
        self._path = path

    def send(self, reply: OutgoingReply, /) -> SendResult:
        """Append the reply; one whose key is there already counts as sent."""
        line = {
            "key": reply.key, "platform": reply.platform, "account": reply.account, "in_reply_to": reply.in_reply_to,
            "conversation_id": reply.conversation_id, "text": reply.text,
        }  # fmt: skip
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            content = file.read()
            if reply.key not in _keys(content):
                # A crash in the middle of a line leaves it unfinished; the next line must not join it.
                start = b"" if not content or content.endswith(b"\n") else b"\n"
                file.write(start + json.dumps(line, ensure_ascii=False).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        return SendResult(outcome=Outcome.SENT, external_id=f"file-{reply.key}")

    def find_reply(self, reply: OutgoingReply, /) -> LookUpResult:
        """Look for the reply's key in the file."""
        content = self._path.read_bytes() if self._path.exists() else b""
        if reply.key in _keys(content):
            return LookUpResult(found=LookUp.FOUND, external_id=f"file-{reply.key}")
        return LookUpResult(found=LookUp.ABSENT_FOR_CERTAIN)


def _keys(content: bytes) -> set[str]:
    keys = set()
    # Bytes, since a line may end in the middle of a character, and a text may hold what else would end a line.
    for line in content.split(b"\n"):
        try:
            keys.add(json.loads(line)["key"])
        except (ValueError, KeyError, TypeError):
            keys.add("")  # an unfinished line is nobody's reply
    return keys


def build(account: Account, /, *, context: PublisherContext) -> FilePublisher:  # noqa: ARG001 - every account's file
    """Make one that writes to outbox.jsonl in the data directory, for the entry point."""
    return FilePublisher(context.data_dir / FILE)
