"""The demo's last hours, served: a clock that runs fast until it has caught up with the real one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

from config.loading import Loaded
from domain.ports import Classifier
from domain.time import Clock, SystemClock
from runtime.process import run
from runtime.wiring import build


class ReplayClock:
    """Starts in the past and runs `speed` times as fast as time does; once it has caught up it is the real time."""

    def __init__(
        self, start: datetime, *, speed: float, real: Clock | None = None, seconds: Callable[[], float] = monotonic
    ) -> None:  # fmt: skip
        """`real` is what it catches up with, `seconds` the stop-watch; both begin now."""
        self._start, self._speed = start, speed
        self._real, self._seconds = real or SystemClock(), seconds
        self._began = seconds()

    def now(self) -> datetime:
        """Return the simulated time, never ahead of the real one and never behind what it was."""
        fast = self._start + timedelta(seconds=(self._seconds() - self._began) * self._speed)
        return min(fast, self._real.now())

    @property
    def takes(self) -> timedelta:
        """How long it takes from now until it has caught up; for ever at speed 1."""
        behind = self._real.now() - self.now()
        return timedelta.max if self._speed <= 1 else behind / (self._speed - 1)


def serve(loaded: Loaded, *, started_at: datetime, speed: float, classifier: Classifier | None = None) -> int:
    """Serve the desk and work until told to stop, while the hours since `started_at` come in; return the exit code."""
    clock = ReplayClock(started_at, speed=speed)
    application = build(loaded, clock=clock, classifier=classifier)
    return run(application, ready=lambda: _announce(loaded, clock))


def _announce(loaded: Loaded, clock: ReplayClock) -> None:
    minutes = clock.takes.total_seconds() / 60
    print(f"\nThe desk is at {loaded.settings.server.address} (Ctrl+C ends it). Log in as one of those above.")
    print(f"The last hours come in one by one for the next {minutes:.0f} minutes; what you approve goes into a file.")
