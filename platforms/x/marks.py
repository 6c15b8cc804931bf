"""How far a listing is read: everything before `floor`, and of what is newer, a pass from the top down."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from platforms.x.snowflake import time_of
from platforms.x.values import as_word, items

_SEEN_CAP: Final = 2_000


@dataclass(slots=True, kw_only=True)
class Mark:
    """One listing's place, by the times of its posts and never by our clock, which may go wrong.

    `top` is the newest post that the pass under way has seen, and `token` its next page; `seen` are posts since
    `floor` that were charged on the UTC day `day`.
    """

    floor: datetime
    top: datetime | None = None
    token: str | None = None
    is_first: bool = True
    day: str = ""
    seen: dict[str, None] = field(default_factory=dict)

    @classmethod
    def load(cls, kept: Mapping[str, Any], *, since: datetime) -> "Mark":
        """Return the mark that a cursor kept, a new one from `since` on where there is none."""
        floor = _time(kept.get("floor"))
        return cls(
            floor=floor or since, top=_time(kept.get("top")), token=as_word(kept.get("token")) or None,
            is_first=floor is None or bool(kept.get("first")), day=as_word(kept.get("day")),
            seen=dict.fromkeys(str(each) for each in items(kept.get("seen"))),
        )  # fmt: skip

    def dump(self) -> dict[str, Any]:
        """Return what the cursor keeps."""
        found = {
            "floor": self.floor.isoformat(), "top": self.top.isoformat() if self.top else None, "token": self.token,
            "first": self.is_first, "day": self.day, "seen": list(self.seen),
        }  # fmt: skip
        return {name: value for name, value in found.items() if value}

    def note(self, posted: Iterable[datetime]) -> None:
        """Note the times of a page's posts."""
        self.top = max((*posted, *([self.top] if self.top else [])), default=None)

    def end(self, *, overlap: timedelta) -> None:
        """End a pass: all up to its newest post is read, but for `overlap`, in which late ones may still show up."""
        if self.top is not None:
            self.floor = max(self.floor, self.top - overlap)
        self.top, self.token, self.is_first = None, None, False
        keep = [each for each in self.seen if (made := time_of(each)) is None or made >= self.floor]
        self.seen = dict.fromkeys(keep[-_SEEN_CAP:])

    def count_new(self, ids: Iterable[str], *, now: datetime) -> int:
        """Return how many posts X charges for: those that weren't read before on this UTC day."""
        today = now.astimezone(UTC).date().isoformat()
        if today != self.day:
            self.day, self.seen = today, {}
        new = 0
        for each in ids:
            if not each or each not in self.seen:
                new += 1
            if each:
                self.seen[each] = None
        if len(self.seen) > _SEEN_CAP:
            # The newest are those that the next pass reads again; ids of X are numbers that grow.
            self.seen = dict.fromkeys(sorted(self.seen, key=lambda each: (len(each), each))[-_SEEN_CAP:])
        return new


def _time(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(as_word(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
