"""What happens when in the demo's history: a heap of moments, walked through with the simulated clock."""

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

from domain.time import ManualClock

Action = Callable[[], None]


class Agenda:
    """Moments in order; two at one time happen in the order in which they were put in."""

    def __init__(self, clock: ManualClock) -> None:
        """Nothing is planned yet."""
        self._clock = clock
        self._moments: list[tuple[datetime, int, Action]] = []
        self._numbers = count()

    def plan(self, at: datetime, action: Action) -> None:
        """Let `action` happen at `at`, or now if that has passed."""
        heapq.heappush(self._moments, (max(at, self._clock.now()), next(self._numbers), action))

    def play(self, *, until: datetime, passed: Callable[[datetime], None]) -> None:
        """Set the clock to each moment up to `until` and let it happen; `passed` is told how far it has come."""
        while self._moments and self._moments[0][0] <= until:
            at, _, action = heapq.heappop(self._moments)
            self._clock.set(at)
            action()
            passed(at)
        self._clock.set(until)
        passed(until)
