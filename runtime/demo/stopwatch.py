"""How long each part of the demo took, so that its summary can say where the seconds went."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from storage.jobs import Handler


class Stopwatch:
    """Seconds by name; what runs inside something else is counted there and not outside."""

    def __init__(self) -> None:
        """Nothing has been timed yet."""
        self.seconds: dict[str, float] = defaultdict(float)
        self._inside = 0.0

    @contextmanager
    def time(self, name: str) -> Iterator[None]:
        """Add the time that the block takes, less what is timed within it, to `name`."""
        outer, self._inside = self._inside, 0.0
        started = monotonic()
        try:
            yield
        finally:
            took = monotonic() - started
            self.seconds[name] += took - self._inside
            self._inside = outer + took

    def timed(self, name: str, handler: Handler) -> Handler:
        """Return a handler that is timed under `name`."""

        def run(ids: tuple[int, ...]) -> None:
            with self.time(name):
                handler(ids)

        return run

    @property
    def total(self) -> float:
        """All seconds."""
        return sum(self.seconds.values())
