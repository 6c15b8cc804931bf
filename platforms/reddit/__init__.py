"""Reddit: facts from its Data API wiki, its policies and its API's own pages.

A post is called by its fullname throughout: `t3_` and a number for a submission, `t1_` and a number for a comment. The
conversation is the submission's fullname, and what a comment answers is its parent's.
"""

from datetime import date, timedelta
from typing import Final

from platforms.capabilities import Capabilities, Demand, Price, Rate

PLATFORM: Final = "reddit"
NAME: Final = "Reddit"

# support.reddithelp.com, "Responsible Builder Policy" (November 2025): every use of the Data API must be approved
# before it begins, and a commercial one needs a contract besides; answering with a program is part of what is asked.
_POLICY: Final = "https://support.reddithelp.com/hc/en-us/articles/42728983564564-Responsible-Builder-Policy"
_REQUEST: Final = "https://support.reddithelp.com/hc/en-us/requests/new?ticket_form_id=14868593862164"

FACTS: Final = Capabilities(
    platform=PLATFORM,
    name=NAME,
    can_search=True,
    # Not pushed: new submissions and comments are paged through, as the streams of PRAW do it.
    can_stream=True,
    can_read_threads=True,
    can_reply=True,
    can_edit=True,
    can_delete=True,
    # Votes by a program are vote manipulation, by the site's rules.
    can_react=False,
    most_media=0,
    # A comment's; a longer one is answered with TOO_LONG (max: 10000).
    max_length=10_000,
    lag=timedelta(minutes=5),
    # A filter may keep a comment back from readers for as long as it likes.
    absence_is_certain=False,
    links_people=False,
    demands_to_read=(
        Demand(
            key="approval",
            sentence=(
                f"Reddit must approve that its posts are read, and a company needs a contract: read {_POLICY} "
                f"and ask at {_REQUEST}"
            ),
        ),
    ),
    demands_to_answer=(
        Demand(
            key="approval",
            sentence=(
                "Reddit must approve that a program answers its users: say so when you ask for access at " + _REQUEST
            ),
        ),
    ),
    rates=(
        # Reddit Data API Wiki, "Rate limits": averaged over a window of 10 minutes, counted by OAuth client.
        Rate(what="any request", requests=100, per=timedelta(minutes=1), of="app"),
    ),
    # What has been deleted there must be deleted here; Reddit names 48 hours, the desk's own rule is 24.
    delete_sync="Posts are read again through /api/info, up to 100 a request; deleted and removed ones are erased.",
    deleted_within=timedelta(hours=24),
    prices=(
        Price(
            what="request beyond the free use", key="request", micros=240, currency="USD", as_of=date(2023, 7, 1),
            of_reply=True,
            source="Reddit's announcement of its Data API's terms: 0.24 USD for 1,000 requests; contracts differ",
        ),
    ),
)  # fmt: skip
