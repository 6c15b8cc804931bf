"""The installation that is killed: a brand with one growing file of posts, and a platform that is a file of lines."""

import json
import os
import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from config.loading import SETTINGS_FILE, Loaded, load
from domain.answers import LookUp, LookUpResult, Outcome, OutgoingReply, SendResult
from domain.time import SystemClock
from runtime.durable import migrate
from storage.database import Database
from storage.instance import ensure_installation
from storage.migration import upgrade
from storage.queries.brands import apply_profile
from storage.queries.users import add_user

# How long a request takes to the platform, and its answer back, at most.
LATENCY = 0.08
INBOX, PLATFORM = "inbox.jsonl", "platform.jsonl"
UNANSWERED = "We saw a tern above the harbour this morning"
SAID = (
    "I love my tern kettle, it is great and boils fast",
    "@tern my kettle is broken and I am still waiting for an answer",
    "How do I descale a tern kettle?",
    "@tern please add a handle for left-handed people",
    UNANSWERED,
)
_CANNED = {
    "praise": "Thank you, {name}! We passed it on to the workshop.",
    "complaint": "{name}, we are sorry. Somebody looks into it now.",
    "question": "Hello {name}, good question. Somebody who knows looks at it now.",
    "suggestion": "A good thought, {name}. It is on our list.",
}
_BRAND: dict[str, Any] = {
    "slug": "tern",
    "name": "Tern Kettles",
    "time_zone": "UTC",
    "queries": [{"name": "brand", "expression": "tern"}],
    "accounts": [{"platform": "mastodon", "handle": "@tern"}],
    "platforms": {"mastodon": {"answer": "reviewed"}},
    "sources": [{"id": "inbox", "type": "file", "path": INBOX, "platform": "mastodon", "interval": "1s"}],
    "canned_responses": [
        {"short_code": intent, "intents": [intent], "text": text, "tones": ["plain", "warm", "apologetic"]}
        for intent, text in _CANNED.items()
    ],
}


@dataclass(frozen=True, slots=True)
class Scene:
    """A folder with everything in it."""

    folder: Path

    @classmethod
    def make(cls, folder: Path, *, url: str | None = None) -> "Scene":
        """Write settings and a brand into `folder` and bring its database up."""
        folder.mkdir(parents=True, exist_ok=True)
        settings = {"brands": ["tern.yaml"], **({"database": {"url": url}} if url else {})}
        (folder / SETTINGS_FILE).write_text(json.dumps(settings), encoding="utf-8")
        (folder / "tern.yaml").write_text(json.dumps(_BRAND), encoding="utf-8")
        (folder / INBOX).touch()
        (folder / PLATFORM).touch()
        scene, clock = cls(folder), SystemClock()
        loaded = scene.load()
        database = Database(loaded.database_url)
        upgrade(database)
        migrate(database)
        with database.write() as session:
            ensure_installation(session, data_dir=loaded.data_dir, clock=clock)
            apply_profile(session, profile=loaded.brands["tern"].profile, by="crash", clock=clock)
            add_user(session, login="ada", name="Ada", password_hash="-", clock=clock)  # noqa: S106 - nobody logs in
        database.close()
        return scene

    def load(self) -> Loaded:
        """Return the settings."""
        return load(self.folder / SETTINGS_FILE)

    def write_posts(self, number: int, *, first: int) -> int:
        """Add posts to the file that the source reads, each by one of many people; return how many want an answer."""
        wanting = 0
        with (self.folder / INBOX).open("a", encoding="utf-8") as inbox:
            for place in range(first, first + number):
                author, text = f"p{random.randrange(100_000)}", random.choice(SAID)
                wanting += text is not UNANSWERED
                post = {
                    "id": f"post-{place}", "platform": "mastodon", "author": author, "author_name": author.title(),
                    "text": text, "at": datetime.now(UTC).isoformat(), "language": "en",
                }  # fmt: skip
                inbox.write(json.dumps(post) + "\n")
        return wanting

    def posts(self) -> list[str]:
        """Return the ids of all posts that were written."""
        return [json.loads(line)["id"] for line in (self.folder / INBOX).read_text(encoding="utf-8").splitlines()]

    def published(self) -> list[str]:
        """Return the keys of all replies that reached the platform, in order, doubles and all."""
        return [json.loads(line)["key"] for line in (self.folder / PLATFORM).read_text(encoding="utf-8").splitlines()]


class LinePlatform:
    """A platform that takes everything it is sent, twice if it is sent twice."""

    platform = "mastodon"
    lag = timedelta(seconds=1)

    def __init__(self, path: Path) -> None:
        """Write to `path`."""
        self._path = path

    def send(self, reply: OutgoingReply, /) -> SendResult:
        """Add one line in one write, as a platform acts on one request or not at all; both ways take a while."""
        time.sleep(random.uniform(0, LATENCY))
        line = json.dumps({"key": reply.key}) + "\n"
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND)
        try:
            os.write(file, line.encode())
        finally:
            os.close(file)
        time.sleep(random.uniform(0, LATENCY))
        return SendResult(outcome=Outcome.SENT, external_id=f"m-{reply.key}")

    def find_reply(self, reply: OutgoingReply, /) -> LookUpResult:
        """Look for the reply's key; what isn't there was certainly never sent."""
        keys = {json.loads(line)["key"] for line in self._path.read_text(encoding="utf-8").splitlines()}
        if reply.key in keys:
            return LookUpResult(found=LookUp.FOUND, external_id=f"m-{reply.key}")
        return LookUpResult(found=LookUp.ABSENT_FOR_CERTAIN)
