"""When the brand is there, how fast it answers, and who does it."""

from datetime import date

from pydantic import Field

from config.base import Part
from config.brand.hours import DayHours, HolidayRegion, Span, holidays_in, parse_hours
from config.durations import OpenTime, parse_open_time
from config.names import Email, Identifier
from config.places import Language
from domain.labels import Priority, Role


class Holiday(Part):
    """A day on which the brand is closed."""

    on: date = Field(description="The day, such as 2026-12-24.")
    name: str = Field(default="", description="What day it is.")


_WORKDAY = parse_hours("09:00-17:00")


class OpeningHours(Part):
    """When somebody is there, in the brand's time zone; SLA clocks run only then."""

    mon: DayHours = Field(default=_WORKDAY, description="Monday, such as 09:00-12:30, 13:30-18:00, or closed.")
    tue: DayHours = Field(default=_WORKDAY, description="Tuesday.")
    wed: DayHours = Field(default=_WORKDAY, description="Wednesday.")
    thu: DayHours = Field(default=_WORKDAY, description="Thursday.")
    fri: DayHours = Field(default=_WORKDAY, description="Friday.")
    sat: DayHours = Field(default=(), description="Saturday; closed when left out.")
    sun: DayHours = Field(default=(), description="Sunday; closed when left out.")
    holidays_of: HolidayRegion | None = Field(
        default=None,
        description="A country, or country and region, whose public holidays are kept: ZA, DE-BY.",
    )
    holidays: tuple[Holiday, ...] = Field(default=(), description="Other days on which nobody is there.")

    def on(self, day: date) -> tuple[Span, ...]:
        """Return when somebody is there on `day`, in the brand's time; nothing on a holiday."""
        if any(holiday.on == day for holiday in self.holidays):
            return ()
        if self.holidays_of and day in holidays_in(self.holidays_of, day.year):
            return ()
        return (self.mon, self.tue, self.wed, self.thu, self.fri, self.sat, self.sun)[day.weekday()]


class Target(Part):
    """How soon one priority is answered and solved, counted in opening hours: a working day of 9 to 17 is 8h."""

    first_response: OpenTime = Field(description="Until the first answer.")
    next_response: OpenTime = Field(description="Until each later answer, once the customer has written again.")
    resolution: OpenTime = Field(description="Until the case is resolved.")


def _target(first: str, following: str, resolution: str) -> Target:
    return Target(
        first_response=parse_open_time(first),
        next_response=parse_open_time(following),
        resolution=parse_open_time(resolution),
    )


class Sla(Part):
    """The service promised, by priority."""

    urgent: Target = Field(default=_target("30m", "1h", "8h"), description="For danger, outages and the law.")
    high: Target = Field(default=_target("2h", "4h", "16h"), description="For serious complaints.")
    medium: Target = Field(default=_target("4h", "8h", "24h"), description="For complaints and pressing questions.")
    low: Target = Field(default=_target("8h", "16h", "40h"), description="For everything else.")

    def of(self, priority: Priority) -> Target:
        """Return the targets of one priority."""
        return {
            Priority.LOW: self.low,
            Priority.MEDIUM: self.medium,
            Priority.HIGH: self.high,
            Priority.URGENT: self.urgent,
        }[priority]


class Member(Part):
    """Somebody who works for the brand."""

    name: str = Field(min_length=1, description="Their name.")
    login: Identifier = Field(description="What they log in with.")
    email: Email | None = Field(default=None, description="Where they are written to.")
    roles: tuple[Role, ...] = Field(
        default=(Role.SUPPORT,),
        min_length=1,
        description="community_manager, support or marketing; one or more.",
    )
    teams: tuple[Identifier, ...] = Field(default=(), description="The teams they are in, by id.")
    languages: tuple[Language, ...] = Field(default=(), description="The languages they answer in; any when left out.")


class Team(Part):
    """Some of the people, who share cases."""

    id: Identifier = Field(description="A short name that stays the same.")
    name: str = Field(min_length=1, description="Its name.")


class Staff(Part):
    """Who works for the brand."""

    people: tuple[Member, ...] = Field(default=(), description="The people.")
    teams: tuple[Team, ...] = Field(default=(), description="The teams.")
