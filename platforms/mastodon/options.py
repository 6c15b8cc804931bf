"""What a source of this platform wants to know."""

import re
from datetime import timedelta
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator

from config.base import Part, wrong
from config.durations import Duration
from domain.errors import InvalidInput
from platforms.mastodon.instances import address_of

LONGEST_STREAM: Final = timedelta(minutes=1)
_TAG: Final = re.compile(r"[\w·]+")


def _instance(value: str) -> str:
    try:
        return address_of(value)
    except InvalidInput as error:
        message, _, mend = str(error).partition("; ")
        raise wrong(f"{message}.", f"{mend[:1].upper()}{mend[1:]}") from None


def _tag(value: str) -> str:
    tag = value.strip().removeprefix("#")
    if not _TAG.fullmatch(tag):
        raise wrong(f"“{value}” isn't a hashtag.", "Write one word of letters and digits, such as fennelbikes.")
    return tag


def _short(value: timedelta) -> timedelta:
    if value > LONGEST_STREAM:
        raise wrong("Listening that long would hold up other sources.", "Write a minute or less, such as 5s.")
    return value


Instance = Annotated[str, AfterValidator(_instance)]
Tag = Annotated[str, AfterValidator(_tag)]


class Options(Part):
    """Its settings under `options:`."""

    instance: Instance | None = Field(
        default=None, description="The server, such as mastodon.social; that of the brand's account when left out."
    )
    tags: tuple[Tag, ...] = Field(default=(), max_length=30, description="Hashtags to read, without the #.")
    search: tuple[Annotated[str, Field(min_length=1, max_length=200)], ...] = Field(
        default=(), max_length=30, description="Words to search for, where the server has full-text search."
    )
    mentions: bool | None = Field(
        default=None, description="Whether to read the account's mentions; where there is a key when left out."
    )
    stream: Annotated[Duration, AfterValidator(_short)] | None = Field(
        default=None, description="How long to listen to the server's stream at each reading, such as 5s; never if not."
    )

    @model_validator(mode="after")
    def _reads_something(self) -> Self:
        if self.mentions is False and not self.tags and not self.search:
            raise wrong("Nothing is read.", "Name tags or words to search for, or leave out mentions: false.")
        return self
