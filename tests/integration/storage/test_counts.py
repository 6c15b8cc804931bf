"""The desk's badges: what waits at one brand, and nothing of another's."""

from datetime import timedelta

from domain.labels import Intent, Priority
from domain.states import ConversationState, DraftState, FollowUpState, MentionState, ReplyState
from domain.time import ManualClock
from storage.database import Database
from storage.queries.counts import Counts
from storage.tables import Case, FollowUp, Reply, SlaClock
from tests.rows import add_author, add_brand, add_draft, add_mention


def test_badges_count_what_waits(database: Database, clock: ManualClock) -> None:
    now, day = clock.now(), timedelta(days=1)
    with database.write() as session:
        revision = add_brand(session, clock)
        author = add_author(session, revision, now)
        mentions = [add_mention(session, author, f"p{n}", "Hm", now - n * day) for n in range(10)]
        mentions[1].intent, mentions[2].state = Intent.COMPLAINT, MentionState.DELETED
        add_draft(session, mentions[0], revision, now)
        add_draft(session, mentions[1], revision, now, snoozed_until=now + day)
        add_draft(session, mentions[2], revision, now, snoozed_until=now - day)
        add_draft(session, mentions[3], revision, now, state=DraftState.REJECTED)
        for number, state in enumerate(ConversationState):
            case = Case(
                brand_id=revision.brand_id, conversation_id=mentions[number].conversation_id,
                person_id=author.person_id, state=state, priority=Priority.LOW, rank=3, opened_at=now,
            )  # fmt: skip
            session.add(case)
            session.flush()
            session.add(
                SlaClock(brand_id=revision.brand_id, case_id=case.id, kind="first_response", state="active",
                         started_at=now - day, due_at=now + (number - 1) * day)
            )  # fmt: skip
        for number, follow_up in enumerate((FollowUpState.PLANNED, FollowUpState.DUE, FollowUpState.DONE)):
            session.add(
                FollowUp(brand_id=revision.brand_id, state=follow_up, due_at=now - day, note=f"{number}",
                         person_id=author.person_id)
            )  # fmt: skip
        for number, reply in enumerate((ReplyState.FAILED, ReplyState.UNKNOWN, ReplyState.SENT)):
            session.add(
                Reply(brand_id=revision.brand_id, conversation_id=mentions[0].conversation_id, platform="x",
                      account="@tern", origin="desk", state=reply, key=f"k{number}", text="Hi", in_reply_to="p0",
                      created_at=now)
            )  # fmt: skip
        other = add_brand(session, clock, slug="other")
        stranger = add_author(session, other, now, handle="eve")
        add_draft(session, add_mention(session, stranger, "q1", "Hm", now), other, now)
    counts = Counts(database, clock)
    mine, theirs = counts.of(revision.brand_id), counts.of(other.brand_id)
    assert (mine.drafts, mine.cases, mine.overdue, mine.follow_ups, mine.troubled_replies) == (2, 3, 1, 2, 2)
    assert (theirs.drafts, theirs.cases, theirs.troubled_replies) == (1, 0, 0)
    intents = counts.intents(revision.brand_id)
    # Ten days of mentions, of which eight are a week old at most; one of those was deleted.
    assert (intents[Intent.PRAISE], intents[Intent.COMPLAINT], intents[Intent.ABSTAINED]) == (6, 1, 0)


def test_a_change_shows_after_seconds_or_when_forgotten(sqlite_database: Database, clock: ManualClock) -> None:
    counts = Counts(sqlite_database, clock)
    with sqlite_database.write() as session:
        revision = add_brand(session, clock)
        author = add_author(session, revision, clock.now())
    assert counts.of(revision.brand_id).drafts == 0
    for number in range(2):
        with sqlite_database.write() as session:
            add_draft(session, add_mention(session, author, f"p{number}", "Hm", clock.now()), revision, clock.now())
    assert counts.of(revision.brand_id).drafts == 0
    clock.advance(timedelta(seconds=5))
    assert counts.of(revision.brand_id).drafts == 2
    with sqlite_database.write() as session:
        add_draft(session, add_mention(session, author, "p9", "Hm", clock.now()), revision, clock.now())
    counts.forget(revision.brand_id)
    assert counts.of(revision.brand_id).drafts == 3
