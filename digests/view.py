"""A snapshot in the words that people read, for the page, the mail and the plain text alike."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from config.brand.goals import Unit
from digests import words
from digests.charts import shown_weeks, week_label
from digests.figures import Figures
from digests.goals import GoalLine, Standing
from digests.models import tell_models
from digests.spending import Spending, SpendLine
from digests.texts import Quote, Texts
from digests.themes import ThemeLine
from digests.volumes import UNSORTED
from domain.time import Week

STANDINGS = {
    Standing.REACHED: "reached", Standing.ON_TRACK: "on track", Standing.BEHIND: "behind", Standing.MISSED: "missed",
    Standing.TOO_EARLY: "too early to say", Standing.NO_DATA: "no data",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalView:
    """A goal in words; `mood` is good, bad or quiet."""

    id: str
    name: str
    target: str
    by: str
    actual: str
    change: str
    forecast: str
    how: str
    basis: str
    standing: str
    mood: str
    baseline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendView:
    """One kind of spending in words; `percent` is how much of the budget is spent, for a bar."""

    name: str
    week: str
    detail: str
    month: str
    budget: str
    expected: str
    note: str
    over: bool
    percent: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerView:
    """Somebody who praised the brand, with what they said."""

    name: str
    badge: str
    thanked: bool
    owed: bool
    quotes: tuple[Quote, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeView:
    """A theme in words, with one quote where one is still kept; `percent` is for a bar."""

    theme: str
    people: int
    before: str
    percent: int
    quote: Quote | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A chart's numbers: a head and rows of cells."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything that the templates write; `figures` stands beside it for what needs no words."""

    figures: Figures
    texts: Texts
    title: str
    week: str
    dates: str
    made: str
    praise: str
    ideas: str
    goals: tuple[GoalView, ...]
    spending: tuple[SpendView, ...]
    closing: str
    speakers: tuple[SpeakerView, ...]
    praised: tuple[ThemeView, ...]
    complained: tuple[ThemeView, ...]
    served: tuple[tuple[str, str, str, str], ...]
    voices: tuple[tuple[str, str, str, int], ...]
    intents: Table
    sentiments: Table
    models: tuple[str, ...]


def make_view(figures: Figures, texts: Texts) -> View:
    """Return a snapshot in words, with the quotes and names that are still kept."""
    week, zone = Week.parse(figures.week), ZoneInfo(figures.zone)
    sunday = week.monday + timedelta(days=6)
    made = figures.made_at.astimezone(zone)
    return View(
        figures=figures, texts=texts, title=f"{figures.brand}: {words.week_name(week)}", week=words.week_name(week),
        praise=_praise(figures), ideas=_ideas(figures),
        dates=f"{words.day(week.monday)} to {words.day(sunday)}", made=f"{words.day(made)}, {made:%H:%M}",
        goals=tuple(map(_goal, figures.goals)), spending=tuple(map(_spend, figures.spending.lines)),
        closing=_closing(figures.spending),
        speakers=_speakers(figures, texts), praised=_themes(figures, figures.themes.praised, texts),
        complained=_themes(figures, figures.themes.complained, texts), served=_served(figures), voices=_voices(figures),
        intents=_intents(figures), sentiments=_sentiments(figures),
        models=tell_models(shown_weeks(figures.volumes)),
    )  # fmt: skip


def _praise(figures: Figures) -> str:
    told = figures.advocates
    if not figures.coverage.known:
        return "No data."
    loyal = "No advocates yet." if not told.total else f"{told.total} advocate{'' if told.total == 1 else 's'}"
    if told.total:
        loyal += f", {told.new} of them new." if told.new else ", none of them new."
    if not told.praising:
        return f"{loyal} Nobody praised you this week."
    return f"{loyal} {words.people(told.praising)} praised you this week; {told.thanked or 'nobody'} of them thanked."


def _ideas(figures: Figures) -> str:
    if not figures.coverage.known:
        return "No data."
    return f"{figures.ideas.total} this week, {figures.ideas.credited} answered." if figures.ideas.total else "None."


def _goal(goal: GoalLine) -> GoalView:
    mood = {Standing.REACHED: "good", Standing.ON_TRACK: "good", Standing.BEHIND: "bad", Standing.MISSED: "bad"}
    basis = f"{goal.basis}. {goal.caveat}".strip() if goal.caveat else goal.basis
    return GoalView(
        id=goal.id, name=goal.name, target=words.figure(goal.target, goal.unit), by=words.day(goal.by),
        actual=words.figure(goal.actual, goal.unit), change=_change(goal),
        forecast=words.figure(goal.forecast, goal.unit) if goal.forecast is not None else "not yet",
        how=goal.how, basis=basis, standing=STANDINGS[goal.standing], mood=mood.get(goal.standing, "quiet"),
        baseline=words.figure(goal.baseline, goal.unit) if goal.baseline is not None else "",
    )  # fmt: skip


def _change(goal: GoalLine) -> str:
    # Where this week isn't compared with others, its caveat says so.
    is_apart = bool(goal.series) and goal.series[-1].value is None
    return "" if is_apart else words.change(goal.actual, goal.previous, goal.unit)


def _spend(line: SpendLine) -> SpendView:
    extra = [
        f"{line.seconds / 3600:.1f} h" if line.seconds else "",
        f"{line.calls:,} {'call' if line.calls == 1 else 'calls'}" if line.calls else "",
    ]
    detail = ", ".join(filter(None, extra))
    return SpendView(
        name=words.kind(line.kind), week=words.money(line.week, line.currency), detail=detail,
        month=words.money(line.month, line.currency),
        budget=words.money(line.budget, line.currency) if line.budget is not None else "none agreed",
        expected="" if line.expected is None else words.money(line.expected, line.currency), note=line.note,
        over=line.over,
        percent=None if line.share is None else min(100, round(line.share * 100)),
    )  # fmt: skip


def _closing(spending: Spending) -> str:
    """Return how the month that ended within the week came out, in a sentence; empty in most weeks."""
    if not spending.closing:
        return ""
    told = []
    for line in spending.closing:
        budget = f" of {words.money(line.budget, line.currency)}" if line.budget is not None else ", none agreed"
        over = " (over budget)" if line.over else ""
        told.append(f"{words.kind(line.kind)} {words.money(line.month, line.currency)}{budget}{over}")
    return f"{words.month(spending.closed)} ended this week: {'; '.join(told)}."


def _speakers(figures: Figures, texts: Texts) -> tuple[SpeakerView, ...]:
    views = []
    for speaker in figures.advocates.speakers:
        quotes = tuple(texts.quotes[key] for key in speaker.mention_ids if key in texts.quotes)
        # Somebody who was joined with another person since has their name with their words.
        name = texts.names.get(speaker.person_id) or next((quote.who for quote in quotes), None)
        if name is None:
            continue  # erased since: counted, never named
        badge = "new advocate" if speaker.new else "advocate" if speaker.advocate else ""
        views.append(
            SpeakerView(
                name=name, badge=badge, thanked=speaker.thanked, owed=speaker.owed, quotes=quotes,
                more=max(0, speaker.praises - len(speaker.mention_ids)),
            )
        )  # fmt: skip
    return tuple(views)


def _themes(figures: Figures, lines: tuple[ThemeLine, ...], texts: Texts) -> tuple[ThemeView, ...]:
    most = max((line.people for line in lines), default=1)
    unknown = words.unknown_before(compared=figures.themes.compared)
    return tuple(
        ThemeView(
            theme=line.theme, people=line.people, percent=round(100 * line.people / most),
            before=unknown if line.before is None else f"{line.before} last week",
            quote=texts.first(line.mention_ids),
        )
        for line in lines
    )  # fmt: skip


def _served(figures: Figures) -> tuple[tuple[str, str, str, str], ...]:
    return tuple(
        (
            words.METRICS[line.metric], words.figure(line.value, line.metric.unit),
            words.change(line.value, line.before, line.metric.unit, compared=line.compared), line.basis,
        )
        for line in figures.service.figures
    )  # fmt: skip


def _voices(figures: Figures) -> tuple[tuple[str, str, str, int], ...]:
    return tuple(
        (
            voice.name,
            words.share(voice.share),
            words.change(voice.share, voice.before, Unit.SHARE, compared=voice.compared),
            round(voice.share * 100),
        )
        for voice in figures.volumes.voices
    )


def _intents(figures: Figures) -> Table:
    weeks = shown_weeks(figures.volumes)
    names: tuple[str, ...] = ("praise", "complaint", "question", "suggestion", "other", "abstained")
    if any((week.intents or {}).get(UNSORTED) for week in weeks):
        names = (*names, UNSORTED)
    head = ("Week", *(words.intent(name).capitalize() for name in names), "All")
    rows = []
    for week in weeks:
        if week.intents is None:
            least = f"at least {week.heard_at_least}" if week.heard_at_least else words.NO_DATA
            rows.append((week_label(week), *("–" for _ in names), least))
        else:
            counts = (str(week.intents.get(name, 0)) for name in names)
            rows.append((week_label(week), *counts, str(week.total)))
    return Table(head=head, rows=tuple(rows))


def _sentiments(figures: Figures) -> Table:
    rows = []
    for week in shown_weeks(figures.volumes):
        tones = week.sentiments
        counts = (
            ("–", "–", words.NO_DATA)
            if tones is None
            else tuple(str(tones[name]) for name in ("positive", "neutral", "negative"))
        )
        rows.append((week_label(week), *counts))
    return Table(head=("Week", "Positive", "Neutral", "Negative"), rows=tuple(rows))
