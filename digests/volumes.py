"""Mentions by intent and sentiment, week by week; weeks without data are None and drawn as gaps."""

from digests.coverage import Heard, cover
from digests.frame import Frame
from digests.material import Material
from digests.metrics import voices
from digests.sections import Section
from domain.labels import Intent, Sentiment
from domain.time import Week


class WeekLine(Section):
    """One week: counts by intent and sentiment, None where too little was heard to compare.

    `heard_at_least` is what did come in then; `new_model` says that another model sorted this week than the one
    before, so that a jump may be the model's.
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


class Voice(Section):
    """One brand's part in what is said of it and its rivals; `before` is None without comparable data."""

    name: str
    mentions: int
    share: float
    before: float | None


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
    lines: list[WeekLine] = []
    for week in frame.weeks:
        known = next((line.model for line in reversed(lines) if line.model), None)
        lines.append(_line(frame, material, week, known))
    told, note = _voices(frame, material)
    return Volumes(weeks=tuple(lines), voices=told, voice_note=note)


def _line(frame: Frame, material: Material, week: Week, model_before: str | None) -> WeekLine:
    coverage, rows = cover(frame, material, week), material.of(week)
    own = [cell for cell in rows.cells if frame.is_own(cell.queries)]
    total = sum(cell.count for cell in own)
    intents = {str(intent): sum(c.count for c in own if c.intent is intent) for intent in Intent}
    sentiments = {str(tone): sum(c.count for c in own if c.sentiment is tone) for tone in Sentiment}
    model = rows.models[0][0] if rows.models else None
    shown = coverage.comparable
    return WeekLine(
        week=str(week), heard=coverage.heard, note=coverage.note, total=total if shown else None,
        intents=intents if shown else None, sentiments=sentiments if shown else None,
        heard_at_least=total if coverage.known and not shown else None, model=model,
        new_model=bool(model and model_before and model != model_before) or len(rows.models) > 1,
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
    compared = cover(frame, material, week_before).comparable and sum(before.values()) > 0
    told = tuple(
        Voice(
            name=name, mentions=count, share=count / whole,
            before=before[name] / sum(before.values()) if compared else None,
        )
        for name, count in now.items()
    )  # fmt: skip
    return told, "" if coverage.comparable else coverage.note
