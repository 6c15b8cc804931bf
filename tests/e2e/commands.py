"""A desk of the second example brand in a folder, and the command line run on it in this process."""

import json
import shutil
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from runtime.cli.main import app

SETTINGS = "data_dir: data\nserver: {port: PORT}\noutbox: {to: file}\nlogging: {level: error}\n"
ROWS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A folder with settings, one brand and its inbox."""

    folder: Path

    @property
    def settings(self) -> Path:
        return self.folder / "earnest.yaml"

    def run(self, *words: str, given: str | None = None) -> Result:
        """Run one command with this home's settings."""
        place = ["--config", str(self.settings)]
        # Groups such as db take their options after the command's own name.
        return CliRunner().invoke(app, [*words, *place], input=given)

    def ok(self, *words: str, given: str | None = None) -> str:
        """Run a command that must go well; return what it prints."""
        done = self.run(*words, given=given)
        assert done.exit_code == 0, done.output
        return done.stdout

    def json(self, *words: str, given: str | None = None) -> Any:
        """Run a command that must go well and prints JSON."""
        return json.loads(self.ok(*words, "--json", given=given))


def make_home(folder: Path, *, port: int = 8765) -> Home:
    """Write settings, the brand and the first rows of its posts; nothing is stored yet."""
    (folder / "brands").mkdir(parents=True)
    (folder / "inbox").mkdir()
    (folder / "earnest.yaml").write_text(SETTINGS.replace("PORT", str(port)), encoding="utf-8")
    source = files("config.examples.second")
    (folder / "brands" / "cap-aubray.yaml").write_bytes(source.joinpath("cap-aubray.yaml").read_bytes())
    posts = source.joinpath("mentions.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    newest = [posts[0], *posts[-ROWS:]]
    (folder / "inbox" / "cap-aubray.csv").write_text("".join(newest), encoding="utf-8")
    return Home(folder=folder)


def copy_home(home: Home, folder: Path) -> Home:
    """Return a copy to change."""
    shutil.copytree(home.folder, folder)
    return Home(folder=folder)
