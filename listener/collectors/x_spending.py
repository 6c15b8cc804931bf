"""What reading X costs: set aside before a request, and counted once a UTC day for each post, as X charges.

Source: docs.x.com/x-api/getting-started/pricing, Deduplication.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from platforms.allowance import Allowance
from platforms.prices import Prices
from platforms.trouble import Trouble, TroubleKind
from platforms.x.client import Page
from platforms.x.marks import Mark

# A post may bring its author, and up to two posts with an author each.
_ALONG: Final = (3, 2)
PAGE: Final = 100


@dataclass(slots=True, kw_only=True)
class Till:
    """Counts requests and money of one page after another; `take` gives what was counted since."""

    prices: Prices
    allowance: Allowance
    requests: int = 0
    micros: int = 0

    def set_aside(self, key: str, *, most: int = PAGE, least: int = 1) -> int:
        """Set aside the price of a page and return its size, smaller where the budget ends; raises Trouble (SPENT)."""
        each = self._most_for_one(key)
        left = self.allowance.micros
        size = most if left is None or not each else min(most, left // each)
        if size < least:
            raise Trouble("The next request could pass the month's budget for this source.", kind=TroubleKind.SPENT)
        self.allowance.take(micros=size * each, calls=1)
        self.requests += 1
        return size

    def settle(self, key: str, page: Page | None, *, size: int, mark: Mark | None = None, now: datetime) -> None:
        """Count what came of a page that was set aside, None for nothing, and give the rest back."""
        cost = 0
        if page is not None:
            fresh = mark.count_new(page.ids, now=now) if mark else len(page.ids)
            cost = fresh * self.prices.micros(key) + self._along(page)
        self._count(cost, aside=size * self._most_for_one(key))

    def ask(self, *, key: str | None = None) -> None:
        """Count a request that costs nothing, or the price of one thing."""
        price = self.prices.micros(key) if key else 0
        self.allowance.take(micros=price, calls=1)
        self.requests += 1
        self.micros += price

    def settle_stream(self, pages: Sequence[Page], *, size: int, mark: Mark, now: datetime) -> None:
        """Count the posts that a stream brought, each a page of its own, with what came along."""
        fresh = mark.count_new([each for page in pages for each in page.ids], now=now)
        cost = fresh * self.prices.micros("post_read") + sum(self._along(page) for page in pages)
        self._count(cost, aside=size * self._most_for_one("post_read"))

    def take(self) -> tuple[int, int]:
        """Return requests and micro-units since the last time."""
        taken = self.requests, self.micros
        self.requests = self.micros = 0
        return taken

    def _count(self, cost: int, *, aside: int) -> None:
        self.micros += cost
        self.allowance.give_back(micros=aside - cost)

    def _along(self, page: Page) -> int:
        users, posts = page.along
        return users * self.prices.micros("included_user") + posts * self.prices.micros("included_post")

    def _most_for_one(self, key: str) -> int:
        users, posts = _ALONG
        extra = users * self.prices.micros("included_user") + posts * self.prices.micros("included_post")
        return self.prices.micros(key) + extra
