"""Who is meant by a name, and that only the asked brand forgets them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from digests.erasure import DigestsEraser
from domain.errors import NotFound
from domain.states import MentionState
from domain.time import ManualClock
from listener.erasure import ListenerEraser
from people.erasure import PeopleEraser
from people.finding import find_people
from responders.erasure import AnswersEraser
from storage.database import Database
from storage.queries.brands import Revision
from storage.tables import Author, Mention, ThreadPost
from tests.rows import add_author, add_brand, add_mention


@pytest.fixture
def session(sqlite_database: Database) -> Iterator[Session]:
    with sqlite_database.write() as session:
        yield session


def find(session: Session, brand: Revision, who: str) -> list[int]:
    return [found.id for found in find_people(session, who, brand_ids=[brand.brand_id])]


@pytest.mark.parametrize(
    "who", ["mastodon:@ada@social.example", "@Ada@social.example", "mastodon:ada", "mastodon:ada@social.example"]
)
def test_a_server_shows_its_own_people_without_its_name(session: Session, clock: ManualClock, who: str) -> None:
    brand = add_brand(session, clock)
    ada = add_author(session, brand, clock.now(), platform="mastodon")
    ada.url = "https://social.example/@ada"
    session.flush()
    assert find(session, brand, who) == [ada.person_id]


@pytest.mark.parametrize("who", ["mastodon:@ada@else.example", "@ada@social%", "@ada@", "x:@ada@social.example"])
def test_a_namesake_elsewhere_is_nobody_we_know(session: Session, clock: ManualClock, who: str) -> None:
    brand = add_brand(session, clock)
    add_author(session, brand, clock.now(), platform="mastodon").url = "https://social.example/@ada"
    session.flush()
    with pytest.raises(NotFound):
        find(session, brand, who)


def test_one_address_is_one_person_of_each_brand(session: Session, clock: ManualClock) -> None:
    brands = [add_brand(session, clock), add_brand(session, clock, slug="plover", name="Plover")]
    for brand in brands:
        add_author(session, brand, clock.now(), platform="mastodon").url = "https://social.example/@ada"
    session.flush()
    found = find_people(session, "@ada@social.example", brand_ids=[brand.brand_id for brand in brands])
    assert [each.brand for each in found] == ["tern", "plover"]


def test_the_other_brand_keeps_what_it_heard(sqlite_database: Database, clock: ManualClock) -> None:
    now = clock.now()
    with sqlite_database.write() as session:
        brands = [add_brand(session, clock), add_brand(session, clock, slug="plover", name="Plover")]
        people = []
        for brand in brands:
            author = add_author(session, brand, now)
            mention = add_mention(session, author, "1", "The kettle sings", now)
            session.add(
                ThreadPost(
                    brand_id=brand.brand_id, conversation_id=mention.conversation_id, platform="x", external_id="2",
                    author_external_id="u-ada", author_handle="ada", is_own=False, text="More of it", posted_at=now,
                    read_at=now,
                )
            )  # fmt: skip
            people.append(author.person_id)
    clock.advance(timedelta(hours=1))
    for eraser in (
        ListenerEraser(sqlite_database, clock), AnswersEraser(sqlite_database, clock), DigestsEraser(sqlite_database),
        PeopleEraser(sqlite_database, clock),
    ):  # fmt: skip
        eraser.erase_person(people[0])
    with sqlite_database.read() as session:
        mentions = session.scalars(select(Mention).order_by(Mention.id)).all()
        assert [(row.state is MentionState.DELETED, row.text) for row in mentions] == [
            (True, ""), (False, "The kettle sings")
        ]  # fmt: skip
        assert session.scalars(select(ThreadPost.brand_id)).all() == [brands[1].brand_id]
        assert session.scalars(select(Author.handle).order_by(Author.id)).all() == ["[erased]", "ada"]
