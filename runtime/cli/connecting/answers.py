"""Where answers come from: the command line, the environment, and the person who sits there."""

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import typer

from config.secrets import Secrets
from domain.errors import InvalidInput
from platforms.connecting import Ask
from runtime.cli.connecting.plain import plain
from runtime.cli.errors import say

Found = TypeVar("Found")


def read_pairs(pairs: Iterable[str], *, option: str) -> dict[str, str]:
    """Read `name=value` words; raises InvalidInput naming the one that isn't."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            # What was meant for a value may be a secret, so it isn't repeated.
            raise InvalidInput(f"An {option} isn't name=value; write it like {option} instance=mastodon.social.")
        found[name.strip()] = value.strip()
    return found


class Answers:
    """Answers what a connector asks; a person is asked only for what was given nowhere, and never in a script."""

    def __init__(self, platform: str, *, given: Mapping[str, str], secrets: Secrets, interactive: bool) -> None:
        """`given` comes from the command line; a secret there is `@FILE`, since others can read command lines."""
        self._platform, self._given, self._secrets = platform, dict(given), secrets
        self._interactive = interactive
        self._asked: list[str] = []

    def __call__(self, ask: Ask, /) -> str:
        """Return the answer; raises InvalidInput when there is none."""
        self._asked.append(ask.name)
        variable = self._variable(ask)
        if ask.fresh:
            return self._from_a_person(ask)
        if ask.name in self._given:
            return _read(self._given[ask.name], ask) if ask.secret else self._given[ask.name]
        if variable in self._secrets:
            return self._secrets.get(variable).get_secret_value()
        if self._interactive:
            return _prompt(ask)
        if ask.default is not None:
            return ask.default
        way = f"--set {ask.name}=@FILE, or EARNEST_{variable} in the environment" if ask.secret else (
            f"--set {ask.name}=…"
        )  # fmt: skip
        raise InvalidInput(f"{plain(ask.question).rstrip('?:. ')}: give it with {way}.")

    def until(self, ask: Ask, read: Callable[[str], Found]) -> Found:
        """Return what `read` makes of the answer; a person is asked again while it raises InvalidInput."""
        while True:
            try:
                return read(self(ask))
            except InvalidInput as error:
                if not self._interactive or ask.name in self._given or self._variable(ask) in self._secrets:
                    raise
                say(str(error))

    def require_used(self) -> None:
        """Raise InvalidInput when something was given that nobody asked for: a slip in a name."""
        unknown = sorted(set(self._given) - set(self._asked))
        if unknown:
            asked = ", ".join(dict.fromkeys(self._asked)) or "nothing"
            raise InvalidInput(f"Nothing asks for “{unknown[0]}”; {self._platform} asks for: {asked}.")

    def _variable(self, ask: Ask) -> str:
        return f"{self._platform}_{ask.name}".upper().replace("-", "_")

    def _from_a_person(self, ask: Ask) -> str:
        """Return what no script can know: it is another at every sign-in."""
        if ask.name in self._given or (not self._interactive and ask.default is None):
            raise InvalidInput(f"“{ask.name}” is new at every sign-in, so it can't be given beforehand. {ask.fresh}")
        return _prompt(ask) if self._interactive else ask.default or ""


def _prompt(ask: Ask) -> str:
    if ask.hint:
        print(plain(ask.hint))
    question = plain(ask.question)
    told: str = typer.prompt(
        question, default=ask.default, hide_input=ask.secret, show_default=bool(ask.default) and not ask.secret,
        prompt_suffix=" " if question.endswith("?") and not ask.default else ": ",
    )  # fmt: skip
    return told.strip()


def _read(given: str, ask: Ask) -> str:
    if not given.startswith("@"):
        raise InvalidInput(
            f"“{ask.name}” is a secret, and others can read command lines; put it into a file and write"
            f" --set {ask.name}=@FILE."
        )
    file = Path(given[1:]).expanduser()
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it isn't UTF-8"
        raise InvalidInput(f"{os.fspath(file)}, which was to hold “{ask.name}”, can't be read ({reason}).") from None
