"""Relabelling: stored mentions get the current model's answers, batch by batch; what people said stays.

What is done shows in the classifications alone: a mention whose newest one is the current model's needs nothing more.
So a run that was killed goes on where it stopped, whoever runs it next.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Row, exists, func, select
from sqlalchemy.orm import Session

from domain.classification import Classification
from domain.labels import Intent
from domain.ports import Classifier
from domain.states import MentionState
from domain.time import Clock
from sentiment.stage import Waiting, as_input, is_judgement, judged_by_people, save_answers
from storage.database import Database
from storage.queries.threads import parents_of
from storage.tables import Brand, ClassificationRow, Mention

# What waits to be sorted for the first time gets the current model's answer anyway.
_SORTED = (MentionState.CLASSIFIED, MentionState.ROUTED)
NoteChanged = Callable[[Session, Sequence[int]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which mentions: of one brand or of all (None), posted at `since` or later (None for ever)."""

    brand_id: int | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relabelled:
    """What became of one batch; `last` is the highest mention in it, None when nothing was left to do.

    `written` have a new classification, `changed` of them another intent than before. The rest were edited, deleted,
    corrected or relabelled by somebody else meanwhile.
    """

    last: int | None = None
    written: int = 0
    changed: int = 0


class _Old(NamedTuple):
    """A mention with its present labels, and the id of its newest classification (0 for none)."""

    post: Waiting
    intent: Intent | None
    newest: int


def count_left(session: Session, *, model: str, selection: Selection) -> int:
    """How many mentions carry another model's answer than `model`; reads each once."""
    query = select(func.count()).select_from(Mention).where(*_wanted(selection), *_outdated(model))
    return session.scalar(query) or 0


def count_judged(session: Session, *, selection: Selection) -> int:
    """How many mentions stay because a person said what they are."""
    query = select(func.count()).select_from(Mention).where(*_wanted(selection), _judged())
    return session.scalar(query) or 0


def relabel_batch(
    database: Database, clock: Clock, classifier: Classifier, *, selection: Selection, after: int = 0, size: int = 64,
    note_changed: NoteChanged = lambda _session, _ids: None,
) -> Relabelled:  # fmt: skip
    """Relabel at most `size` mentions with ids above `after`, the lowest first.

    Inference happens between two transactions: a mention that changed meanwhile is left as it is. Only labels change;
    state, drafts and cases stay. `note_changed` is told in the same transaction which mentions have another intent.
    """
    model = classifier.revision
    with database.read() as session:
        old = _read(session, model=model, selection=selection, after=after, size=size)
        parents = parents_of(session, [row.post.id for row in old if row.post.in_reply_to])
    if not old:
        return Relabelled()
    answers = classifier.classify([as_input(row.post, parents) for row in old])
    with database.write() as session:
        same = _lock_same(session, old)
        answered = [(row.post.id, answer) for row, answer in zip(old, answers, strict=True) if row.post.id in same]
        save_answers(session, answered, at=clock.now())
        changed = _changed(old, dict(answered))
        if changed:
            note_changed(session, changed)
    return Relabelled(last=old[-1].post.id, written=len(answered), changed=len(changed))


def _wanted(selection: Selection) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Mention.state.in_(_SORTED)]
    if selection.brand_id is not None:
        # A sum is no index's column: the walk goes by id, so that a batch costs what it holds and not the whole table.
        conditions.append(Mention.brand_id + 0 == selection.brand_id)
    if selection.since is not None:
        conditions.append(Mention.posted_at >= selection.since)
    return conditions


def _outdated(model: str) -> list[ColumnElement[bool]]:
    newest = (
        select(ClassificationRow.model)
        .where(ClassificationRow.mention_id == Mention.id)
        .order_by(ClassificationRow.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return [newest.is_distinct_from(model), ~_judged()]


def _judged() -> ColumnElement[bool]:
    return exists().where(ClassificationRow.mention_id == Mention.id, is_judgement())


def _read(session: Session, *, model: str, selection: Selection, after: int, size: int) -> list[_Old]:
    newest = (
        select(func.coalesce(func.max(ClassificationRow.id), 0))
        .where(ClassificationRow.mention_id == Mention.id)
        .scalar_subquery()
    )
    query = (
        select(
            Mention.id, Mention.text, Mention.title, Mention.in_reply_to, Brand.name, Mention.intent,
            newest.label("newest"),
        )
        .join(Brand, Brand.id == Mention.brand_id)
        .where(Mention.id > after, *_wanted(selection), *_outdated(model))
        .order_by(Mention.id)
        .limit(size)
    )  # fmt: skip
    return [_as_old(row) for row in session.execute(query)]


def _as_old(row: Row[int, str, str | None, str | None, str, Intent | None, int]) -> _Old:
    post_id, text, title, in_reply_to, brand, intent, newest = row
    return _Old(Waiting(post_id, text, title, in_reply_to, brand), intent, newest)


def _lock_same(session: Session, old: Sequence[_Old]) -> frozenset[int]:
    """Lock the mentions, and return those that are still as they were read and that nobody judged."""
    read = {row.post.id: (row.post.title, row.post.text) for row in old}
    query = select(Mention.id, Mention.title, Mention.text).where(
        Mention.id.in_(list(read)), Mention.state.in_(_SORTED)
    )
    rows = session.execute(query.order_by(Mention.id).with_for_update()).all()
    same = [row_id for row_id, title, text in rows if read[row_id] == (title, text)]
    newest = _newest(session, same)
    judged = judged_by_people(session, same)
    known = {row.post.id: row.newest for row in old}
    return frozenset(row_id for row_id in same if newest.get(row_id, 0) == known[row_id] and row_id not in judged)


def _newest(session: Session, ids: Collection[int]) -> dict[int, int]:
    query = (
        select(ClassificationRow.mention_id, func.max(ClassificationRow.id).label("newest"))
        .where(ClassificationRow.mention_id.in_(ids))
        .group_by(ClassificationRow.mention_id)
    )
    return {row.mention_id: row.newest for row in session.execute(query)}


def _changed(old: Sequence[_Old], answers: dict[int, Classification]) -> list[int]:
    return [row.post.id for row in old if row.post.id in answers and answers[row.post.id].intent is not row.intent]
