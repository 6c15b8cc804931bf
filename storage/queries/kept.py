"""Values that are remembered for a while: asked for often, costly to find, and right enough when seconds old."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

from domain.time import Clock

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class _Known(Generic[Value]):
    at: datetime
    value: Value


class Kept(Generic[Value]):
    """Finds a value by a number and keeps it for `age`; of the least lately asked, those beyond `most` are dropped.

    Threads never wait for each other: while one finds a value anew, the others are given the old one.
    """

    def __init__(self, find: Callable[[int], Value], *, clock: Clock, age: timedelta, most: int = 1_000) -> None:
        """`find` is called outside any lock, by several threads at once for different keys."""
        self._find, self._clock, self._age, self._most = find, clock, age, most
        self._known: OrderedDict[int, _Known[Value]] = OrderedDict()
        self._finding: set[int] = set()
        self._changes = 0
        self._lock = Lock()

    def of(self, key: int) -> Value:
        """Return the value of `key`, found anew when it is too old; what `find` raises comes through."""
        now = self._clock.now()
        with self._lock:
            known = self._known.get(key)
            # A clock that was set back makes a value of the future, which is no younger for that.
            if known and (now - self._age < known.at <= now or key in self._finding):
                self._known.move_to_end(key)
                return known.value
            self._finding.add(key)
            changes = self._changes
        try:
            value = self._find(key)
        finally:
            with self._lock:
                self._finding.discard(key)
        with self._lock:
            # What was found before a change may not outlive it.
            if changes == self._changes:
                self._known[key] = _Known(now, value)
                self._known.move_to_end(key)
                while len(self._known) > self._most:
                    self._known.popitem(last=False)
        return value

    def forget(self, key: int) -> None:
        """Find the value of `key` anew when it is asked for next."""
        with self._lock:
            self._changes += 1
            self._known.pop(key, None)
