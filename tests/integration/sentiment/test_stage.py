"""What changes while the model thinks is not sorted by what it was."""

from collections.abc import Sequence

from sqlalchemy import update

from domain.classification import Classification, ClassifierInput
from domain.labels import Intent
from domain.states import MentionState
from domain.time import ManualClock
from sentiment.keywords import KeywordClassifier
from sentiment.stage import classify_mentions
from storage.database import Database
from storage.jobs import JobKind, MemoryJobs
from storage.tables import Mention
from tests.rows import add_author, add_brand, add_mention


class Interrupted(KeywordClassifier):
    """A model during whose work the post is edited."""

    def __init__(self, database: Database, text: str) -> None:
        """Keep what the post is edited to."""
        super().__init__()
        self._database, self._text = database, text

    def classify(self, batch: Sequence[ClassifierInput], /) -> list[Classification]:
        """Answer for the words that were read, after they changed."""
        with self._database.write() as session:
            session.execute(update(Mention).values(text=self._text))
        return super().classify(batch)


def test_a_post_edited_during_inference_waits_for_its_own_sorting(
    database: Database, jobs: MemoryJobs, clock: ManualClock
) -> None:
    with database.write() as session:
        author = add_author(session, add_brand(session, clock), clock.now(), platform="mastodon")
        row = add_mention(
            session, author, "p1", "I love it, thank you!", clock.now(), state=MentionState.COLLECTED, intent=None
        )  # fmt: skip
        mention_id = row.id
    worse = "It broke on the first day and nobody answers. Terrible."
    assert classify_mentions(database, jobs, clock, Interrupted(database, worse), [mention_id]) == 0
    assert not jobs.waiting
    assert classify_mentions(database, jobs, clock, KeywordClassifier(), [mention_id]) == 1
    with database.read() as session:
        assert session.get_one(Mention, mention_id).intent is Intent.COMPLAINT
    assert [job.kind for job in jobs.waiting] == [JobKind.ROUTE]
