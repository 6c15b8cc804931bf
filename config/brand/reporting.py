"""The weekly digest, how the client was taken on, and days to remember."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from config.base import Part
from config.names import Email
from config.places import Language, MonthDay


class Weekday(StrEnum):
    """A day of the week."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"

    @property
    def number(self) -> int:
        """0 for Monday to 6 for Sunday, as `date.weekday` counts."""
        return list(Weekday).index(self)


class DigestPlan(Part):
    """Who gets the weekly digest, and when."""

    recipients: tuple[Email, ...] = Field(
        default=(), description="Where it is mailed; only a page is made when left out."
    )
    weekday: Weekday = Field(default=Weekday.MON, description="The day on which last week's is made: mon to sun.")
    hour: int = Field(default=8, ge=0, le=23, description="The hour of that day, in the brand's time zone.")
    languages: tuple[Language, ...] = Field(default=(), description="Its languages; the brand's first when left out.")


class Rhythm(StrEnum):
    """How often client and team sit down together."""

    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"


class Tried(Part):
    """Something that was tried before."""

    what: str = Field(min_length=1, description="What was tried.")
    result: str = Field(default="", description="What came of it, candidly.")
    when: str = Field(default="", description="Roughly when.")


class Contact(Part):
    """Whom to talk to on the client's side."""

    name: str = Field(min_length=1, description="Their name.")
    email: Email | None = Field(default=None, description="Their mail address.")
    phone: str | None = Field(default=None, description="Their telephone number, in quotes.")


class Onboarding(Part):
    """What the client said when the work began."""

    began_on: date | None = Field(default=None, description="The day the work began.")
    tried_before: tuple[Tried, ...] = Field(default=(), description="What was tried before, and what came of it.")
    expectations: tuple[str, ...] = Field(default=(), description="What the client expects, in their words.")
    contact: Contact | None = Field(default=None, description="Whom to talk to on the client's side.")
    feedback_rhythm: Rhythm = Field(
        default=Rhythm.WEEKLY,
        description="How often client and team talk: weekly, fortnightly or monthly.",
    )


class SpecialDay(Part):
    """A day of the year that the brand remembers."""

    name: str = Field(min_length=1, description="What day it is.")
    on: MonthDay = Field(description="Month and day, such as 11-05.")
    note: str = Field(default="", description="What to do on it, or what to be careful about.")
