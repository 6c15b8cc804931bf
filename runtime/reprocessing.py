"""Relabelling in the background: one job a batch, each of which enqueues the next; the tables say what is done."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import structlog
from sqlalchemy.orm import Session

from domain.states import MentionState
from people.rules import rival_queries
from people.standing import note_mention
from runtime.application import Application
from sentiment.relabelling import Relabelled, Selection, relabel_batch
from storage.jobs import Job, JobKind
from storage.tables import Mention

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be relabelled, in which batches; `run` tells this order from earlier ones, `after` how far it came."""

    run: int
    selection: Selection
    size: int
    after: int = 0

    @property
    def job(self) -> Job:
        """The job that does the next batch."""
        since = self.selection.since
        seconds = int(since.timestamp()) if since else 0
        ids = (self.run, self.selection.brand_id or 0, seconds, self.size, self.after)
        return Job(kind=JobKind.REPROCESS, key=f"reprocess:{self.run}:{self.after}", ids=ids)


def read_order(ids: Sequence[int]) -> Order:
    """Read back the numbers of a job."""
    run, brand_id, seconds, size, after = ids
    since = datetime.fromtimestamp(seconds, UTC) if seconds else None
    return Order(run=run, selection=Selection(brand_id=brand_id or None, since=since), size=size, after=after)


def reprocess(parts: Application, ids: Sequence[int]) -> None:
    """Do one batch and enqueue the next, until nothing is left."""
    order = read_order(ids)
    done = relabel(parts, order)
    if done.last is None:
        _log.info("mentions relabelled, none is left", run=order.run)
        return
    _log.info("mentions relabelled", run=order.run, written=done.written, changed=done.changed, last=done.last)
    with parts.database.write() as session:
        parts.jobs.enqueue(session, replace(order, after=done.last).job)


def relabel(parts: Application, order: Order) -> Relabelled:
    """Relabel one batch; people's standing follows, drafts, cases and sent digests stay as they were."""

    def note_changed(session: Session, mention_ids: Sequence[int]) -> None:
        _note_standing(parts, session, mention_ids)

    return relabel_batch(
        parts.database, parts.clock, parts.classifier, selection=order.selection, after=order.after, size=order.size,
        note_changed=note_changed,
    )  # fmt: skip


def _note_standing(parts: Application, session: Session, mention_ids: Sequence[int]) -> None:
    """Count anew how often people praised and complained, for mentions that count already."""
    for mention_id in mention_ids:
        mention = session.get_one(Mention, mention_id)
        # The labels were written past the session.
        session.refresh(mention)
        if mention.state is MentionState.ROUTED:
            profile = parts.profiles.current_of(session, mention.brand_id).profile
            note_mention(session, mention=mention, at=parts.clock.now(), rivals=rival_queries(profile))
