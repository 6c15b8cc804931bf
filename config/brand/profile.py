"""The whole of a brand file."""

from zoneinfo import ZoneInfo

from pydantic import Field

from config.base import Part
from config.brand.answers import AutoSend, Canned, ContactCap, Gesture
from config.brand.goals import Goal, SpendKind
from config.brand.keeping import Keeping
from config.brand.knowledge import Fact, Product, Promise
from config.brand.listening import Account, Answering, Bot, PlatformUse, Query
from config.brand.outgoing import Webhook
from config.brand.reporting import DigestPlan, Onboarding, SpecialDay
from config.brand.service import OpeningHours, Sla, Staff
from config.brand.sources import Source
from config.brand.voice import Voice
from config.durations import Duration, parse_duration
from config.names import Identifier, PlatformName, Slug
from config.places import Language, Money, TimeZone


class Profile(Part):
    """One brand: who it is, how it speaks, what it may say, whom it serves and what was agreed.

    Only the shape is checked here, so that an old revision can always be read. `config.loading` also checks what
    its parts say of each other: cited facts, people, teams, platforms.
    """

    slug: Slug = Field(description="The brand's short name, in addresses and commands; never changes.")
    name: str = Field(min_length=1, description="The brand's name, as replies write it.")
    about: str = Field(default="", description="What the brand does, in a sentence or two.")
    languages: tuple[Language, ...] = Field(
        default=("en",),
        min_length=1,
        description="The languages it answers in; texts are in the first unless said.",
    )
    time_zone: TimeZone = Field(description="Where its days and weeks begin, such as Europe/Berlin.")
    voice: Voice = Field(default=Voice(), description="How it speaks.")
    products: tuple[Product, ...] = Field(default=(), description="What it sells, and what people call it.")
    facts: tuple[Fact, ...] = Field(default=(), description="What replies may state.")
    promises: tuple[Promise, ...] = Field(default=(), description="What replies may promise.")
    canned_responses: tuple[Canned, ...] = Field(default=(), description="The texts that drafts are made of.")
    gestures: tuple[Gesture, ...] = Field(default=(), description="Goodwill that may be offered.")
    queries: tuple[Query, ...] = Field(min_length=1, description="What it is listened for by.")
    accounts: tuple[Account, ...] = Field(default=(), description="Its own accounts; what they write is no mention.")
    known_bots: tuple[Bot, ...] = Field(default=(), description="Bots of others; each is answered once at most.")
    platforms: dict[PlatformName, PlatformUse] = Field(
        default_factory=dict,
        description="How each platform is used; one that isn't listed is answered by hand.",
    )
    sources: tuple[Source, ...] = Field(default=(), description="Where posts come from.")
    opening_hours: OpeningHours = Field(default=OpeningHours(), description="When somebody is there.")
    sla: Sla = Field(default=Sla(), description="How soon people are answered, by priority.")
    answer_window: Duration = Field(
        default=parse_duration("7d"),
        description="Older posts are counted, but never drafted, clocked or notified.",
    )
    follow_up_after: Duration = Field(
        default=parse_duration("3d"),
        description="When to ask how things are, after a case is resolved.",
    )
    contact_cap: ContactCap = Field(default=ContactCap(), description="How often one person may be written to.")
    staff: Staff = Field(default=Staff(), description="Who works for it.")
    account_manager: Identifier | None = Field(default=None, description="The login of the person who answers for it.")
    approvals: int = Field(default=1, ge=1, le=5, description="How many people must approve a reply.")
    auto_send: tuple[AutoSend, ...] = Field(
        default=(), description="What may go out without a person; nothing by default."
    )
    goals: tuple[Goal, ...] = Field(default=(), description="What was agreed with the client.")
    budget: dict[SpendKind, Money] = Field(
        default_factory=dict,
        description="What may be spent a month, by kind: platform_calls, gestures, hours.",
    )
    digest: DigestPlan = Field(default=DigestPlan(), description="Who gets the weekly digest, and when.")
    onboarding: Onboarding = Field(default=Onboarding(), description="What the client said when the work began.")
    special_days: tuple[SpecialDay, ...] = Field(default=(), description="Days of the year to remember.")
    retention: Keeping = Field(
        default=Keeping(), description="How long its posts are kept, where that differs from the operator's settings."
    )
    webhooks: tuple[Webhook, ...] = Field(
        default=(), description="Other systems that are told when a post is erased, to erase their copies."
    )

    @property
    def first_language(self) -> str:
        """The language that texts are in unless they say otherwise."""
        return self.languages[0]

    def use_of(self, platform: str) -> PlatformUse:
        """Return how a platform is used: as listed, or listened to and answered by hand."""
        return self.platforms.get(platform) or PlatformUse(answer=Answering.BY_HAND)

    @property
    def zone(self) -> ZoneInfo:
        """The brand's time zone."""
        return ZoneInfo(self.time_zone)
