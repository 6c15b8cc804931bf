"""The agenda of the weekly touchpoint, made from the figures: three to six points, each with something to decide."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from config.brand.profile import Profile
from digests import words
from digests.advocates import Advocates
from digests.failures import Failure, FailureKind
from digests.frame import Frame
from digests.goals import GoalLine, Standing
from digests.ideas import Ideas
from digests.incidents import IncidentLine
from digests.sections import Section
from digests.service import Service
from digests.spending import Spending
from digests.themes import ThemeLine, Themes

FEWEST, MOST = 3, 6
LOOK_AHEAD = timedelta(days=14)


class AgendaPoint(Section):
    """One point: what it is about, the figure behind it, and what is to be decided."""

    title: str
    why: str
    ask: str


class Touchpoint(Section):
    """The agenda, the most pressing first; `with_whom` is the client's contact, if one is known."""

    rhythm: str
    with_whom: str | None
    points: tuple[AgendaPoint, ...]


class Told(Section):
    """The sections that the agenda is made from."""

    goals: tuple[GoalLine, ...]
    spending: Spending
    failures: tuple[Failure, ...]
    advocates: Advocates
    themes: Themes
    ideas: Ideas
    service: Service
    incidents: tuple[IncidentLine, ...]


def compute_touchpoint(frame: Frame, told: Told) -> Touchpoint:
    """Return three to six points: what went wrong before what went well."""
    points = list(_points(frame, told))[:MOST]
    for spare in _spare(frame.profile, told):
        if len(points) >= FEWEST:
            break
        points.append(spare)
    contact = frame.profile.onboarding.contact
    rhythm = str(frame.profile.onboarding.feedback_rhythm)
    return Touchpoint(rhythm=rhythm, with_whom=contact.name if contact else None, points=tuple(points))


def _points(frame: Frame, told: Told) -> Iterator[AgendaPoint]:
    yield from _about_incidents(told.incidents)
    yield from _about_goals(told.goals)
    yield from _about_failures(told.failures)
    yield from _about_money(told.spending)
    yield from _about_complaints(told.themes)
    yield from _about_thanks(told.advocates)
    yield from _about_ideas(told.ideas)
    yield from _about_days(frame)


def _about_incidents(incidents: Sequence[IncidentLine]) -> Iterator[AgendaPoint]:
    for incident in incidents[:1]:
        state = "is over" if incident.closed_at else "goes on"
        yield AgendaPoint(
            title=f"The wave of complaints about {incident.cause}",
            why=f"{words.people(incident.people)} complained; it {state}, and {incident.unsolved} of {incident.cases} "
            "cases are open.",
            ask="What caused it, who tells the people who complained, and what keeps it from coming back?",
        )  # fmt: skip


_OFF = frozenset({Standing.BEHIND, Standing.MISSED, Standing.TOO_EARLY})


def _about_goals(goals: Sequence[GoalLine]) -> Iterator[AgendaPoint]:
    behind = [goal for goal in goals if goal.standing in _OFF and goal.actual is not None and goal.gap > 0]
    if behind:
        goal = max(behind, key=lambda each: each.gap)
        to_come = f", {words.figure(goal.forecast, goal.unit)} expected by then" if goal.forecast is not None else ""
        yield AgendaPoint(
            title=f"The goal furthest off: {goal.name}",
            why=f"{words.figure(goal.actual, goal.unit)} against a target of {words.figure(goal.target, goal.unit)} "
            f"by {words.day(goal.by)}{to_come}.",
            ask="Which one thing do we change this week, or is the target no longer the right one?",
        )  # fmt: skip
    blind = [goal.name for goal in goals if goal.standing is Standing.NO_DATA]
    if blind:
        yield AgendaPoint(
            title="Goals that we can't see", why=f"There is no data for: {', '.join(blind)}.",
            ask="Do we begin to measure it, or agree on a goal that can be seen?",
        )  # fmt: skip


_PRESSING = (FailureKind.LATE_ANSWER, FailureKind.GAP, FailureKind.SOURCE, FailureKind.FAILED_SEND)


def _about_failures(failures: Sequence[Failure]) -> Iterator[AgendaPoint]:
    ranked = [failure for kind in _PRESSING for failure in failures if failure.kind is kind]
    for failure in ranked[:1]:
        others = len(failures) - 1
        more = f" {others} more {'is' if others == 1 else 'are'} listed under what failed." if others else ""
        yield AgendaPoint(title="What failed", why=failure.what + more, ask=failure.proposal)


def _about_money(spending: Spending) -> Iterator[AgendaPoint]:
    ended = [(line, f"was spent in {words.month(spending.closed)}") for line in spending.closing if line.over]
    by_now = f"is spent by day {spending.day} of {spending.days}"
    over = [(line, by_now) for line in spending.lines if line.over]
    for line, when in (ended + over)[:1]:
        pace = "" if line.expected is None else f"; at this pace {words.money(line.expected, line.currency)}"
        yield AgendaPoint(
            title=f"Money: {words.kind(line.kind).lower()}",
            why=f"{words.money(line.month, line.currency)} of {words.money(line.budget, line.currency)} {when}{pace}.",
            ask="Spend less, move money from another kind, or agree on more?",
        )  # fmt: skip


def _about_complaints(themes: Themes) -> Iterator[AgendaPoint]:
    grown = [line for line in themes.complained if line.before is None or line.people > line.before]
    if grown:
        line = max(grown, key=lambda each: each.people - (each.before or 0))
        yield AgendaPoint(
            title=f"Complaints about {line.theme}", why=f"{_told_by(line, themes)}.",
            ask="Can the cause be mended, and what do we tell people until it is?",
        )  # fmt: skip


def _told_by(line: ThemeLine, themes: Themes) -> str:
    unknown = "the week before isn't known" if themes.compared else "which isn't compared with the week before"
    before = unknown if line.before is None else f"{line.before} the week before"
    return f"{line.people} people this week, {before}"


def _about_thanks(advocates: Advocates) -> Iterator[AgendaPoint]:
    if advocates.owed:
        loyal = advocates.owed_advocates
        also = f", {loyal} of them advocates" if loyal else ""
        yield AgendaPoint(
            title="Thanks that are owed",
            why=f"{words.people(advocates.owed)} who praised us and can be answered had no answer{also}.",
            ask="Who thanks them, by name, before the next touchpoint?",
        )
    if advocates.new:
        people = "One person has" if advocates.new == 1 else f"{advocates.new} people have"
        yield AgendaPoint(
            title="New advocates", why=f"{people} now praised us again and again.",
            ask="What may we do for them that isn't selling?",
        )  # fmt: skip


def _about_ideas(ideas: Ideas) -> Iterator[AgendaPoint]:
    if ideas.total:
        unanswered = f", {ideas.waiting} still to be answered" if ideas.waiting else ""
        yield AgendaPoint(
            title="Ideas from customers",
            why=f"{ideas.total} came in{unanswered}.",
            ask="Which one do we try, and who tells the person who had it?",
        )


def _about_days(frame: Frame) -> Iterator[AgendaPoint]:
    today = frame.as_of.astimezone(frame.profile.zone).date()
    for special in frame.profile.special_days:
        when = _next(special.on, today)
        if when is not None and when - today <= LOOK_AHEAD:
            yield AgendaPoint(
                title=f"Ahead: {special.name}", why=f"It is on {words.day(when)}.",
                ask=special.note or "What do we do on it, and what don't we?",
            )  # fmt: skip


def _next(month_day: str, today: date) -> date | None:
    month, day = (int(part) for part in month_day.split("-"))
    for year in (today.year, today.year + 1):
        try:
            when = date(year, month, day)
        except ValueError:  # 29 February comes in a leap year only
            continue
        if when >= today:
            return when
    return None


def _spare(profile: Profile, told: Told) -> Iterator[AgendaPoint]:
    """Points for a quiet week: what was expected, what went well, whether the goals still fit."""
    for expectation in profile.onboarding.expectations[:1]:
        yield AgendaPoint(
            title="What you expected of us", why=f"At the start it was said: “{expectation}”",
            ask="Do we live up to it? What would you notice first if we did it better?",
        )  # fmt: skip
    if told.themes.praised:
        line = told.themes.praised[0]
        yield AgendaPoint(
            title=f"Praise for {line.theme}",
            why=f"{_told_by(line, told.themes)}.",
            ask="What do we do there that we could do elsewhere?",
        )
    open_cases = told.service.open
    yield AgendaPoint(
        title="Open cases", why=f"{open_cases} open at the end of the week, {told.service.overdue} overdue.",
        ask="Is there one among them that needs a decision of yours?",
    )  # fmt: skip
    yield AgendaPoint(
        title="Goals", why=f"{len(told.goals)} agreed." if told.goals else "None is agreed yet.",
        ask="Are they still the right ones?" if told.goals else "Which two or three should we be measured by?",
    )  # fmt: skip
    yield AgendaPoint(
        title="What we should stop doing", why="A quiet week is a good one to ask.",
        ask="Which answer, source or report helps nobody any more?",
    )  # fmt: skip
