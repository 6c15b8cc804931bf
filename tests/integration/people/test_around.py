"""Special days, summaries, likenesses and erasure of people, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from domain.errors import InvalidInput, NotFound
from domain.labels import Priority
from domain.states import ConversationState
from domain.time import ManualClock
from people.consent import opt_out
from people.erasure import GONE, PeopleEraser
from people.history import summarise, summarise_many
from people.likeness import suggest_merges
from people.merging import merge_people
from people.special_days import add_day, coming_days, note_wished
from storage.database import Database
from storage.queries.brands import Revision
from storage.tables import Author, Case, Idea, Person, SpecialDay
from tests.conftest import NOW
from tests.rows import add_author, add_brand, add_mention

LONG_AGO = NOW - timedelta(days=40)


def add_person(session: Session, revision: Revision, handle: str, **changes: object) -> Person:
    """Add somebody whom we wrote to long ago."""
    person = session.get_one(Person, add_author(session, revision, LONG_AGO, handle).person_id)
    person.contacts, person.last_contacted_at = 1, LONG_AGO
    for name, value in changes.items():
        setattr(person, name, value)
    return person


def test_days_come_in_order_and_only_near_ones(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        revision = add_brand(session, clock)
        for handle, month, day in (("far", 3, 1), ("soon", 11, 25), ("today", 11, 18), ("past", 11, 17)):
            add_day(
                session,
                person_id=add_person(session, revision, handle).id,
                kind="birthday",
                month=month,
                day=day,
                at=NOW,
            )
        found = coming_days(session, brand_id=revision.brand_id, at=NOW)

    assert [(each.name, each.days, each.wish) for each in found] == [("Today", 0, True), ("Soon", 7, True)]


def test_it_is_kinder_to_say_nothing(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        revision = add_brand(session, clock)
        stranger = add_person(session, revision, "stranger", contacts=0, last_contacted_at=None)
        fresh = add_person(session, revision, "fresh", last_contacted_at=NOW - timedelta(days=1))
        gone, wished = add_person(session, revision, "gone"), add_person(session, revision, "wished")
        days = {
            person.id: add_day(session, person_id=person.id, kind="birthday", month=11, day=20, at=NOW)
            for person in (stranger, fresh, gone, wished)
        }
        opt_out(session, person_id=gone.id, at=NOW)
        note_wished(session, special_day_id=days[wished.id].id, at=NOW, user_id=None)
        found = {each.person_id: each for each in coming_days(session, brand_id=revision.brand_id, at=NOW)}
        a_year_on = coming_days(session, brand_id=revision.brand_id, at=NOW + timedelta(days=364))

    assert not any(each.wish for each in found.values())
    assert "never wrote" in found[stranger.id].reason
    assert "three days" in found[fresh.id].reason
    assert "asked not" in found[gone.id].reason
    assert "already" in found[wished.id].reason
    assert {each.person_id: each.wish for each in a_year_on}[wished.id]


def test_a_day_is_kept_once_a_kind_and_must_exist(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        person = add_person(session, add_brand(session, clock), "ada")
        add_day(session, person_id=person.id, kind="birthday", month=2, day=29, at=NOW)
        add_day(session, person_id=person.id, kind="birthday", month=3, day=1, year=1990, at=NOW)
        rows = session.scalars(select(SpecialDay)).all()
        assert [(row.month, row.day, row.year) for row in rows] == [(3, 1, 1990)]
        with pytest.raises(InvalidInput, match="month 2"):
            add_day(session, person_id=person.id, kind="birthday", month=2, day=30, at=NOW)
        with pytest.raises(NotFound):
            add_day(session, person_id=999, kind="birthday", month=2, day=3, at=NOW)


def test_a_summary_counts_cases_and_ideas_in_one_query(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        revision = add_brand(session, clock)
        author, other = add_author(session, revision, NOW, "ada"), add_author(session, revision, NOW, "bo")
        for number, state in enumerate((ConversationState.OPEN, ConversationState.RESOLVED)):
            mention = add_mention(session, author, f"m{number}", "Hm.", NOW)
            session.add(
                Case(brand_id=revision.brand_id, conversation_id=mention.conversation_id, person_id=author.person_id,
                     state=state, priority=Priority.HIGH, rank=1, opened_at=NOW, version=1)
            )  # fmt: skip
        session.add(Idea(brand_id=revision.brand_id, mention_id=mention.id, person_id=author.person_id, created_at=NOW))
        second = Author(
            brand_id=revision.brand_id, person_id=author.person_id, platform="reddit", external_id="r", handle="u/ada"
        )
        session.add(second)
        ids, brands = [author.person_id, other.person_id], [revision.brand_id]
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    with database.read() as session:
        statements.clear()
        found = summarise_many(session, person_ids=ids, brand_ids=brands)
        assert len([text for text in statements if text.startswith("SELECT")]) == 1
        ada = found[ids[0]]
        assert (ada.open_cases, ada.cases, ada.ideas, ada.handles) == (1, 2, 1, ("x:ada", "reddit:u/ada"))
        assert (found[ids[1]].cases, found[ids[1]].new) == (0, True)
        with pytest.raises(NotFound):
            summarise(session, person_id=ids[0], brand_ids=[])


def test_likeness_is_suggested_across_platforms_only(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        revision = add_brand(session, clock)
        ada = add_author(session, revision, NOW, "ada_brews")
        ada.name = "Ada Okoye"
        same = add_author(session, revision, NOW, "@AdaBrews", "forum")
        named = add_author(session, revision, NOW, "ao_1990", "mastodon")
        named.name = "ada okoye"
        add_author(session, revision, NOW, "adabrews", "x")
        bot = add_author(session, revision, NOW, "ada-brews", "bluesky")
        bot.is_bot = True
        foreign = add_brand(session, clock, slug="gull", name="Gull")
        add_author(session, foreign, NOW, "adabrews", "reddit")
        session.flush()
        found = suggest_merges(session, person_id=ada.person_id)

    assert [(each.person_id, each.strength) for each in found] == [(same.person_id, 2), (named.person_id, 1)]
    assert found[0].why == "The same handle on x and forum."


def test_who_writes_on_reddit_is_never_suggested(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        revision = add_brand(session, clock)
        ada = add_author(session, revision, NOW, "ada_brews")
        redditor = add_author(session, revision, NOW, "AdaBrews", "reddit")
        ada.name = redditor.name = "Ada Okoye"
        session.flush()
        for author in (ada, redditor):
            assert suggest_merges(session, person_id=author.person_id) == []
        with pytest.raises(InvalidInput, match="Reddit forbids"):
            merge_people(session, keep_id=ada.person_id, other_id=redditor.person_id, at=NOW, user_id=None)


def test_an_erased_person_is_nobody_and_comes_back_as_a_stranger(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        revision = add_brand(session, clock)
        person = add_person(session, revision, "ada", advocate_since=NOW, mentions=4)
        friend = add_person(session, revision, "bo", referred_by=person.id)
        add_day(session, person_id=person.id, kind="birthday", month=3, day=1, at=NOW)
        ids = person.id, friend.id
    eraser = PeopleEraser(database, clock)
    assert eraser.erase_person(ids[0]) == 4
    assert eraser.erase_person(ids[0]) == 0
    assert eraser.erase_mention(1) == 0
    with database.write() as session:
        person, friend = session.get_one(Person, ids[0]), session.get_one(Person, ids[1])
        author = session.scalars(select(Author).where(Author.person_id == ids[0])).one()
        assert (person.name, person.advocate_since, person.opted_out_at, person.mentions) == (GONE, None, NOW, 4)
        assert (author.handle, author.name, author.followers) == (GONE, None, None)
        assert "ada" not in author.external_id
        assert friend.referred_by is None
        assert session.scalars(select(SpecialDay)).all() == []
        assert add_author(session, revision, NOW, "ada").person_id != ids[0]
