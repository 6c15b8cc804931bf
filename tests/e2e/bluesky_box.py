"""People on Bluesky's network in a box, and a desk that is connected to it."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Final

import httpx
from sqlalchemy import select
from typer.testing import CliRunner

from config.loading import load
from domain.ports import Collector, Publisher
from domain.time import ManualClock
from listener.sources import view_source
from runtime.application import Application
from runtime.cli.main import app
from runtime.cli.workplace import known_parts
from runtime.wiring import build
from storage.database import Database
from storage.jobs import JobKind, MemoryJobs
from storage.tables import Source, User

SERVICE: Final = os.environ.get("EARNEST_BLUESKY_SERVICE", "")
POSTS: Final = "app.bsky.feed.post"
PASSWORD: Final = "correct-horse-battery"
SETTINGS: Final = "brands: [tern.yaml]\nnetwork: {allow_private: true}\nlogging: {level: error}\n"
BRAND: Final = """\
slug: tern
name: Tern Kettles
time_zone: UTC
queries:
  - {name: brand, expression: tern}
products:
  - {id: kettle, name: Tern kettle, url: "https://example.com/kettle"}
canned_responses:
  - short_code: thanks
    intents: [praise, question, suggestion, other]
    text: Thank you, {name}! We passed it on to the workshop.
    tones: [plain, warm]
"""
_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account on the network."""

    handle: str
    did: str
    token: str

    def tell(self, method: str, data: dict[str, Any]) -> httpx.Response:
        """Have something done."""
        return httpx.post(f"{SERVICE}/xrpc/{method}", json=data, headers=self._headers, timeout=30)

    def ask(self, method: str, **query: Any) -> dict[str, Any]:
        """Ask for something that must be there."""
        answer = httpx.get(f"{SERVICE}/xrpc/{method}", params=query, headers=self._headers, timeout=30)
        assert answer.status_code == 200, answer.text
        held: dict[str, Any] = answer.json()
        return held

    def post(self, text: str, *, to: str | None = None, **more: Any) -> str:
        """Write a post, calling on the account `to` of which `text` holds the handle; return its address."""
        handle, _, did = (to or "").partition(" ")
        facets = []
        if to:
            start = text.encode().index(f"@{handle}".encode())
            index = {"byteStart": start, "byteEnd": start + len(handle) + 1}
            facets.append({"index": index, "features": [{"$type": "app.bsky.richtext.facet#mention", "did": did}]})
        return self.write(POSTS, text=text, langs=["en"], facets=facets, **more)

    def write(self, collection: str, *, key: str | None = None, **record: Any) -> str:
        """Write a record, and return its address."""
        data = {
            "repo": self.did, "collection": collection, "rkey": key,
            "record": {"$type": collection, "createdAt": now(), **record},
        }  # fmt: skip
        told = {name: value for name, value in data.items() if value is not None}
        done = self.tell("com.atproto.repo.createRecord", told)
        assert done.status_code == 200, done.text
        return str(done.json()["uri"])

    def delete(self, uri: str) -> None:
        """Delete a post."""
        data = {"repo": self.did, "collection": POSTS, "rkey": uri.rpartition("/")[2]}
        assert self.tell("com.atproto.repo.deleteRecord", data).status_code == 200

    def app_password(self) -> str:
        """Make an app password, as a person does on bsky.app."""
        made = self.tell("com.atproto.server.createAppPassword", {"name": f"earnest {next(_numbers)}"})
        return str(made.json()["password"])

    def told_of(self) -> list[str]:
        """The addresses of the posts that the network tells the person of."""
        found = self.ask("app.bsky.notification.listNotifications")["notifications"]
        return [str(each["uri"]) for each in found]

    def see(self, uri: str) -> dict[str, Any]:
        """A post as the person sees it."""
        found: dict[str, Any] = self.ask("app.bsky.feed.getPosts", uris=[uri])["posts"][0]
        return found

    def answers_to(self, uri: str) -> list[str]:
        """The person's answers to a post, as their repository has them."""
        kept = self.ask("com.atproto.repo.listRecords", repo=self.did, collection=POSTS, limit=100)["records"]
        return [str(each["uri"]) for each in kept if each["value"].get("reply", {}).get("parent", {}).get("uri") == uri]

    @property
    def called(self) -> str:
        """Who is called on, for `post`."""
        return f"{self.handle} {self.did}"

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def arrive(name: str) -> Person:
    """Make an account with a handle of its own."""
    handle = f"{name}-{'abcdefghijklmnopqrstuvwxyz'[next(_numbers) % 26]}.test"
    data = {"handle": handle, "email": f"{handle}@example.com", "password": PASSWORD}
    made = httpx.post(f"{SERVICE}/xrpc/com.atproto.server.createAccount", json=data, timeout=30)
    assert made.status_code == 200, made.text
    return Person(handle=handle, did=made.json()["did"], token=made.json()["accessJwt"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A desk of the brand Tern in a folder, connected to an account."""

    folder: Path
    account: Person

    @classmethod
    def open(cls, folder: Path, account: Person) -> "Desk":
        """Set one up from nothing, with the command that people use."""
        (folder / "data").mkdir(parents=True)
        (folder / "earnest.yaml").write_text(SETTINGS)
        (folder / "tern.yaml").write_text(BRAND)
        desk = cls(folder=folder, account=account)
        desk.run("db", "upgrade")
        database = Database(f"sqlite:///{folder / 'data' / 'earnest.db'}")
        with database.write() as session:
            session.add(User(login="mia", name="Mia", password_hash="-", created_at=datetime.now(UTC)))
        database.close()
        (folder / "password").write_text(account.app_password())
        desk.run(
            "connect", "bluesky", "--yes", "--apply", "--sources", "1", "--set", f"handle={account.handle}",
            "--set", f"app_password=@{folder / 'password'}", "--set", f"service={SERVICE}",
        )  # fmt: skip
        return desk

    def run(self, *words: str) -> str:
        """Run one command that must go well."""
        done = CliRunner().invoke(app, [*words, "--config", str(self.folder / "earnest.yaml")])
        assert done.exit_code == 0, done.output
        return done.stdout

    def start(self) -> "Running":
        """Put its parts together."""
        clock = ManualClock(datetime.now(UTC))
        jobs = MemoryJobs(clock)
        parts = build(load(self.folder / "earnest.yaml", checks=known_parts()), clock=clock, jobs=jobs)
        jobs.handlers.update(parts.handlers)
        return Running(parts=parts, clock=clock, jobs=jobs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A desk's parts at work, with jobs that are run when told."""

    parts: Application
    clock: ManualClock
    jobs: MemoryJobs

    def collect(self) -> None:
        """Read the source and do what follows from it."""
        self._do(JobKind.COLLECT)

    def recheck(self) -> None:
        """Look again at what was read."""
        self._do(JobKind.RECHECK)

    @property
    def publisher(self) -> Publisher:
        """Who sends for the brand."""
        found = self.parts.outbox._publishers.of(brand="tern", platform="bluesky")
        assert found is not None
        return found

    def collector(self) -> Collector:
        """Who reads for the brand."""
        (source,) = self.all(Source)
        return self.parts.collectors(view_source(self.parts.database, self.parts.profiles, source.id))

    def all(self, row: Any) -> list[Any]:
        """Return a table's rows."""
        with self.parts.database.read() as session:
            return list(session.scalars(select(row).order_by(row.id)))

    def _do(self, kind: JobKind) -> None:
        self.clock.set(max(self.clock.now(), datetime.now(UTC)))
        for source in self.all(Source):
            self.parts.handlers[kind]((source.id,))
        self.jobs.run_due()


def now() -> str:
    """Return the time as records write it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def wait_for(condition: Callable[[], Any], *, seconds: float = 20) -> Any:
    """Wait until the network shows something, and return it."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "the network doesn't show it"
        time.sleep(0.2)
    return found
