"""Writers of one SQLite file take turns within a process.

SQLite has one write lock; who waits for it sleeps and looks again, so that with a few threads at work one of them may
not get it for seconds. Here they queue: each waits for those before it, and no longer.
"""

import threading
from typing import Any

from sqlalchemy import Connection, Engine, event

_HELD = "earnest_turn"
_guard = threading.Lock()
_turns: dict[str, "Turn"] = {}


class Turn:
    """The turn to write one file; a connection that took it gives it back when it is returned to its pool."""

    def __init__(self, seconds: float) -> None:
        """Who can't get it within `seconds` goes on without, and hears from SQLite that the file is locked."""
        self._lock, self._seconds = threading.Lock(), seconds

    def take(self, connection: Connection) -> None:
        """Wait for the turn, unless the connection has it already."""
        if not connection.info.get(_HELD):
            connection.info[_HELD] = self._lock.acquire(timeout=self._seconds)

    def give_back(self, _connection: Any, record: Any) -> None:  # noqa: ANN401 - the pool's own types
        """Let the next one write."""
        if record.info.pop(_HELD, False):
            self._lock.release()


def turn_of(engine: Engine, *, seconds: float) -> Turn:
    """Return the turn of the engine's file, the same for every engine on that file; it ends with each check-in."""
    path = str(engine.url.database)
    with _guard:
        turn = _turns.setdefault(path, Turn(seconds))
    # A commit event comes before the commit is done; the check-in comes after.
    event.listen(engine, "checkin", turn.give_back)
    return turn
