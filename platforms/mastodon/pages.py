"""One page of a listing: what stands in it, from when, and where the next one begins."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from platforms.mastodon.statuses import identifier, instant

_LINK: Final = re.compile(r"<([^>]*)>\s*;[^,<]*\brel\s*=\s*\"?([\w ]+)\"?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`ids` and `times` of what could be read, `count` of everything; `next_id` is what to ask for below it."""

    ids: frozenset[str]
    times: tuple[datetime, ...]
    count: int
    next_id: str | None

    @property
    def newest(self) -> datetime | None:
        """When the newest of its items was made."""
        return max(self.times, default=None)

    def is_mostly_before(self, floor: datetime) -> bool:
        """Say whether half of it or more is older than `floor`: one odd date among new posts ends no reading."""
        return bool(self.times) and sum(moment <= floor for moment in self.times) * 2 >= len(self.times)


def read_page(items: Sequence[Any], *, link: str | None, size: int) -> Page:
    """Read a page of statuses or notifications; servers say where it goes on in a Link header, or not at all.

    An empty page may have a next one, and a server without the header is asked again below the last item of a full
    page.
    """
    ids = [identifier(item.get("id")) for item in items if isinstance(item, dict)]
    times = (instant(item.get("created_at")) for item in items if isinstance(item, dict))
    known = [name for name in ids if name]
    last = known[-1] if known and len(items) >= size else None
    return Page(
        ids=frozenset(known), times=tuple(moment for moment in times if moment), count=len(items),
        next_id=next_in(link) if link else last,
    )  # fmt: skip


def next_in(link: str) -> str | None:
    """Return the `max_id` of a Link header's next page (RFC 8288), None when it is the last one."""
    for address, relations in _LINK.findall(link):
        if "next" in relations.lower().split():
            values = parse_qs(urlsplit(address).query).get("max_id")
            return values[0] if values else None
    return None
