"""An edited post goes all the way a second time: its second jobs don't pass for the first ones."""

from datetime import timedelta

from sqlalchemy import update

from domain.states import MentionState
from domain.time import ManualClock
from sentiment.keywords import KeywordClassifier
from sentiment.stage import classify_mentions
from storage.database import Database
from storage.jobs import JobKind, MemoryJobs
from storage.tables import Mention
from tests.rows import add_author, add_brand, add_mention


def test_a_post_that_is_sorted_again_is_routed_again(database: Database, jobs: MemoryJobs, clock: ManualClock) -> None:
    routed: list[tuple[int, ...]] = []
    jobs.handlers[JobKind.ROUTE] = routed.append
    with database.write() as session:
        author = add_author(session, add_brand(session, clock), clock.now(), platform="mastodon")
        mention_id = add_mention(session, author, "p1", "I love it!", clock.now(), state=MentionState.COLLECTED).id
    for _ in range(2):
        assert classify_mentions(database, jobs, clock, KeywordClassifier(), [mention_id]) == 1
        jobs.run_due()
        clock.advance(timedelta(minutes=1))
        with database.write() as session:
            session.execute(update(Mention).values(state=MentionState.COLLECTED))
    assert routed == [(mention_id,), (mention_id,)]
