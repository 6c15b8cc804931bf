"""The closed vocabularies: what a mention can be, whom it concerns, how soon."""

from enum import StrEnum


class Intent(StrEnum):
    """What the brand must do with a mention; `abstained` when the model isn't sure enough."""

    PRAISE = "praise"
    COMPLAINT = "complaint"
    QUESTION = "question"
    SUGGESTION = "suggestion"
    OTHER = "other"
    ABSTAINED = "abstained"


INTENTS: tuple[Intent, ...] = tuple(intent for intent in Intent if intent is not Intent.ABSTAINED)


class Sentiment(StrEnum):
    """Towards the brand when one is given, overall polarity when none is."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"


class Priority(StrEnum):
    """How soon a conversation or case must be answered, lowest first."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    URGENT = "urgent"

    @property
    def rank(self) -> int:
        """0 for low to 3 for urgent, for ordering."""
        return list(Priority).index(self)


class Tier(StrEnum):
    """The customer pyramid, by value to the brand."""

    PLATINUM = "platinum"
    GOLD = "gold"
    IRON = "iron"
    LEAD = "lead"


class Stage(StrEnum):
    """Where a person stands in the customer life cycle."""

    REACH = "reach"
    ACQUISITION = "acquisition"
    DEVELOPMENT = "development"
    RETENTION = "retention"
    ADVOCACY = "advocacy"


class Role(StrEnum):
    """What a user does at the desk."""

    ADMIN = "admin"
    COMMUNITY_MANAGER = "community_manager"
    SUPPORT = "support"
    MARKETING = "marketing"


class PostKind(StrEnum):
    """What sort of post a mention is on its platform."""

    POST = "post"
    REPLY = "reply"
    REVIEW = "review"
    ARTICLE = "article"


class Use(StrEnum):
    """What a set of credentials may do; the two are encrypted with keys of their own."""

    READ = "read"
    WRITE = "write"
