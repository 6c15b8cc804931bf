"""X: facts from its developer documentation, its automation rules and its pricing page.

Rates: docs.x.com/x-api/fundamentals/rate-limits. Prices: docs.x.com/x-api/getting-started/pricing. Who may be answered:
X Developers' announcement of 24 February 2026 on POST /2/tweets, and help.x.com/rules-and-policies/x-automation.
Deletions: docs.x.com/x-api/compliance/batch-compliance, and the developer policy's 24 hours.
"""

from datetime import date, timedelta
from typing import Final

from platforms.capabilities import Capabilities, Demand, Price, Rate
from platforms.counting import count_weighted

_AS_OF: Final = date(2026, 11, 1)
_PAGE: Final = "docs.x.com/x-api/getting-started/pricing"
_QUARTER: Final = timedelta(minutes=15)


def _price(key: str, what: str, micros: int, *, of_reply: bool = False, with_link: bool = False) -> Price:
    return Price(
        key=key, what=what, micros=micros, currency="USD", as_of=_AS_OF, source=_PAGE, of_reply=of_reply,
        with_link=with_link,
    )  # fmt: skip


FACTS = Capabilities(
    platform="x",
    name="X",
    can_search=True,
    can_stream=True,
    can_read_threads=True,
    can_reply=True,
    # Editing wants X Premium and isn't offered to every account; a reply is deleted by hand or through the interface.
    can_delete=True,
    can_react=True,
    most_media=4,
    max_length=280,
    count=count_weighted,
    counted_in="characters as X counts them",
    # The account's own timeline shows a post within seconds; minutes are what X's status page calls delayed.
    lag=timedelta(minutes=5),
    must_be_summoned=True,
    one_reply_per_interaction=True,
    demands_to_answer=(
        Demand(
            key="automated_label",
            sentence=(
                "X wants an account that answers through its interface to carry the “automated” label; "
                "set it there under Settings, Your account, Account information, Automation."
            ),
        ),
    ),
    demands_unattended=(
        Demand(
            key="ai_replies_approval",
            sentence="X wants its own prior approval for replies that a machine writes and no person approves.",
        ),
    ),
    rates=(
        Rate(what="recent search", requests=450, per=_QUARTER, of="app"),
        Rate(what="mentions of a user", requests=450, per=_QUARTER, of="app"),
        Rate(what="posts of a user", requests=900, per=_QUARTER),
        Rate(what="posts by ids", requests=3_500, per=_QUARTER, of="app"),
        Rate(what="filtered stream, connections", requests=50, per=_QUARTER, of="app"),
        Rate(what="compliance jobs", requests=150, per=_QUARTER, of="app"),
        Rate(what="post", requests=100, per=_QUARTER),
        Rate(what="post", requests=10_000, per=timedelta(hours=24), of="app"),
    ),
    delete_sync="batch compliance jobs, and looking posts up by their ids",
    deleted_within=timedelta(hours=24),
    prices=(
        _price("post_read", "post read", 5_000),
        _price("own_read", "own mention or own post read", 1_000),
        _price("user_read", "person looked up", 10_000),
        # The page doesn't name what comes along with posts; an operator whose console shows a charge writes it here.
        _price("included_user", "person who comes along with a post", 0),
        _price("included_post", "post that comes along with a post", 0),
        _price("summoned", "reply to who called on the account", 10_000, of_reply=True),
        _price("post", "post", 15_000, of_reply=True),
        _price("post_with_link", "post with a link", 200_000, of_reply=True, with_link=True),
    ),
)
