"""A simulator that people can try: what it is, what is in it, and the made-up keys that it takes.

A module `simulators.NAME_demo` with a function `start` that returns a `Trial` is all that `earnest simulate NAME`
needs.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol


class Serve(Protocol):
    """Serves until the end of the block; yields the address."""

    def __call__(self, *, port: int) -> AbstractContextManager[str]:
        """Port 0 is any that is free."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What to start, and what goes into the brand's file and the environment to use it.

    `keys` are credentials by the names that the platform's page gives them, `records` what the platform demands on
    record, `sources` whole entries of `sources:`. `refresh` is called now and then, so that new posts come in. `page`
    is the path of a page for the person, with what was posted and buttons to delete it.
    """

    platform: str
    name: str
    handle: str
    serve: Serve
    told: tuple[str, ...] = ()
    read_keys: Mapping[str, str] = field(default_factory=dict)
    write_keys: Mapping[str, str] = field(default_factory=dict)
    account_options: Mapping[str, object] = field(default_factory=dict)
    records: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[Mapping[str, object], ...] = ()
    refresh: Callable[[], None] | None = None
    page: str | None = None
