"""The digest in plain text, for who reads mail without pictures or mark-up: the same order, the same figures."""

from collections.abc import Iterator, Sequence
from textwrap import fill
from zoneinfo import ZoneInfo

from digests import words
from digests.figures import Figures
from digests.texts import Quote, Texts
from digests.view import SpeakerView, Table, ThemeView, View, make_view

WIDTH = 76


def render_text(figures: Figures, texts: Texts, *, desk: str | None = None) -> str:
    """Return the digest as plain text, wrapped at 76 characters; `desk` is its address at the desk."""
    view = make_view(figures, texts)
    parts = [
        _head(view), _goals(view), _money(view), _failures(view), _advocates(view), _themes(view), _ideas(view),
        _volumes(view), _service(view), _agenda(view), _foot(view, desk),
    ]  # fmt: skip
    return "\n".join(line.rstrip() for part in parts for line in part) + "\n"


def _head(view: View) -> Iterator[str]:
    yield f"{view.figures.brand.upper()}: {view.week}"
    yield view.dates
    if view.figures.partial:
        yield from ("", *_wrap("This week isn't over: these figures are a look at it so far, and aren't kept."))
    if view.figures.coverage.note:
        missing = "What was posted then may be missing below."
        more = missing if view.figures.coverage.known else "There is nothing to report about what was said."
        yield from ("", *_wrap(f"Note: {view.figures.coverage.note} {more}"))


def _title(text: str) -> Iterator[str]:
    yield from ("", "", text.upper(), "-" * len(text))


def _wrap(text: str, *, first: str = "", rest: str = "") -> list[str]:
    return fill(text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False).split("\n")


def _goals(view: View) -> Iterator[str]:
    yield from _title("Goals")
    if not view.goals:
        yield "No goals are agreed yet."
    for goal in view.goals:
        yield from _wrap(f"{goal.name} ({goal.standing})", first="* ", rest="  ")
        yield f"  now {goal.actual}, target {goal.target} by {goal.by}, forecast {goal.forecast}"
        change = f"{goal.change[:1].upper()}{goal.change[1:]}. " if goal.change else ""
        began = f"It began at {goal.baseline}. " if goal.baseline else ""
        yield from _wrap(
            f"{change}{began}{goal.basis[:1].upper()}{goal.basis[1:].rstrip('.')}. {goal.how}", first="  ", rest="  "
        )


def _money(view: View) -> Iterator[str]:
    yield from _title("Money and time")
    spending = view.figures.spending
    if not view.spending:
        yield "No budget is agreed and nothing was spent."
    yield f"The month so far, by day {spending.day} of {spending.days}."
    for line in view.spending:
        over = "  OVER BUDGET" if line.over else ""
        detail = f" ({line.detail})" if line.detail else ""
        yield f"* {line.name}: {line.month} of {line.budget}{over}"
        pace = f"; at this pace {line.expected}" if line.expected else ""
        yield from _wrap(f"this week {line.week}{detail}{pace}. {line.note}", first="  ", rest="  ")
    if view.closing:
        yield from _wrap(view.closing)


def _failures(view: View) -> Iterator[str]:
    yield from _title("What failed, and what we propose")
    figures = view.figures
    for incident in figures.incidents:
        zone = ZoneInfo(figures.zone)
        state = f"over since {words.day(incident.closed_at, zone)}" if incident.closed_at else "not over yet"
        people = f"{words.people(incident.people)} since {words.day(incident.opened_at, zone)}"
        told = f"A wave of complaints about {incident.cause}: {people}, {state}; "
        yield from _wrap(f"{told}{incident.unsolved} of {incident.cases} cases are open.", first="* ", rest="  ")
    if not figures.failures and not figures.incidents:
        yield "Nothing that Earnest knows of." if figures.coverage.known else "It isn't known: nothing was listened to."
    for failure in figures.failures:
        yield from _wrap(failure.what, first="* ", rest="  ")
        yield from _wrap(failure.proposal, first="  -> ", rest="     ")


def _advocates(view: View) -> Iterator[str]:
    yield from _title("Who speaks well of you")
    told = view.figures.advocates
    yield from _wrap(view.praise)
    for speaker in view.speakers:
        yield from _speaker(speaker)
    if told.others:
        yield f"And {told.others} more."
    for referral in view.figures.referrals:
        names = view.texts.name(referral.referred_by), view.texts.name(referral.person_id)
        yield from _wrap(f"{names[0]} brought {names[1]}: a thank-you is due.", first="* ", rest="  ")


def _speaker(speaker: SpeakerView) -> Iterator[str]:
    thanks = "thanked" if speaker.thanked else "NOT THANKED YET" if speaker.owed else ""
    badges = ", ".join(filter(None, (speaker.badge, thanks)))
    yield from _wrap(f"{speaker.name} ({badges})" if badges else speaker.name, first="* ", rest="  ")
    for quote in speaker.quotes:
        yield from _quote(quote)


def _quote(quote: Quote) -> Iterator[str]:
    yield from _wrap(f"“{quote.text}”", first="  ", rest="  ")
    if quote.url:
        yield f"  {quote.url}"


def _themes(view: View) -> Iterator[str]:
    yield from _title("What people praise and complain about")
    told = view.figures.themes
    if told.before_note:
        yield from _wrap(f"Note: {told.before_note}")
    for name, themes, unnamed in (
        ("Praise", view.praised, told.praised_unnamed), ("Complaints", view.complained, told.complained_unnamed),
    ):  # fmt: skip
        yield f"{name}:"
        if not themes:
            yield "  no theme that two people share" if view.figures.coverage.known else "  no data"
        for theme in themes:
            yield from _theme(theme)
        if unnamed:
            yield f"  {unnamed} more about things that nobody else mentioned."


def _theme(theme: ThemeView) -> Iterator[str]:
    yield from _wrap(f"{theme.theme}: {theme.people} people, {theme.before}", first="* ", rest="  ")
    if theme.quote:
        yield from _wrap(f"“{theme.quote.text}” ({theme.quote.who}, {theme.quote.platform})", first="  ", rest="  ")


def _ideas(view: View) -> Iterator[str]:
    yield from _title("Ideas")
    yield view.ideas
    for idea in view.figures.ideas.listed:
        quote = view.texts.quotes.get(idea.mention_id)
        if quote:
            waits = " (answered)" if idea.answered else " (NOT ANSWERED YET)" if idea.wanted else ""
            yield from _wrap(f"{view.texts.name(idea.person_id)}{waits}", first="* ", rest="  ")
            yield from _quote(quote)
    if view.figures.ideas.others:
        yield f"And {view.figures.ideas.others} more at the desk."


def _volumes(view: View) -> Iterator[str]:
    yield from _title("How much was said")
    yield from _columns(view.intents)
    yield ""
    yield from _columns(view.sentiments)
    if view.figures.partial:
        yield from ("", "* So far: the week isn't over.")
    for told in view.models:
        yield from ("", *_wrap(f"Note: {told}"))
    note = view.figures.volumes.voice_note
    if view.voices or note:
        yield from ("", "Share of voice:")
        yield from _wrap(note) if note else ()
        for name, share, change, _ in view.voices:
            yield f"* {name}: {share}, {change}"


def _columns(table: Table) -> Iterator[str]:
    rows, between = (table.head, *table.rows), "  "
    widths = _widths(rows)
    if sum(widths) + 2 * (len(widths) - 1) > WIDTH:
        # Weeks without figures need no columns.
        widths, between = _widths([row for row in rows if not _is_blank(row)]), " "
    for row in rows:
        if between == " " and _is_blank(row):
            yield f"{row[0]}  {row[-1]}"
            continue
        first, *others = zip(row, widths, strict=True)
        yield between.join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)])


def _widths(rows: Sequence[tuple[str, ...]]) -> list[int]:
    return [max(map(len, column)) for column in zip(*rows, strict=True)]


def _is_blank(row: tuple[str, ...]) -> bool:
    return all(cell == "–" for cell in row[1:-1])


def _service(view: View) -> Iterator[str]:
    yield from _title("How people were served")
    for name, value, change, basis in view.served:
        more = f", {change}" if change else ""
        yield from _wrap(f"{name}: {value}{more} ({basis.rstrip('.')})", first="* ", rest="  ")
    service = view.figures.service
    moved = f"{service.opened} opened, {service.resolved} resolved"
    yield f"* Cases: {service.open} open, {service.overdue} overdue; {moved}"


def _agenda(view: View) -> Iterator[str]:
    yield from _title("For the touchpoint")
    whom = view.figures.touchpoint.with_whom
    yield from _wrap(f"An agenda made from these figures{f', for {whom}' if whom else ''}.")
    for number, point in enumerate(view.figures.touchpoint.points, start=1):
        yield from _wrap(point.title, first=f"{number}. ", rest="   ")
        yield from _wrap(point.why, first="   ", rest="   ")
        yield from _wrap(point.ask, first="   ", rest="   ")


def _foot(view: View, desk: str | None) -> Iterator[str]:
    yield from ("", "")
    model = f"; sorted by the model {view.figures.model}" if view.figures.model else ""
    made = f"Made on {view.made} from revision {view.figures.revision} of the profile{model}."
    yield from _wrap(f"{made} Later corrections don't change it; what customers delete disappears from it.")
    if desk:
        yield f"At the desk: {desk}"
