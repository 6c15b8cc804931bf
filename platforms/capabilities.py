"""The capability record of a platform: it drives the desk and the gate, so that neither names a platform."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from platforms.counting import count_characters

Count = Callable[[str], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What one thing costs on a platform, in micro-units; prices change, so each says when it was true.

    `key` is the name by which an operator gives another under `options: {prices: ...}`. `of_reply` marks what a reply
    may cost, and `with_link` one that is asked only for a text with a link.
    """

    what: str
    micros: int
    currency: str
    as_of: date
    source: str
    key: str = ""
    of_reply: bool = False
    with_link: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How many requests of one kind a platform takes in so much time; `of` names whose: the app's or the account's."""

    what: str
    requests: int
    per: timedelta
    of: str = "account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What must be on record before the platform may be used: the account's `records:` holds when and how it was done.

    `key` is the record's name, `sentence` says what is demanded and where to get it.
    """

    key: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What can be done on one platform, and by what rules.

    `max_length` is in the unit that `count` returns, None where there is no limit. `lag` is how long a reply may
    take to show up when the thread is read; `absence_is_certain` says that after it, not found means not sent.
    """

    platform: str
    name: str
    can_search: bool = False
    can_stream: bool = False
    can_read_threads: bool = False
    can_reply: bool = False
    can_edit: bool = False
    can_delete: bool = False
    can_react: bool = False
    # The most pictures a post may carry.
    most_media: int = 0
    max_length: int | None = None
    count: Count = count_characters
    counted_in: str = "characters"
    lag: timedelta = timedelta(minutes=2)
    absence_is_certain: bool = False
    # The account may answer only where the author mentioned or quoted it.
    must_be_summoned: bool = False
    one_reply_per_interaction: bool = False
    answered_at: str | None = None
    # What must be recorded before an account may answer, and before a source may be read.
    demands_to_answer: tuple[Demand, ...] = ()
    demands_to_read: tuple[Demand, ...] = ()
    # What must be recorded besides before a reply may go out without a person's approval.
    demands_unattended: tuple[Demand, ...] = ()
    rates: tuple[Rate, ...] = ()
    # Whether its authors may be joined with those of other platforms as one person.
    links_people: bool = True
    # How deletions are noticed, and within what time the platform wants them followed.
    delete_sync: str | None = None
    deleted_within: timedelta = timedelta(hours=24)
    prices: tuple[Price, ...] = ()

    def fits(self, text: str) -> bool:
        """Say whether `text` is short enough for one post."""
        return self.max_length is None or self.count(text) <= self.max_length
