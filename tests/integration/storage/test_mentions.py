"""The mentions list: newest first, page by page, filtered and searched, on both databases."""

from datetime import timedelta

import pytest

from domain.errors import InvalidInput, NotFound
from domain.labels import Intent
from domain.states import MentionState
from domain.time import ManualClock
from storage.database import Database
from storage.queries.mentions import CURSOR_SHAPE, MentionFilter, get_mention, list_mentions
from storage.queries.paging import Cursor
from storage.tables import Mention
from tests.rows import add_author, add_brand, add_mention


@pytest.fixture
def brand_id(database: Database, clock: ManualClock) -> int:
    """A brand with thirty mentions: every third a complaint about a kettle that leaks."""
    with database.write() as session:
        revision = add_brand(session, clock)
        author = add_author(session, revision, clock.now())
        for number in range(30):
            leaks = number % 3 == 0
            text = f"Kettle {number} is leaking, señor" if leaks else f"Kettle {number} whistles beautifully"
            intent = Intent.COMPLAINT if leaks else Intent.PRAISE
            add_mention(session, author, f"p{number}", text, clock.now() + timedelta(hours=number), intent=intent)
        other = add_brand(session, clock, slug="other", name="Other")
        stranger = add_author(session, other, clock.now(), handle="eve")
        add_mention(session, stranger, "q1", "Kettle leaking elsewhere", clock.now())
        return revision.brand_id


def _walk(database: Database, brand_id: int, filters: MentionFilter, limit: int) -> list[str]:
    seen: list[str] = []
    after = None
    while True:
        with database.read() as session:
            page = list_mentions(session, brand_id=brand_id, filters=filters, after=after, limit=limit)
        seen += [item.external_id for item in page.items]
        if page.next is None:
            return seen
        after = Cursor.decode(page.next.encode(), shape=CURSOR_SHAPE)


@pytest.mark.parametrize("limit", [1, 7, 30, 100])
def test_pages_give_each_mention_once_newest_first(database: Database, brand_id: int, limit: int) -> None:
    assert _walk(database, brand_id, MentionFilter(), limit) == [f"p{n}" for n in range(29, -1, -1)]


def test_filters_and_words_narrow_together(database: Database, brand_id: int) -> None:
    complaints = [f"p{n}" for n in range(27, -1, -3)]
    assert _walk(database, brand_id, MentionFilter(intent=Intent.COMPLAINT), 4) == complaints
    assert _walk(database, brand_id, MentionFilter(words="leak"), 4) == complaints
    assert _walk(database, brand_id, MentionFilter(words="kettle leaking", intent=Intent.COMPLAINT), 3) == complaints
    assert _walk(database, brand_id, MentionFilter(words="leaking", intent=Intent.PRAISE), 3) == []


def test_search_pages_stay_full_when_a_filter_is_not_in_the_index(
    database: Database, brand_id: int, clock: ManualClock
) -> None:
    recent = MentionFilter(words="kettle", before=clock.now() + timedelta(hours=5))
    assert _walk(database, brand_id, recent, 2) == ["p4", "p3", "p2", "p1", "p0"]


@pytest.mark.parametrize("words", ['"', "a* OR b", "NEAR(", "body:x", "'; DROP TABLE mentions", ")", "^", "--"])
def test_search_words_are_never_syntax(database: Database, brand_id: int, words: str) -> None:
    with database.read() as session:
        page = list_mentions(session, brand_id=brand_id, filters=MentionFilter(words=words))
    assert all(item.brand_id == brand_id for item in page.items)


def test_a_deleted_mention_leaves_the_index(database: Database, brand_id: int) -> None:
    with database.write() as session:
        page = list_mentions(session, brand_id=brand_id, filters=MentionFilter(words="señor"))
        assert len(page.items) == 10
        for item in page.items:
            mention = session.get_one(Mention, item.id)
            mention.state, mention.text = MentionState.DELETED, ""
    with database.read() as session:
        assert list_mentions(session, brand_id=brand_id, filters=MentionFilter(words="señor")).items == ()


def test_another_brands_mention_is_not_found(database: Database, brand_id: int) -> None:
    with database.read() as session:
        mine = list_mentions(session, brand_id=brand_id, filters=MentionFilter(), limit=1).items[0]
        assert get_mention(session, mention_id=mine.id, brand_ids=frozenset({brand_id})).id == mine.id
        with pytest.raises(NotFound):
            get_mention(session, mention_id=mine.id, brand_ids=frozenset({brand_id + 1}))


@pytest.mark.parametrize("text", ["", "!!", "bm90IGpzb24", Cursor(("a",)).encode(), Cursor((1, 2)).encode()])
def test_a_damaged_address_says_so(text: str) -> None:
    with pytest.raises(InvalidInput, match="first page"):
        Cursor.decode(text, shape=CURSOR_SHAPE)


def test_no_post_is_too_long_or_too_odd_for_the_index(database: Database, brand_id: int, clock: ManualClock) -> None:
    long = " ".join(f"w{number}" for number in range(300_000))
    with database.write() as session:
        mention = session.get_one(Mention, 1)
        mention.text, mention.language, mention.platform = long, "a  b ", "x  y"
    with database.read() as session:
        found = list_mentions(session, brand_id=brand_id, filters=MentionFilter(words="w42"))
    assert [item.id for item in found.items] == [1]
