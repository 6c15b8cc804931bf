"""What the brand listens for and where, and which accounts are its own."""

from enum import StrEnum

from pydantic import Field, JsonValue

from config.base import Part
from config.names import Identifier, PlatformName, SecretName
from config.places import Language, Money


class Purpose(StrEnum):
    """What is done with a match: `engage` drafts a reply, `watch` only counts it."""

    ENGAGE = "engage"
    WATCH = "watch"


class Query(Part):
    """The words that the brand is listened for by."""

    name: Identifier = Field(description="A short name that stays the same, such as brand or roaster.")
    expression: str = Field(
        min_length=1,
        description='Words, "phrases", #hashtags, @handles and prefix*, joined with AND, OR, NOT and parentheses.',
    )
    languages: tuple[Language, ...] = Field(default=(), description="Only posts in these languages; any when left out.")
    platforms: tuple[PlatformName, ...] = Field(default=(), description="Only on these platforms; any when left out.")
    purpose: Purpose = Field(default=Purpose.ENGAGE, description="engage drafts replies; watch only counts.")
    rival: str | None = Field(default=None, description="The competitor this query watches, for the share of voice.")

    @property
    def drafts_replies(self) -> bool:
        """False where matches are only counted: posts about a rival are never answered."""
        return self.purpose is Purpose.ENGAGE and self.rival is None


class Account(Part):
    """An account of the brand's own: what it writes is never a mention, and replies go out from it."""

    platform: PlatformName = Field(description="The platform it is on.")
    handle: str = Field(min_length=1, description="Its name there, with or without the @.")
    id: str | None = Field(
        default=None, description="Its id there, where the platform has one; it outlives a new handle."
    )
    publish: bool = Field(default=True, description="Whether replies may go out from it.")
    records: dict[str, str] = Field(
        default_factory=dict,
        description="What its platform demands on record before it may answer, such as approval: when it was given.",
    )
    options: dict[str, JsonValue] = Field(
        default_factory=dict, description="What its platform wants to know, such as instance: for Mastodon."
    )
    budget: Money | None = Field(default=None, description="The most that answering may cost a month.")
    credentials: dict[str, SecretName] = Field(
        default_factory=dict,
        description="Its keys by what they are, each giving the name of a secret.",
    )


class Bot(Part):
    """A bot that is not the brand's; it is answered once at most."""

    platform: PlatformName = Field(description="The platform it is on.")
    handle: str = Field(min_length=1, description="Its name there, with or without the @.")


class Answering(StrEnum):
    """How a platform is answered."""

    REVIEWED = "reviewed"
    BY_HAND = "by_hand"
    NEVER = "never"


class PlatformUse(Part):
    """How one platform is used for this brand."""

    listen: bool = Field(default=True, description="Whether posts from it become mentions.")
    answer: Answering = Field(
        default=Answering.REVIEWED,
        description="reviewed: Earnest sends what a person approved; by_hand: a person posts it; never: only counted.",
    )
    account: str | None = Field(default=None, description="The handle that answers, where there are several.")
