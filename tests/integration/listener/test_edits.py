"""Posts that were edited, and replies of ours that turn up on the platform: nothing is doubled or overwritten."""

from dataclasses import replace

import pytest

from domain.labels import Intent, Sentiment
from domain.posts import Batch
from domain.states import DraftState, MentionState, ReplyState
from listener.intake import IntakeReport
from storage.tables import (
    Draft,
    Mention,
    Reply,
)  # fmt: skip
from tests.integration.listener.home import Home, minutes, post


def _outgoing(home: Home, state: ReplyState) -> int:
    home.save(post(1, ago=minutes(60)))
    (mention,) = home.all(Mention)
    with home.database.write() as session:
        reply = Reply(
            brand_id=home.brand_id, mention_id=mention.id, conversation_id=mention.conversation_id, platform="x",
            account="kestrel", origin="desk", state=state, key="k", text="On its way", in_reply_to="1",
            created_at=home.clock.now(),
        )  # fmt: skip
        session.add(reply)
        session.flush()
        return reply.id


@pytest.mark.parametrize(
    ("state", "after"), [(ReplyState.UNKNOWN, ReplyState.SENT), (ReplyState.SENDING, ReplyState.SENDING)]
)
def test_a_reply_of_the_outbox_that_turns_up_is_not_doubled(home: Home, state: ReplyState, after: ReplyState) -> None:
    reply_id = _outgoing(home, state)
    home.save(post("r", "On  its way", author="kestrel", in_reply_to="1", ago=minutes(5)))
    (reply,) = home.all(Reply)
    assert (reply.id, reply.state) == (reply_id, after)
    assert reply.external_id == ("r" if after is ReplyState.SENT else None)


def _classify(home: Home, state: MentionState = MentionState.ROUTED) -> int:
    (mention,) = home.all(Mention)
    with home.database.write() as session:
        row = session.get_one(Mention, mention.id)
        row.state, row.intent, row.sentiment = state, Intent.PRAISE, Sentiment.POSITIVE
    return int(mention.id)


def _draft(home: Home, *, text: str = "Thanks", state: DraftState = DraftState.PROPOSED) -> None:
    (mention,) = home.all(Mention)
    with home.database.write() as session:
        session.add(
            Draft(
                brand_id=home.brand_id, mention_id=mention.id, conversation_id=mention.conversation_id,
                revision_id=home.profiles.current(home.brand_id).id, state=state, priority="medium", rank=2,
                text=text, original_text="Thanks", account="kestrel", thread="1", created_at=home.clock.now(),
                updated_at=home.clock.now(),
            )
        )  # fmt: skip


def test_an_edited_post_is_sorted_again(home: Home) -> None:
    home.save(post(1))
    first = _classify(home)
    _draft(home)
    assert home.save(post(1, "kestrel burned my hand")) == IntakeReport(updated=1)
    (mention,) = home.all(Mention)
    assert (mention.text, mention.state) == ("kestrel burned my hand", MentionState.COLLECTED)
    assert [job.ids for job in home.jobs.waiting] == [(first,), (first,)]
    assert [draft.state for draft in home.all(Draft)] == [DraftState.EXPIRED]


def test_an_edited_post_keeps_a_draft_that_somebody_worked_on(sqlite_home: Home) -> None:
    home = sqlite_home
    home.save(post(1))
    _classify(home)
    _draft(home, text="Thank you, Ada")
    home.save(post(1, "kestrel, edited"))
    assert [draft.state for draft in home.all(Draft)] == [DraftState.PROPOSED]


def test_an_edited_post_that_was_answered_is_only_brought_up_to_date(home: Home) -> None:
    _outgoing(home, ReplyState.SENT)
    _classify(home)
    home.save(post(1, "kestrel, edited"))
    (mention,) = home.all(Mention)
    assert (mention.text, mention.state) == ("kestrel, edited", MentionState.ROUTED)
    assert len(home.jobs.waiting) == 1


def test_an_edit_that_takes_the_brands_name_out_is_followed(home: Home) -> None:
    home.save(post(1, "I hate kestrel, call me at 555"), post(2, "I hate osprey", author="bo"))
    _sort_all(home)
    edits = (post(1, "never mind"), post(2, "never mind", author="bo"), post(3, "nobody is named"))
    assert home.save(*edits) == IntakeReport(updated=2, unmatched=1)
    rows = {row.external_id: (row.text, row.state, row.queries, row.counted_only) for row in home.all(Mention)}
    assert rows == {
        "1": ("never mind", MentionState.COLLECTED, ["brand"], False),
        "2": ("never mind", MentionState.COLLECTED, ["rival"], True),
    }
    assert home.save(*edits[:2]) == IntakeReport(known=2)


def test_what_was_only_counted_is_raised_when_it_comes_for_the_brand(home: Home) -> None:
    """A listing may bring a post first, and the inbox the same one later."""
    listed = post("t1_a", "osprey would have sent it by now", platform="reddit")
    home.save(listed)
    _sort_all(home)
    assert home.threads() == {"t1_a": ("resolved", ["t1_a"])}
    told = replace(listed, addressed=True)
    assert home.save(told) == IntakeReport(known=1)
    (row,) = home.all(Mention)
    assert (row.addressed, row.counted_only, row.state) == (True, False, MentionState.COLLECTED)
    assert [job.ids for job in home.jobs.waiting] == [(row.id,), (row.id,)]
    assert home.threads() == {"t1_a": ("open", ["t1_a"])}
    # The listing brings it again, and takes nothing back.
    _sort_all(home)
    assert [home.save(each) for each in (listed, told)] == [IntakeReport(known=1)] * 2
    (row,) = home.all(Mention)
    assert (row.addressed, row.counted_only, row.state) == (True, False, MentionState.ROUTED)


def test_a_look_beside_the_reading_raises_nothing(home: Home) -> None:
    home.save(post(1, "I like osprey"))
    home.intake.save(
        home.sources["main"], Batch(posts=(post(1, "I like osprey", addressed=True),)), everything=True, aside=True
    )  # fmt: skip
    (row,) = home.all(Mention)
    assert (row.addressed, row.counted_only) == (None, True)


def _sort_all(home: Home) -> None:
    with home.database.write() as session:
        for row in session.query(Mention):
            row.state = MentionState.ROUTED
