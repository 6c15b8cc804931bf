"""Write docs/commands.md from the command line itself; a test says when to run this again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from runtime.cli.main import app

PAGE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"
ORDER = (
    "demo", "init", "config", "db", "users", "connect", "disconnect", "keys", "run", "collect", "recheck", "import",
    "rejects", "replay", "simulate", "classify", "evaluate", "model", "reprocess", "queue", "cases", "digest", "forget",
    "doctor", "backup", "restore",
)  # fmt: skip
HEAD = """\
# Commands

`earnest --help` lists them, and each has `--help` with an example. A command exits with 0 when it did what it was
asked, 1 when something failed, and 2 when what it was given is wrong; an error is one sentence on standard error that
names the place and the mend. What takes longer than a second shows its progress there too, so that standard output is
the answer alone: a table or a sentence for people, JSON for programs with `--json`.

Most commands need the settings and take `--config` (`-c`). Left out, they are looked for in this order: the file that
`EARNEST_CONFIG` in the environment names, `earnest.yaml` in this folder, the demo's in `earnest-demo/`.
"""
# Said once above.
EVERYWHERE = {"config", "help"}


def render() -> str:
    """Return the page."""
    return "\n".join([HEAD, *(_section(path, command) for path, command in _walk(typer.main.get_command(app), ()))])


def _walk(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:  # noqa: ANN401
    commands = getattr(command, "commands", None)
    if commands is None:
        yield path, command
        return
    for name in sorted(commands, key=lambda name: ORDER.index(name) if not path else 0):
        yield from _walk(commands[name], (*path, name))


def _section(path: tuple[str, ...], command: Any) -> str:  # noqa: ANN401 - Typer's own shapes
    told, _, example = command.help.partition("Example:")
    parts = [f"## `earnest {' '.join(path)}`", told.strip(), f"    {example.strip()}"]
    rows = [_row(parameter) for parameter in command.params if parameter.name not in EVERYWHERE]
    if rows:
        parts.append("\n".join(["| | | Default |", "|---|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


def _row(parameter: Any) -> str:  # noqa: ANN401
    if parameter.param_type_name == "argument":
        name = f"`{(parameter.metavar or parameter.name).upper()}`"
    else:
        name = ", ".join(f"`{option}`" for option in sorted(parameter.opts, key=len, reverse=True))
    plain = parameter.default in (None, False, (), Path())
    default = "required" if parameter.required else "–" if plain else f"`{parameter.default}`"
    return f"| {name} | {parameter.help or ''} | {default} |"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
