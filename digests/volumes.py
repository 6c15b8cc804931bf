"""Mentions by intent and sentiment, week by week; weeks without data are None and drawn as gaps."""

from digests.coverage import Heard, cover
from digests.frame import Frame
from digests.material import Material
from digests.metrics import voices
from digests.models import Mark, mark_models
from digests.sections import Section
from domain.labels import Intent, Sentiment
from domain.time import Week

# What came in and wasn't sorted yet is counted, but under no intent.
UNSORTED = "unsorted"


class WeekLine(Section):
    """One week: counts by intent and sentiment, None where too little was heard to compare.

    `heard_at_least` is what did come in then; `model` is the one that sorted most of it. `new_model` says that from
    here on another model sorts than before, so that a jump may be the model's, and `sorted_anew` that a model came in
    this week which then sorted the weeks before again, so that they differ from digests that were sent. `marked` is the
    model that either is about. A `running` week isn't over: its counts are those so far.
    """

    week: str
    heard: Heard
    note: str
    total: int | None
    intents: dict[str, int] | None
    sentiments: dict[str, int] | None
    heard_at_least: int | None
    model: str | None
    new_model: bool
    sorted_anew: bool = False
    marked: str = ""
    running: bool = False


class Voice(Section):
    """One brand's part in what is said of it and its rivals; `before` is None without comparable data.

    `compared` is False where this week's own part may not stand beside another.
    """

    name: str
    mentions: int
    share: float
    before: float | None
    compared: bool = True


class Volumes(Section):
    """The weeks, the oldest first, and the share of voice where rivals are listened for."""

    weeks: tuple[WeekLine, ...]
    voices: tuple[Voice, ...]
    voice_note: str

    @property
    def now(self) -> WeekLine:
        """The digest's own week."""
        return self.weeks[-1]


def compute_volumes(frame: Frame, material: Material) -> Volumes:
    """Return the weeks' counts and this week's share of voice."""
    marks = mark_models(frame, material)
    lines = tuple(_line(frame, material, week, marks[week]) for week in frame.weeks)
    told, note = _voices(frame, material)
    return Volumes(weeks=lines, voices=told, voice_note=note)


def _line(frame: Frame, material: Material, week: Week, mark: Mark) -> WeekLine:
    coverage, rows = cover(frame, material, week), material.of(week)
    own = [cell for cell in rows.cells if frame.is_own(cell.queries)]
    total = sum(cell.count for cell in own)
    intents = {str(intent): sum(c.count for c in own if c.intent is intent) for intent in Intent}
    intents[UNSORTED] = sum(c.count for c in own if c.intent is None)
    sentiments = {str(tone): sum(c.count for c in own if c.sentiment is tone) for tone in Sentiment}
    shown = coverage.shown
    return WeekLine(
        week=str(week), heard=coverage.heard, note=coverage.note, total=total if shown else None,
        intents=intents if shown else None, sentiments=sentiments if shown else None,
        heard_at_least=total if coverage.known and not shown else None,
        model=rows.models[0][0] if rows.models else None,
        new_model=mark.new, sorted_anew=mark.anew, marked=mark.model, running=coverage.running,
    )  # fmt: skip


def _voices(frame: Frame, material: Material) -> tuple[tuple[Voice, ...], str]:
    if not frame.rivals:
        return (), ""
    now, coverage = voices(frame, material, frame.week), cover(frame, material, frame.week)
    whole = sum(now.values())
    if not coverage.known or not whole:
        return (), coverage.note or "Neither the brand nor a rival was mentioned."
    week_before = frame.week.shift(-1)
    before = voices(frame, material, week_before)
    heard_before = cover(frame, material, week_before).comparable and sum(before.values()) > 0
    compared = coverage.comparable
    told = tuple(
        Voice(
            name=name, mentions=count, share=count / whole,
            before=before[name] / sum(before.values()) if compared and heard_before else None, compared=compared,
        )
        for name, count in now.items()
    )  # fmt: skip
    return told, "" if compared else coverage.note
