"""The rows that a digest is computed from, read once; everything after this is arithmetic."""

from dataclasses import dataclass
from datetime import datetime

from domain.labels import Intent, Priority, Sentiment
from domain.states import ClockState, SourceState
from domain.time import Week


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """How many mentions of one week are alike in all of this; `intent` is None before they are sorted."""

    queries: tuple[str, ...]
    platform: str
    intent: Intent | None
    sentiment: Sentiment | None
    counted_only: bool
    count: int
    opted_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A mention that was answered, and when the first answer went out."""

    mention_id: int
    queries: tuple[str, ...]
    platform: str
    intent: Intent | None
    counted_only: bool
    posted_at: datetime
    sent_at: datetime
    opted_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekRows:
    """One week's mentions, counted; those answered; and how many carry each model's answer now."""

    week: Week
    cells: tuple[Cell, ...] = ()
    answers: tuple[Answer, ...] = ()
    models: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRow:
    """A model that sorted mentions of the weeks looked at, and when it did so first."""

    model: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A mention of this week or the last that praised or complained, with the newest classification's themes."""

    mention_id: int
    person_id: int
    queries: tuple[str, ...]
    intent: Intent
    themes: tuple[str, ...]
    posted_at: datetime
    length: int
    toxic: bool
    platform: str
    counted_only: bool = False
    opted_out: bool = False
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRow:
    """One clock of a case; `answered` says that a reply had gone out when it stopped, and not that it was closed."""

    case_id: int
    kind: str
    state: ClockState
    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None
    paused_at: datetime | None
    answered: bool = False
    opted_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One case that lived in the weeks looked at."""

    id: int
    person_id: int
    theme: str | None
    priority: Priority
    opened_at: datetime
    resolved_at: datetime | None
    incident_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaRow:
    """One idea and who had it, with what says whether they may be answered."""

    mention_id: int
    person_id: int | None
    theme: str | None
    posted_at: datetime
    answered: bool = False
    queries: tuple[str, ...] = ()
    platform: str = ""
    counted_only: bool = False
    opted_out: bool = False
    intent: Intent = Intent.SUGGESTION


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokeRow:
    """How often somebody praised the brand in one week, and how often they complained of it."""

    person_id: int
    week: Week
    praises: int = 0
    complaints: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One source and how far it was read; `disabled_at` is when one that isn't `enabled` was switched off."""

    id: int
    key: str
    kind: str
    state: SourceState
    enabled: bool
    last_ok_at: datetime | None
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRow:
    """A stretch in which a source couldn't be read; open when `ended_at` is None."""

    source_id: int
    started_at: datetime
    ended_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRow:
    """A wave of cases with one cause."""

    id: int
    cause: str
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """What was spent on one kind in one currency in a stretch of time."""

    kind: str
    currency: str
    micros: int
    seconds: int
    calls: int
    entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Counts of what went wrong in the week, read straight from the rows."""

    failed_sends: int = 0
    unknown_sends: int = 0
    rejected_drafts: int = 0
    decided_drafts: int = 0
    expired_drafts: int = 0
    dead_letters: int = 0
    late_follow_ups: int = 0
    failed_mails: int = 0
    unsorted: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralRow:
    """Somebody new, and who brought them."""

    person_id: int
    referred_by: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything that was read for one digest; `ledger_week` and `ledger_month` are sums.

    `ledger_closed` is the whole of a month that ended within the week.
    `models` are in the order in which they came. `spoke` goes back as far as it takes to tell who was an advocate in
    each of the weeks, and leaves out who can't have been one.
    """

    weeks: tuple[WeekRows, ...]
    models: tuple[ModelRow, ...] = ()
    said: tuple[Said, ...] = ()
    clocks: tuple[ClockRow, ...] = ()
    cases: tuple[CaseRow, ...] = ()
    ideas: tuple[IdeaRow, ...] = ()
    spoke: tuple[SpokeRow, ...] = ()
    sources: tuple[SourceRow, ...] = ()
    gaps: tuple[GapRow, ...] = ()
    incidents: tuple[IncidentRow, ...] = ()
    referrals: tuple[ReferralRow, ...] = ()
    ledger_week: tuple[LedgerRow, ...] = ()
    ledger_month: tuple[LedgerRow, ...] = ()
    ledger_closed: tuple[LedgerRow, ...] = ()
    trouble: Trouble = Trouble()
    brand_created_at: datetime | None = None
    first_posted_at: datetime | None = None
    first_read_at: datetime | None = None

    @property
    def began_at(self) -> datetime | None:
        """When listening began: with the first reading that brought or mended something, not with the brand's row."""
        known = [at for at in (self.brand_created_at, self.first_read_at) if at is not None]
        return max(known, default=None)

    def of(self, week: Week) -> WeekRows:
        """Return one week's rows; empty when the week wasn't read."""
        return next((rows for rows in self.weeks if rows.week == week), WeekRows(week=week))
