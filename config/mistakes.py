"""What is wrong in the settings, where, and what to write instead; all of it in one error."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from domain.errors import EarnestError

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake: `line` and `column` count from 1, and are 0 where there is no line (the environment).

    A `warning` says how something is understood, and refuses nothing.
    """

    file: str
    line: int
    column: int
    path: str
    message: str
    mend: str
    warning: bool = False

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        kind = "warning" if self.warning else ""
        return ": ".join(filter(None, (place, kind, self.path, f"{self.message} {self.mend}".strip())))

    def as_dict(self) -> dict[str, str | int | bool]:
        """Return the mistake for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Fault:
    """A mistake before its line is known: `path` leads to it, `at_key` when the key is wrong and not the value."""

    path: Path
    message: str
    mend: str
    at_key: bool = False
    warning: bool = False


class ConfigError(EarnestError):
    """The settings can't be used; nothing was changed. `mistakes` holds every one, in the order of the files."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(set(mistakes)))
        lines = [str(mistake) for mistake in self.mistakes]
        head = [] if len(lines) == 1 else [f"{len(lines)} mistakes in the settings:"]
        super().__init__("\n".join(head + lines))


def has_errors(mistakes: Iterable[Mistake]) -> bool:
    """Say whether there is more than warnings."""
    return any(not mistake.warning for mistake in mistakes)


def write_path(path: Path) -> str:
    """Write a path as people do: `facts[2].valid_until`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")
