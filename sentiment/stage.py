"""The classification stage: mentions that were collected become classified, once each."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, insert, or_, select, update
from sqlalchemy.orm import Session

from domain.classification import BY_HAND, Classification, ClassifierInput
from domain.ports import Classifier
from domain.states import MentionState
from domain.time import Clock
from storage.database import Database
from storage.jobs import Job, JobKind, Jobs
from storage.queries.threads import parents_of
from storage.tables import Brand, ClassificationRow, Mention

# What a mention repeats of its classification, so that the desk's filters use one index.
_SAID = ("intent", "sentiment", "urgent", "toxic", "language")


class Waiting(NamedTuple):
    """A mention that waits for its classification."""

    id: int
    text: str
    title: str | None
    in_reply_to: str | None
    brand: str


def classify_mentions(
    database: Database, jobs: Jobs, clock: Clock, classifier: Classifier, ids: Sequence[int]
) -> int:  # fmt: skip
    """Classify those of `ids` that still wait, and enqueue their routing with it; return how many were written.

    Inference happens between two transactions: a mention that changed meanwhile is left as it is.
    """
    with database.read() as session:
        waiting = _waiting(session, ids)
        parents = parents_of(session, [row.id for row in waiting if row.in_reply_to])
    if not waiting:
        return 0
    answers = classifier.classify([as_input(row, parents) for row in waiting])
    now = clock.now()
    with database.write() as session:
        written = _lock_waiting(session, waiting)
        judged = judged_by_people(session, written)
        answered = [
            (row.id, answer) for row, answer in zip(waiting, answers, strict=True)
            if row.id in written and row.id not in judged
        ]  # fmt: skip
        _keep_judgements(session, judged)
        save_answers(session, answered, at=now, state=MentionState.CLASSIFIED)
        if written:
            # An edited post is sorted again, and then routed again: its second job must not pass for the first.
            key = f"route:{written[0]}-{written[-1]}:{int(now.timestamp() * 1000)}"
            jobs.enqueue(session, Job(kind=JobKind.ROUTE, key=key, ids=tuple(written)))
    return len(written)


def _waiting(session: Session, ids: Sequence[int]) -> list[Waiting]:
    query = (
        select(Mention.id, Mention.text, Mention.title, Mention.in_reply_to, Brand.name)
        .join(Brand, Brand.id == Mention.brand_id)
        .where(Mention.id.in_(ids), Mention.state == MentionState.COLLECTED)
        .order_by(Mention.id)
    )
    return [Waiting(*row) for row in session.execute(query)]


def _lock_waiting(session: Session, waiting: Sequence[Waiting]) -> list[int]:
    """Return those that still wait as they were read, by id, locked.

    Another worker or a deletion may have come first; an edit enqueued a sorting of its own, by the new words.
    """
    read = {row.id: (row.title, row.text) for row in waiting}
    query = select(Mention.id, Mention.title, Mention.text).where(
        Mention.id.in_(list(read)), Mention.state == MentionState.COLLECTED
    )
    rows = session.execute(query.order_by(Mention.id).with_for_update())
    return [row_id for row_id, title, text in rows if read[row_id] == (title, text)]


def judged_by_people(session: Session, ids: Sequence[int]) -> frozenset[int]:
    """Those of `ids` that a person said something of."""
    query = select(ClassificationRow.mention_id).where(ClassificationRow.mention_id.in_(ids), is_judgement())
    return frozenset(session.scalars(query))


def is_judgement() -> ColumnElement[bool]:
    """The condition that a classification is a person's, even one whose account is gone."""
    return or_(ClassificationRow.corrected_by.is_not(None), ClassificationRow.model == BY_HAND)


def _keep_judgements(session: Session, ids: Collection[int]) -> None:
    """Let mentions go on under what a person said of them: a model never takes that back."""
    if ids:
        session.execute(update(Mention).where(Mention.id.in_(ids)).values(state=MentionState.CLASSIFIED))


def as_input(row: Waiting, parents: dict[int, str]) -> ClassifierInput:
    """What the model is shown of a mention."""
    text = f"{row.title}\n{row.text}" if row.title else row.text
    return ClassifierInput(text=text, brand=row.brand, parent=parents.get(row.id))


def save_answers(
    session: Session, answered: Sequence[tuple[int, Classification]], *, at: datetime, state: MentionState | None = None
) -> None:
    """Write the answers for mentions that are locked, in one statement for each table; None leaves the state."""
    if not answered:
        return
    table = Mention.__table__
    said: dict[str, object] = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in _SAID}
    if state is not None:
        said["state"] = state
    session.connection().execute(
        update(table).where(table.c.id == bindparam("row")).values(said),  # type: ignore[arg-type]
        [{"row": row, **{f"new_{name}": getattr(answer, name) for name in _SAID}} for row, answer in answered],
    )
    session.execute(insert(ClassificationRow), [_as_row(row, answer, at) for row, answer in answered])


def _as_row(mention_id: int, answer: Classification, now: datetime) -> dict[str, object]:
    return {
        "mention_id": mention_id, "model": answer.model, "intent": answer.intent, "sentiment": answer.sentiment,
        "intent_scores": {str(label): score for label, score in answer.intent_scores.items()},
        "sentiment_scores": {str(label): score for label, score in answer.sentiment_scores.items()},
        "also": [str(label) for label in answer.also], "urgency": answer.urgency, "toxicity": answer.toxicity,
        "urgent": answer.urgent, "toxic": answer.toxic, "language": answer.language, "themes": list(answer.themes),
        "created_at": now,
    }  # fmt: skip
