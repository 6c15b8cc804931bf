"""What the environment says in place of earnest.yaml: EARNEST__SERVER__PORT=9000."""

import os
from typing import Any

from pydantic_settings import EnvSettingsSource, SettingsError

from config.mistakes import Mistake, Path, write_path
from config.operator import Settings
from config.shapes import guess

PREFIX = "EARNEST__"
FILE = "the environment"


def read_environment() -> tuple[dict[str, Any], list[Mistake]]:
    """Return the settings that environment variables give, nested as in the file, and the mistakes in their names."""
    mistakes = [mistake for name in sorted(os.environ) if (mistake := _check_name(name))]
    try:
        return _keep_password_out(dict(EnvSettingsSource(Settings)())), mistakes
    except SettingsError as error:
        mend = 'Write lists and groups as JSON, such as ["10.0.0.0/8"].'
        mistakes.append(Mistake(FILE, 0, 0, PREFIX + "…", f"A variable can't be read: {error}.", mend))
    return {}, mistakes


def _keep_password_out(values: dict[str, Any]) -> dict[str, Any]:
    """Make a database address from the environment a secret: there it may hold a password, in settings it may not."""
    database = values.get("database")
    if isinstance(database, dict) and "url" in database and f"{PREFIX}DATABASE__URL" in os.environ:
        return {**values, "database": {**database, "url": "${_DATABASE__URL}"}}
    return values


def _check_name(name: str) -> Mistake | None:
    if not name.upper().startswith(PREFIX):
        return None
    first = name[len(PREFIX) :].partition("__")[0].lower()
    if first in Settings.model_fields:
        return None
    meant = guess(first, list(Settings.model_fields))
    mend = f"Did you mean {PREFIX}{meant.upper()}?" if meant else "Unset it."
    return Mistake(FILE, 0, 0, name, "This variable names no setting.", mend)


def merge(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Return `under` with the values of `over` laid on top, group by group."""
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def came_from(environment: dict[str, Any], path: Path) -> bool:
    """Say whether the environment gave the value at `path`."""
    found: Any = environment
    for part in path:
        if not isinstance(found, dict):
            return True
        if part not in found:
            return False
        found = found[part]
    return bool(path) and not isinstance(found, dict)


def variable_of(path: Path) -> str:
    """Return the variable that sets `path`."""
    return PREFIX + write_path(path).replace(".", "__").upper()
