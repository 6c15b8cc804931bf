"""What only other packages can check: the composition root hands it in."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from pydantic import BaseModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with a text, and what to write instead; `offset` counts characters from its start.

    A `warning` only says how the text is understood.
    """

    message: str
    mend: str
    offset: int | None = None
    warning: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """Checks from outside; one that is None is left out.

    `expression` returns the problems of a query's expression, `platforms` are the names of all platforms, `sources`
    holds the types of source that plug-ins add, each with the model of its options, if it has one, `themes` are the
    themes that posts are sorted by, and `currencies` what each platform that costs money charges in.
    """

    expression: Callable[[str], Collection[Problem]] | None = None
    platforms: Collection[str] | None = None
    sources: Mapping[str, type[BaseModel] | None] | None = None
    themes: Collection[str] | None = None
    currencies: Mapping[str, str] | None = None


NO_CHECKS = Checks()
