"""Mentions that still have to move, and those that are gone: conditions that a partial index serves.

SQLite uses such an index only where the query names the state itself and not a parameter for it.
"""

from sqlalchemy import ColumnElement, literal, or_

from domain.states import MentionState
from storage.tables import Mention

MOVING = (MentionState.COLLECTED, MentionState.CLASSIFIED)


def in_state(state: MentionState) -> ColumnElement[bool]:
    """Return the condition that a mention is in `state`, with the state's name in the statement."""
    return Mention.state == literal(state, Mention.__table__.c.state.type, literal_execute=True)


def still_moving() -> ColumnElement[bool]:
    """Return the condition that a mention waits to be classified or routed."""
    return or_(*map(in_state, MOVING))
