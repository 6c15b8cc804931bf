"""What the demo made, counted from the rows and shown as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from domain.labels import Intent
from domain.states import ConversationState, DraftState, ReplyState
from storage.database import Database
from storage.tables import Brand, Case, Digest, Draft, Mention, Reply, Row

STAGES = ("reading and saving", "sorting (the model)", "routing, drafting, cases")


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandCount:
    """What one brand has in the demo."""

    name: str
    mentions: int
    intents: Mapping[str, int]
    waiting: int
    cases_open: int
    cases_resolved: int
    replies: int
    digests: int


def count(database: Database) -> list[BrandCount]:
    """Count each brand's rows."""
    with database.read() as session:
        brands = session.execute(select(Brand.id, Brand.name).order_by(Brand.id)).all()
        return [_count_brand(session, brand_id, name) for brand_id, name in brands]


def _count_brand(session: Session, brand_id: int, name: str) -> BrandCount:
    def rows(table: type[Row], *which: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(table).where(table.brand_id == brand_id, *which)  # type: ignore[attr-defined]
        return session.scalar(query) or 0

    by_intent = select(Mention.intent, func.count()).where(Mention.brand_id == brand_id).group_by(Mention.intent)
    intents = {str(intent): number for intent, number in session.execute(by_intent) if intent is not None}
    return BrandCount(
        name=name,
        mentions=rows(Mention),
        intents={intent: intents.get(intent, 0) for intent in Intent},
        waiting=rows(Draft, Draft.state == DraftState.PROPOSED),
        cases_open=rows(Case, Case.state != ConversationState.RESOLVED),
        cases_resolved=rows(Case, Case.state == ConversationState.RESOLVED),
        replies=rows(Reply, Reply.state == ReplyState.SENT, Reply.origin.in_(("desk", "by_hand"))),
        digests=rows(Digest),
    )


def show_counts(counts: Sequence[BrandCount]) -> None:
    """Print what each brand has, side by side."""
    table = Table(title="The demo", title_justify="left", header_style="bold")
    table.add_column("")
    for each in counts:
        table.add_column(each.name, justify="right")
    table.add_row("mentions", *(str(each.mentions) for each in counts))
    for intent in Intent:
        table.add_row(f"  {intent}", *(str(each.intents[intent]) for each in counts))
    table.add_row("drafts waiting for you", *(str(each.waiting) for each in counts))
    table.add_row("cases open", *(str(each.cases_open) for each in counts))
    table.add_row("cases resolved", *(str(each.cases_resolved) for each in counts))
    table.add_row("replies written", *(str(each.replies) for each in counts))
    table.add_row("digests", *(str(each.digests) for each in counts))
    Console().print(table)


def show_times(seconds: Mapping[str, float], *, mentions: int) -> None:
    """Print where the time went, and how fast mentions came from file to draft."""
    table = Table(title="Where the time went", title_justify="left", header_style="bold")
    table.add_column("stage")
    table.add_column("seconds", justify="right")
    for name, took in sorted(seconds.items(), key=lambda pair: -pair[1]):
        table.add_row(name, f"{took:.1f}")
    table.add_row("altogether", f"{sum(seconds.values()):.1f}", style="bold")
    Console().print(table)
    pipeline = sum(seconds.get(stage, 0.0) for stage in STAGES)
    if pipeline:
        print(f"From file to draft: {mentions / pipeline:.0f} mentions a second, one or two at a time as they came in.")


def show_paths(folder: Path) -> None:
    """Print what was written and where."""
    for path in sorted(folder.iterdir()):
        if path.suffix in {".db", ".jsonl", ".yaml", ".txt"} or (path.is_dir() and path.name[0] != "."):
            print(f"Wrote {path}{'/' if path.is_dir() else ''}")
