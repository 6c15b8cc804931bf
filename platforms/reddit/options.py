"""What a source on Reddit wants to know."""

import re
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator

from config.base import Part, wrong
from config.places import Money
from domain.errors import InvalidInput
from platforms.prices import prices_of
from platforms.reddit import FACTS

# Reddit takes no longer search.
QUERY_CAP: Final = 512
_SUBREDDIT: Final = re.compile(r"(?:/?r/)?(\w{2,24})/?", re.ASCII)


def _subreddit(value: str) -> str:
    found = _SUBREDDIT.fullmatch(value)
    if not found:
        raise wrong(f"“{value}” isn't a subreddit.", "Write its name as in its address, such as coffee.")
    return found[1]


def _words(value: str) -> str:
    if '"' in value:
        raise wrong("Words are searched for as they stand; they need no quotation marks.", "Leave them out.")
    return value


Subreddit = Annotated[str, AfterValidator(_subreddit)]
Words = Annotated[str, Field(min_length=2, max_length=200), AfterValidator(_words)]


class Options(Part):
    """Its settings under `options:`."""

    search: bool = Field(default=True, description="Whether submissions all over Reddit are searched.")
    words: tuple[Words, ...] = Field(
        default=(), max_length=60, description="What is searched for; the words of the brand's queries when left out."
    )
    subreddits: tuple[Subreddit, ...] = Field(
        default=(), max_length=60, description="Subreddits whose new submissions and comments are all looked through."
    )
    comments: bool = Field(default=True, description="Whether the comments of those subreddits are read too.")
    inbox: bool | None = Field(
        default=None,
        description="Whether mentions of the account and answers to it are read; where the keys are an account's when "
        "left out.",
    )
    prices: dict[str, Money] = Field(
        default_factory=dict, description="Prices other than those known, such as request: 0 USD."
    )

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        if not self.search and not self.subreddits and self.inbox is False:
            raise wrong("Nothing is read.", "Name subreddits, or leave out search: false or inbox: false.")
        try:
            prices_of(FACTS, {"prices": self.prices})
        except InvalidInput as error:
            raise wrong(str(error), "See the prices on docs/platforms/reddit.md.") from None
        return self
