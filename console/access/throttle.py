"""Slowing down guesses of passwords, without letting anybody lock another person out.

Failures count for an address and login together. For an address alone, and for a login alone, they count only where
that login never got in from that address: whoever knows the password and has used it there gets in, whatever strangers
behind the same address try.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from domain.time import Clock

WINDOW = timedelta(minutes=15)
PAIR, ADDRESS, LOGIN = 5, 30, 50
_MOST_KEYS = 20_000


@dataclass(frozen=True, slots=True)
class _Key:
    kind: str
    address: str
    login: str


class Throttle:
    """Counts failures in memory, over the last fifteen minutes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: OrderedDict[_Key, deque[datetime]] = OrderedDict()
        self._trusted: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._lock = Lock()

    def wait(self, *, address: str, login: str) -> timedelta:
        """Return how long this address must wait before its next try; zero when it may try now."""
        with self._lock:
            return max((self._left(key, most) for key, most in self._watched(address, login)), default=timedelta())

    def note_failure(self, *, address: str, login: str) -> None:
        """Count one failure."""
        with self._lock:
            for key, _ in self._watched(address, login):
                self._failures.setdefault(key, deque(maxlen=LOGIN)).append(self._clock.now())
                self._failures.move_to_end(key)
            while len(self._failures) > _MOST_KEYS:
                self._failures.popitem(last=False)

    def note_success(self, *, address: str, login: str) -> None:
        """Forget the pair's failures, and trust the address with this login from now on."""
        with self._lock:
            self._failures.pop(_Key("pair", address, login), None)
            self._trusted[address, login] = None
            while len(self._trusted) > _MOST_KEYS:
                self._trusted.popitem(last=False)

    def _watched(self, address: str, login: str) -> list[tuple[_Key, int]]:
        keys = [(_Key("pair", address, login), PAIR)]
        if (address, login) not in self._trusted:
            keys += [(_Key("address", address, ""), ADDRESS), (_Key("login", "", login), LOGIN)]
        return keys

    def _left(self, key: _Key, most: int) -> timedelta:
        times = self._failures.get(key)
        now = self._clock.now()
        while times and times[0] <= now - WINDOW:
            times.popleft()
        if not times or len(times) < most:
            return timedelta()
        # Known logins under attack are slowed to one try in ten seconds, never shut.
        end = times[-1] + timedelta(seconds=10) if key.kind == "login" else times[-most] + WINDOW
        return max(end - now, timedelta())
