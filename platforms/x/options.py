"""What a source on X wants to know."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from config.base import Part, wrong
from config.durations import Duration, parse_duration
from config.places import Money
from domain.errors import InvalidInput
from platforms.prices import prices_of
from platforms.x import FACTS

QUERY_CAP = 512


class Listing(StrEnum):
    """What is read."""

    MENTIONS = "mentions"
    OWN = "own"
    SEARCH = "search"
    STREAM = "stream"


def _check_query(value: str) -> str:
    if len(value) > QUERY_CAP:
        raise wrong(
            f"The query has {len(value)} characters, and X takes {QUERY_CAP}.", "Shorten it, or write two sources."
        )
    return value


class Options(Part):
    """Its settings under `options:`."""

    read: tuple[Listing, ...] = Field(
        default=(Listing.MENTIONS, Listing.OWN, Listing.SEARCH),
        min_length=1,
        description="mentions of the account, its own posts, a search, the filtered stream with a search behind it.",
    )
    query: Annotated[str, AfterValidator(_check_query)] | None = Field(
        default=None, min_length=1, description="A query in X's own words; the brand's queries when left out."
    )
    user_id: str | None = Field(
        default=None, pattern=r"^\d{1,19}$", description="The account's id; looked up by its handle when left out."
    )
    overlap: Duration = Field(
        default=FACTS.lag, description="How much is read again each time, for posts that show up late."
    )
    stream_for: Duration = Field(
        default=parse_duration("10s"), description="How long one reading listens to the stream."
    )
    stream_posts: int = Field(default=200, ge=1, le=5_000, description="The most posts one reading takes from it.")
    compliance_from: int = Field(
        default=20,
        ge=1,
        description="From so many posts on, deletions are asked for in a compliance job, which is free.",
    )
    prices: dict[str, Money] = Field(
        default_factory=dict, description="Prices other than those known, such as post_read: 0.004 USD."
    )

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        if self.stream_for > timedelta(minutes=2):
            raise wrong("Listening for so long keeps other sources waiting.", "Write at most 2m.")
        try:
            prices_of(FACTS, {"prices": self.prices})
        except InvalidInput as error:
            raise wrong(str(error), "See the prices on docs/platforms/x.md.") from None
        return self
