"""What the brand answers: canned responses, what may go out unattended, how often, and goodwill."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from config.base import Part, wrong
from config.brand.wording import Worded, Wording
from config.durations import Duration, parse_duration
from config.names import Identifier, PlatformName, ShortCode
from config.places import Language, Money
from domain.labels import Intent, Role


class Tone(StrEnum):
    """The note a canned response strikes; the drafter picks one that suits the mention."""

    WARM = "warm"
    PLAYFUL = "playful"
    PLAIN = "plain"
    CALM = "calm"
    APOLOGETIC = "apologetic"
    FORMAL = "formal"


class Canned(Worded):
    """A canned response: a text with placeholders, and what it suits."""

    short_code: ShortCode = Field(description="What people type after a slash to insert it, such as thanks.")
    intents: tuple[Intent, ...] = Field(min_length=1, description="The intents it answers.")
    themes: tuple[str, ...] = Field(default=(), description="The themes it answers; any when left out.")
    products: tuple[Identifier, ...] = Field(
        default=(), description="The products it is about, by id; any when left out."
    )
    tones: tuple[Tone, ...] = Field(default=(Tone.PLAIN,), description="The notes it strikes.")
    platforms: tuple[PlatformName, ...] = Field(default=(), description="The platforms it suits; any when left out.")


def _unattended(intent: Intent) -> Intent:
    if intent not in {Intent.PRAISE, Intent.QUESTION, Intent.SUGGESTION}:
        raise wrong(
            f"A mention of intent {intent} always goes to a person.",
            "Write praise, question or suggestion, or remove the rule.",
        )
    return intent


UnattendedIntent = Annotated[Intent, AfterValidator(_unattended)]


class AutoSend(Part):
    """What may go out without a person, if the operator's file allows the same; nothing does by default."""

    intent: UnattendedIntent = Field(description="praise, question or suggestion; a complaint always meets a person.")
    platform: PlatformName = Field(description="The platform.")
    short_codes: tuple[ShortCode, ...] = Field(
        default=(), description="Only these canned responses; any when left out."
    )
    languages: tuple[Language, ...] = Field(default=(), description="Only in these languages; any when left out.")
    min_confidence: float = Field(
        default=0.95, ge=0.5, le=1, description="The least confidence in the intent, 0.5 to 1."
    )
    max_per_day: int = Field(default=20, ge=1, description="The most replies a day under this rule.")


class ContactCap(Part):
    """How often one person may be written to, so that nobody feels chased."""

    replies: int = Field(default=3, ge=1, description="The most replies to one person…")
    per: Duration = Field(default=parse_duration("7d"), description="…within this time.")


class Gesture(Wording):
    """Goodwill that may be offered, with its cost."""

    id: Identifier = Field(description="A short name that stays the same.")
    name: str = Field(min_length=1, description="What it is, such as “a bag of beans”.")
    cost: Money = Field(description="What one costs the brand, such as 12.50 EUR.")
    monthly_limit: int = Field(default=10, ge=0, description="The most a month, over all customers.")
    per_person_limit: int = Field(default=1, ge=1, description="The most a year to one person.")
    intents: tuple[Intent, ...] = Field(default=(Intent.COMPLAINT,), description="When it may be offered.")
    approved_by: Role | None = Field(
        default=None, description="The role that must agree; anyone who approves when left out."
    )
