"""The state machines: what isn't listed never happens, every state is reached, and what is over stays over."""

from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidTransition
from domain.states import (
    ClockState,
    ConversationState,
    DraftState,
    FollowUpState,
    MailState,
    MentionState,
    ReplyState,
    SourceState,
    change,
    may_become,
    sources_of,
)

# Where each begins, and where it ends for good.
MACHINES: dict[type[StrEnum], tuple[StrEnum, set[StrEnum]]] = {
    MentionState: (MentionState.COLLECTED, {MentionState.DELETED}),
    ConversationState: (ConversationState.OPEN, set()),
    DraftState: (DraftState.PROPOSED, set()),
    ReplyState: (ReplyState.QUEUED, {ReplyState.SENT, ReplyState.WITHDRAWN}),
    ClockState: (ClockState.ACTIVE, {ClockState.HIT, ClockState.MISSED}),
    FollowUpState: (FollowUpState.PLANNED, {FollowUpState.DONE, FollowUpState.CANCELLED}),
    SourceState: (SourceState.ACTIVE, set()),
    MailState: (MailState.QUEUED, set()),
}
# What must never happen at once, whatever else is changed: each would answer twice, unasked, or not at all.
FORBIDDEN: list[tuple[StrEnum, StrEnum]] = [
    (DraftState.REJECTED, DraftState.APPROVED),
    (DraftState.EXPIRED, DraftState.APPROVED),
    (ReplyState.UNKNOWN, ReplyState.SENDING),
    (ReplyState.FAILED, ReplyState.SENDING),
    (ReplyState.SENDING, ReplyState.SENDING),
    (ReplyState.SENDING, ReplyState.WITHDRAWN),
    (ReplyState.QUEUED, ReplyState.SENT),
    (MailState.UNKNOWN, MailState.SENDING),
    (MailState.QUEUED, MailState.SENT),
    (MentionState.COLLECTED, MentionState.ROUTED),
    (MentionState.DELETED, MentionState.CLASSIFIED),
    (SourceState.STOPPED, SourceState.BACKING_OFF),
    (SourceState.PAUSED, SourceState.BACKING_OFF),
]
STATES = st.sampled_from(list(MACHINES)).flatmap(
    lambda kind: st.tuples(st.sampled_from(list(kind)), st.lists(st.sampled_from(list(kind)), max_size=12))
)


@given(walk=STATES)
def test_a_change_is_made_whole_or_raises(walk: tuple[StrEnum, list[StrEnum]]) -> None:
    state, wishes = walk
    _, finals = MACHINES[type(state)]
    for wished in wishes:
        if may_become(state, wished):
            assert state not in finals
            assert state in sources_of(wished)
            state = change(state, wished, noun="thing")
            assert state is wished
        else:
            assert state not in sources_of(wished)
            with pytest.raises(InvalidTransition) as caught:
                change(state, wished, noun="thing")
            assert (caught.value.current, caught.value.wanted) == (str(state), str(wished))


@pytest.mark.parametrize("kind", MACHINES)
def test_every_state_is_reached_and_only_final_ones_are_left_by_nothing(kind: type[StrEnum]) -> None:
    start, finals = MACHINES[kind]
    reached, edge = {start}, [start]
    while edge:
        here = edge.pop()
        new = {state for state in kind if may_become(here, state)} - reached
        reached |= new
        edge += new
    assert reached == set(kind)
    assert {state for state in kind if not any(may_become(state, other) for other in kind)} == finals


@pytest.mark.parametrize(("current", "wanted"), FORBIDDEN)
def test_what_would_do_harm_is_not_listed(current: StrEnum, wanted: StrEnum) -> None:
    with pytest.raises(InvalidTransition, match="reload it"):
        change(current, wanted, noun="thing")
