"""A post that its platform deleted is gone from every table, file and byte; only ids are left, to know it again by."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from domain.posts import Batch
from domain.states import DraftState, MentionState, ReplyState
from domain.time import ManualClock, SystemClock
from listener.rejects import write_rejects
from storage.jobs import JobKind
from storage.scrubbing import EVERY, scrub_if_due
from storage.tables import DeadLetter, Draft, Mention, Receipt, Reply
from tests.integration.privacy.planting import HANDLE, IDENTITY, WORD, Planted, copy_planted, letters_left, post_of


@pytest.fixture
def planted(planted_template: Planted, tmp_path: Path) -> Iterator[Planted]:
    """A planted desk, without the other post of the same account that couldn't be read."""
    made = copy_planted(planted_template, tmp_path / "home")
    with made.parts.database.write() as session:
        session.execute(delete(DeadLetter).where(DeadLetter.payload.contains(HANDLE)))
    write_rejects(made.parts.database, folder=made.data / "rejects", source_id=made.source_id)
    yield made
    made.parts.close()


def delete_there(planted: Planted) -> None:
    """Let the platform say that the post is gone, and do what that enqueues."""
    parts = planted.parts
    assert parts.intake.save(planted.source_id, Batch(deleted=(f"{IDENTITY}1",))).deleted == 1
    parts.handlers[JobKind.ERASE]((planted.mention_id,))
    parts.handlers[JobKind.SWEEP](())


def test_no_word_of_it_is_left(planted: Planted) -> None:
    assert planted.in_tables(WORD) != []
    assert planted.in_files(WORD) != []
    delete_there(planted)
    assert planted.in_tables(WORD) == []
    assert planted.in_files(WORD) == []
    assert planted.found_by_search() == 0
    assert planted.in_tables(IDENTITY) == [
        '"authors".external_id', '"conversations".external_id', '"drafts".thread', '"mentions".external_id',
        '"replies".in_reply_to',
    ]  # fmt: skip
    assert letters_left(planted) == ["rows.jsonl:5"]


def test_what_was_sent_stays_on_record_and_the_rest_is_taken_back(planted: Planted) -> None:
    delete_there(planted)
    with planted.parts.database.read() as session:
        replies = session.scalars(select(Reply).order_by(Reply.id)).all()
        assert [(reply.state, reply.text) for reply in replies] == [
            (ReplyState.SENT, "[erased]"), (ReplyState.WITHDRAWN, "[erased]"), (ReplyState.FAILED, "[erased]"),
        ]  # fmt: skip
        assert (replies[0].external_id, replies[0].url) == ("ours1", None)
        # One of its parts was sent, so it was approved and not merely expired.
        assert session.scalars(select(Draft.state)).one() is DraftState.APPROVED
        (receipt,) = session.scalars(select(Receipt)).all()
    assert (receipt.object_kind, receipt.reason) == ("mention", "deleted on the platform")


def test_it_stays_gone_when_it_is_seen_again_and_its_author_may_write_on(planted: Planted) -> None:
    delete_there(planted)
    post = post_of(SystemClock())
    assert planted.parts.intake.save(planted.source_id, Batch(posts=(post,)), everything=True).known == 1
    assert planted.in_tables(WORD) == []
    with planted.parts.database.read() as session:
        assert session.scalars(select(Mention.state)).all() == [MentionState.DELETED]


def test_the_file_is_cleaned_once_a_day_and_only_when_something_was_erased(planted: Planted) -> None:
    clock = ManualClock(SystemClock().now() + timedelta(days=1))
    database = planted.parts.database
    assert not scrub_if_due(database, clock)
    with database.write() as session:
        session.add(
            Receipt(brand_id=planted.brand_id, object_kind="mention", object_hash="h", reason="r", touched={},
                    at=clock.now())
        )  # fmt: skip
    assert scrub_if_due(database, clock)
    assert not scrub_if_due(database, clock)
    clock.advance(timedelta(hours=1))
    with database.write() as session:
        session.add(
            Receipt(brand_id=planted.brand_id, object_kind="mention", object_hash="i", reason="r", touched={},
                    at=clock.now())
        )  # fmt: skip
    assert not scrub_if_due(database, clock)
    clock.advance(EVERY)
    assert scrub_if_due(database, clock)


def test_a_file_that_is_too_large_is_not_written_anew(planted: Planted) -> None:
    parts = planted.parts
    parts.intake.save(planted.source_id, Batch(deleted=(f"{IDENTITY}1",)))
    parts.handlers[JobKind.ERASE]((planted.mention_id,))
    assert scrub_if_due(parts.database, SystemClock(), most_bytes=1)
    # Its rows, its index and its log are clean all the same.
    assert planted.in_tables(WORD) == []
    assert planted.found_by_search() == 0
