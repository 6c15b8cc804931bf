"""A desk beside the outsider's platform: its package installed, one brand, and the command line."""

import importlib
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from config.loading import Loaded, load
from listener.checks import source_types
from listener.context import find_factories as find_collectors
from platforms.connecting import find_connectors
from platforms.recordings import find_readers
from platforms.registry import installed
from responders.publishers.installed import find_factories as find_publishers
from runtime.cli.main import app
from runtime.cli.workplace import known_parts
from storage.database import Database

POINTS = """\
[earnest.platforms]
harbour = harbour:FACTS
[earnest.options]
harbour = harbour:Options
[earnest.readers]
harbour = harbour:read_answer
[earnest.connectors]
harbour = harbour:CONNECTOR
[earnest.collectors]
harbour = harbour:build_collector
[earnest.publishers]
harbour = harbour:build_publisher
"""
BRAND = """\
# Tern Kettles
slug: tern          # never changes
name: "Tern Kettles"
time_zone: UTC
queries:
  - {name: brand, expression: tern}

# our own
accounts:
  - platform: x
    handle: "@tern_kettles"

canned_responses:
  - short_code: praise
    intents: [praise]
    text: Thank you, {name}! We passed it on to the workshop.
    tones: [plain, warm]

# nothing to read yet
"""
ANSWERS = "tern\npw-3f9c-secret\n\n"
# Whatever of these shows up anywhere was given away.
SECRETS = ("pw-3f9c-secret", "7f3a9c", "5d1e")
_CACHES: tuple[Callable[..., Any], ...] = (
    installed, find_connectors, find_readers, find_collectors, find_publishers, source_types,
)  # fmt: skip


def _forget() -> None:
    for cached in _CACHES:
        cached.cache_clear()  # type: ignore[attr-defined]


@contextmanager
def install(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Install the outsider's package while a test runs; yields its module."""
    source = Path(__file__).with_name("harbour.py")
    info = folder / "harbour-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "harbour.py").write_bytes(source.read_bytes())
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: harbour\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(POINTS)
    patch.syspath_prepend(folder)
    sys.modules.pop("harbour", None)  # other tests bring a package of that name, and leave it
    _forget()
    yield importlib.import_module("harbour")
    sys.modules.pop("harbour", None)
    _forget()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quay:
    """A folder with settings and a brand, and the platform beside it."""

    folder: Path
    sea: Any

    @classmethod
    def make(cls, folder: Path, sea: Any, *, template: Path) -> "Quay":
        """Write settings and brand, and copy an empty database; the brand isn't stored yet."""
        (folder / "data").mkdir(parents=True)
        (folder / "earnest.yaml").write_text("brands: [tern.yaml]\nlogging: {level: debug}\n")
        quay = cls(folder=folder, sea=sea)
        quay.file.write_text(BRAND)
        shutil.copy(template, quay.database_file)
        return quay

    @property
    def file(self) -> Path:
        return self.folder / "tern.yaml"

    @property
    def database_file(self) -> Path:
        return self.folder / "data" / "earnest.db"

    def load(self) -> Loaded:
        """Return the settings."""
        return load(self.folder / "earnest.yaml", checks=known_parts())

    def open(self) -> Database:
        """Return its database."""
        return Database(f"sqlite:///{self.database_file}")

    def run(self, *words: str, given: str | None = None) -> Result:
        """Run one command."""
        return CliRunner().invoke(app, [*words, "--config", str(self.folder / "earnest.yaml")], input=given)

    def ok(self, *words: str, given: str | None = None) -> str:
        """Run a command that must go well; return what it prints."""
        done = self.run(*words, given=given)
        assert done.exit_code == 0, done.output
        return done.stdout

    def json(self, *words: str) -> Any:
        """Run a command that prints JSON."""
        return json.loads(self.run(*words, "--json").stdout)

    def connect(self, *words: str) -> str:
        """Connect the account without questions."""
        password = self.folder / "password"
        password.write_text(f"{self.sea.passwords['tern']}\n")
        return self.ok("connect", "harbour", "--yes", "--set", f"password=@{password}", *words)

    def post(self, text: str, *, by: str = "ada") -> None:
        """Let somebody write something."""
        at = datetime.now(UTC) - timedelta(minutes=1)
        self.sea.posts.append({"id": f"p{len(self.sea.posts)}", "by": by, "text": text, "at": at.isoformat()})

    def everything(self) -> bytes:
        """Return the bytes of all that lies in the data directory and in the brand's file, but for the keys."""
        files = [path for path in (self.folder / "data").rglob("*") if path.is_file() and path.suffix != ".key"]
        return b"".join(path.read_bytes() for path in [*files, self.file])
