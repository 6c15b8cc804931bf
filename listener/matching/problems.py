"""What may be wrong with a query, where it is, and the mend."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from domain.errors import InvalidInput


class Severity(StrEnum):
    """An error refuses the query; a warning says how it is understood."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One problem in a query: `start` and `end` are offsets into its text, from 0; `mend` is what to do."""

    start: int
    end: int
    message: str
    mend: str
    severity: Severity = Severity.ERROR

    def point(self, query: str) -> str:
        """Return the line of `query` that the problem is in, with carets under it, as two lines."""
        before, line, column = self._line(query)
        width = max(1, min(self.end, before + len(line)) - self.start)
        found = line[column : column + width] or " "
        return f"  {line}\n  {' ' * _columns(line[:column])}{'^' * max(1, _columns(found))}"

    def describe(self, query: str) -> str:
        """Return one sentence with the place and the mend."""
        before, _, column = self._line(query)
        row = query.count("\n", 0, before) + 1
        place = f"line {row}, position {column + 1}" if "\n" in query else f"position {column + 1}"
        return f"The query, {place}: {self.message}; {self.mend}."

    def _line(self, query: str) -> tuple[int, str, int]:
        before = query.rfind("\n", 0, self.start) + 1
        after = query.find("\n", self.start)
        line = query[before : after if after >= 0 else len(query)]
        # An unprintable character would move the carets, or the terminal.
        shown = "".join(character if character.isprintable() else " " for character in line)
        return before, shown, self.start - before


class QueryError(InvalidInput):
    """A query can't be understood; `problem` says where and why. Mend the query: nothing was matched with it."""

    def __init__(self, query: str, problem: Problem) -> None:
        super().__init__(f"{problem.describe(query)}\n{problem.point(query)}")
        self.query, self.problem = query, problem


def _columns(text: str) -> int:
    """Count the columns that `text` takes in a terminal."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    thin = sum(unicodedata.category(character) in {"Mn", "Me"} for character in text)
    return len(text) + wide - thin
