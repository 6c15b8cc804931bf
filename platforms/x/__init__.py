"""X: facts from its developer documentation and pricing page."""

from datetime import date, timedelta

from platforms.capabilities import Capabilities, Price
from platforms.counting import count_weighted

_AS_OF = date(2026, 11, 1)
_PAGE = "X API pricing page"

FACTS = Capabilities(
    platform="x",
    name="X",
    can_search=True,
    can_stream=True,
    can_read_threads=True,
    max_length=280,
    count=count_weighted,
    counted_in="weighted characters",
    lag=timedelta(minutes=5),
    must_be_summoned=True,
    one_reply_per_interaction=True,
    prices=(
        Price(what="post read", micros=5_000, currency="USD", as_of=_AS_OF, source=_PAGE),
        Price(what="own mention read", micros=1_000, currency="USD", as_of=_AS_OF, source=_PAGE),
        Price(what="post", micros=15_000, currency="USD", as_of=_AS_OF, source=_PAGE),
        Price(what="post with a link", micros=200_000, currency="USD", as_of=_AS_OF, source=_PAGE),
        Price(what="summoned reply", micros=10_000, currency="USD", as_of=_AS_OF, source=_PAGE),
    ),
)
