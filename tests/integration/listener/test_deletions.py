"""What a platform deletes is gone here too, for good, with a receipt that says nothing of it."""

import pytest
from sqlalchemy import text

from domain.labels import Intent, Sentiment
from domain.states import MentionState
from listener.deletions import erase_mentions
from listener.erasure import ListenerEraser
from listener.intake import IntakeReport
from storage.jobs import JobKind
from storage.tables import Author, ClassificationRow, Mention, Receipt
from tests.integration.listener.home import Home, post


@pytest.fixture
def written(home: Home) -> Home:
    home.save(post(1, "kestrel scalded me", title="Ouch", url="https://x.example/1"), post(2, author="bo"))
    with home.database.write() as session:
        for mention in session.query(Mention):
            session.add(
                ClassificationRow(
                    mention_id=mention.id, model="m", intent=Intent.COMPLAINT, sentiment=Sentiment.NEGATIVE,
                    intent_scores={}, sentiment_scores={}, urgency=1.0, toxicity=0.0, urgent=True, toxic=False,
                    themes=["scald"], created_at=home.clock.now(),
                )
            )  # fmt: skip
    return home


def test_a_deleted_post_loses_its_words_at_once(written: Home) -> None:
    assert written.save(deleted=("1", "unheard of")).deleted == 1
    gone, kept = written.all(Mention)
    assert (gone.state, gone.text, gone.title, gone.url) == (MentionState.DELETED, "", None, None)
    assert gone.deleted_at == written.clock.now()
    assert kept.text == "I like kestrel"
    assert [row.themes for row in written.all(ClassificationRow)] == [[], ["scald"]]
    assert [(job.key, job.ids) for job in written.jobs.waiting if job.kind is JobKind.ERASE] == [
        (f"erase:{gone.id}-{gone.id}", (gone.id,))
    ]


def test_a_post_with_an_id_too_long_to_keep_is_deleted_by_it(home: Home) -> None:
    name = f"https://shop.example/reviews/{'x' * 200}"
    home.save(post(name, "kestrel leaked my data", platform="shop"), source="hook")
    assert home.save(source="hook", deleted=(name,)).deleted == 1
    (gone,) = home.all(Mention)
    assert (gone.state, gone.text) == (MentionState.DELETED, "")


def test_a_deleted_post_is_not_found_by_its_words(written: Home) -> None:
    written.save(deleted=("1",))
    with written.database.read() as session:
        if written.database.is_sqlite:
            query = "SELECT count(*) FROM mentions_search WHERE mentions_search MATCH 'scalded'"
        else:
            query = "SELECT count(*) FROM mentions WHERE search @@ to_tsquery('simple', 'scalded')"
        assert session.scalar(text(query)) == 0


def test_a_deleted_post_that_is_seen_again_stays_deleted(written: Home) -> None:
    written.save(deleted=("1",))
    assert written.save(post(1, "kestrel scalded me"), deleted=("1",)) == IntakeReport(known=1)
    assert written.all(Mention)[0].text == ""


def test_every_eraser_runs_and_one_receipt_is_left(written: Home) -> None:
    class Drafts:
        name = "responders"

        def erase_mention(self, _mention_id: int, /) -> int:
            return 3

        def erase_person(self, _person_id: int, /) -> int:
            return 0

    written.save(deleted=("1",))
    first, second = (mention.id for mention in written.all(Mention))
    erasers = (ListenerEraser(written.database, written.clock), Drafts())
    for _ in range(2):
        assert erase_mentions(written.database, written.clock, erasers, [first, second]) == 1
    (receipt,) = written.all(Receipt)
    assert receipt.touched["responders"] == 3
    assert "scald" not in str({column: getattr(receipt, column) for column in ("object_hash", "reason", "touched")})


def test_a_person_is_erased_with_everything_they_wrote(written: Home) -> None:
    written.save(post(3, "kestrel again"))
    ada = next(author for author in written.all(Author) if author.handle == "ada")
    eraser = ListenerEraser(written.database, written.clock)
    assert eraser.erase_person(ada.person_id) == 3  # two mentions, one classification
    assert [mention.text for mention in written.all(Mention)] == ["", "I like kestrel", ""]
    assert eraser.erase_mention(written.all(Mention)[1].id) == 2
