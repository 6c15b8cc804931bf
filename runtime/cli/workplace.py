"""What most commands begin with: the settings, and the database they name."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.checks import Checks
from config.loading import SETTINGS_FILE, Loaded, load
from domain.errors import InvalidInput
from runtime.cli.errors import say
from runtime.cli.options import DEMO_FOLDER
from storage.database import Database
from storage.migration import require_current


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """The settings that were found, and their database, of this program's version."""

    loaded: Loaded
    database: Database


def find_settings(given: Path | None) -> Path:
    """Return the settings file to use; raises InvalidInput when there is none, naming what to run."""
    if given is not None:
        return _existing(given)
    if named := os.environ.get("EARNEST_CONFIG"):
        return _existing(Path(named))
    here, demo = Path(SETTINGS_FILE), DEMO_FOLDER / SETTINGS_FILE
    if here.exists():
        return here
    if demo.exists():
        say(f"There is no {SETTINGS_FILE} here; using the demo in {DEMO_FOLDER}/.")
        return demo
    raise InvalidInput(f"There is no {SETTINGS_FILE} here; run: earnest init, or name one with --config.")


def load_settings(given: Path | None) -> Loaded:
    """Load the settings and all brands; raises ConfigError with every mistake."""
    return load(find_settings(given), checks=known_parts())


@contextmanager
def open_workplace(given: Path | None) -> Iterator[Workplace]:
    """Yield the settings and the database; raises WrongVersion when that needs an upgrade first."""
    loaded = load_settings(given)
    database = Database(loaded.database_url)
    try:
        require_current(database)
        yield Workplace(loaded=loaded, database=database)
    finally:
        database.close()


def known_parts() -> Checks:
    """Return what settings may name: expressions that the matcher reads, types of source, themes and currencies."""
    from listener.checks import check_query, currencies, source_types
    from sentiment.lexicon import theme_names

    return Checks(
        expression=check_query, sources=source_types(), themes=theme_names(), currencies=currencies()
    )  # fmt: skip


def _existing(path: Path) -> Path:
    if not path.exists():
        raise InvalidInput(f"There is no file {path}; run: earnest init, or name another with --config.")
    return path
