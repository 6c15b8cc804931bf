"""Standing, consent and joining people, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.errors import InvalidInput, NotFound
from domain.labels import Intent, Stage, Tier
from domain.states import MentionState
from domain.time import ManualClock
from people.consent import opt_in, opt_out
from people.erasure import PeopleEraser
from people.merging import merge_people
from people.standing import note_contact, note_mention
from storage.database import Database
from storage.tables import AuditEvent, Author, Mention, Person, SpecialDay
from tests.conftest import NOW
from tests.rows import add_author, add_brand, add_mention

WEEK = timedelta(weeks=1)


def speak(session: Session, author: Author, number: int, **changes: object) -> Person:
    """Let an author speak and count it."""
    at = NOW - timedelta(days=60) + timedelta(days=4 * number)
    mention = add_mention(session, author, f"m{number}", "So good.", at, **changes)
    return note_mention(session, mention=mention, at=at, rivals=frozenset({"gull"}))


def test_praise_over_weeks_makes_an_advocate(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        author = add_author(session, add_brand(session, clock), NOW - 10 * WEEK)
        first, second = speak(session, author, 0), speak(session, author, 1)
        assert (first.advocate_since, second.stage) == (None, Stage.DEVELOPMENT)
        person = speak(session, author, 2)

        assert person.advocate_since == NOW - timedelta(days=52)
        assert (person.mentions, person.praises, person.stage, person.tier) == (3, 3, Stage.ADVOCACY, Tier.GOLD)


def test_praise_on_one_good_day_makes_nobody_an_advocate(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        author = add_author(session, add_brand(session, clock), NOW)
        for number in range(4):
            mention = add_mention(session, author, f"m{number}", "So good.", NOW + timedelta(minutes=number))
            person = note_mention(session, mention=mention, at=NOW)

        assert person.praises == 4
        assert person.advocate_since is None


def test_an_edited_post_that_is_routed_again_counts_once(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        author = add_author(session, add_brand(session, clock), NOW)
        mention = add_mention(session, author, "m", "So good.", NOW)
        note_mention(session, mention=mention, at=NOW)
        mention.intent = Intent.COMPLAINT
        person = note_mention(session, mention=mention, at=NOW)

        assert (person.mentions, person.praises, person.complaints) == (1, 0, 1)


def test_praise_for_a_rival_is_nobodys_standing_with_us(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        author = add_author(session, add_brand(session, clock), NOW - 10 * WEEK)
        for number in range(4):
            person = speak(session, author, number, queries=["gull"])
        assert (person.mentions, person.advocate_since, person.stage) == (0, None, Stage.REACH)

        person = speak(session, author, 5, queries=["gull", "brand"])
        assert person.mentions == 1


def test_who_turns_away_is_no_advocate_any_more(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        author = add_author(session, add_brand(session, clock), NOW - 10 * WEEK)
        for number in range(3):
            speak(session, author, number)
        for number in range(3, 5):
            assert speak(session, author, number, intent=Intent.COMPLAINT).advocate_since is not None
        person = speak(session, author, 5, intent=Intent.COMPLAINT)

        assert (person.advocate_since, person.stage) == (None, Stage.RETENTION)


def test_praise_that_was_no_praise_makes_nobody_an_advocate(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        author = add_author(session, add_brand(session, clock), NOW - 10 * WEEK)
        for number in range(3):
            person = speak(session, author, number)
        assert person.advocate_since is not None
        for mention in session.scalars(select(Mention)):
            mention.intent = Intent.OTHER
            person = note_mention(session, mention=mention, at=NOW)

        assert (person.praises, person.advocate_since, person.stage) == (0, None, Stage.RETENTION)


def test_history_that_is_brought_in_is_dated_by_its_posts(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        author = add_author(session, add_brand(session, clock), NOW - 60 * WEEK)
        for weeks in (6, 7, 8):
            mention = add_mention(session, author, f"m{weeks}", "So good.", NOW - weeks * WEEK)
            person = note_mention(session, mention=mention, at=NOW)
        assert person.advocate_since == NOW - 6 * WEEK

        person = note_mention(session, mention=mention, at=NOW + 8 * WEEK)
        assert person.advocate_since is None


def test_two_who_are_one_are_weighed_together(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        revision = add_brand(session, clock)
        fan, critic = add_author(session, revision, NOW, "ada"), add_author(session, revision, NOW, "ada", "forum")
        for number in range(3):
            assert speak(session, fan, number) is not None
        for number in range(3, 8):
            speak(session, critic, number, intent=Intent.COMPLAINT)
        merged = merge_people(session, keep_id=fan.person_id, other_id=critic.person_id, at=NOW, user_id=None)

        assert (merged.praises, merged.complaints) == (3, 5)
        assert (merged.advocate_since, merged.stage) == (None, Stage.RETENTION)


def test_praise_that_was_deleted_makes_nobody_an_advocate(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        author = add_author(session, add_brand(session, clock), NOW - 10 * WEEK)
        for number in range(3):
            speak(session, author, number)
        gone = session.scalars(select(Mention.id).limit(1)).one()
        session.get_one(Mention, gone).state = MentionState.DELETED
    PeopleEraser(database, clock).erase_mention(gone)

    with database.read() as session:
        assert session.get_one(Person, author.person_id).advocate_since is None


def test_what_was_deleted_or_waits_is_not_counted(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        author = add_author(session, add_brand(session, clock), NOW)
        add_mention(session, author, "gone", "", NOW, state=MentionState.DELETED)
        add_mention(session, author, "waits", "Nice.", NOW, state=MentionState.CLASSIFIED)
        mention = add_mention(session, author, "now", "Nice.", NOW, state=MentionState.CLASSIFIED)

        assert note_mention(session, mention=mention, at=NOW).mentions == 1


def test_platinum_is_a_persons_word(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        author = add_author(session, add_brand(session, clock), NOW)
        session.get_one(Person, author.person_id).tier = Tier.PLATINUM

        assert speak(session, author, 1).tier is Tier.PLATINUM


def test_a_first_contact_moves_somebody_on(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        author = add_author(session, add_brand(session, clock), NOW)
        note_contact(session, person_id=author.person_id, at=NOW)
        note_contact(session, person_id=author.person_id, at=NOW - WEEK)
        person = session.get_one(Person, author.person_id)

        assert (person.contacts, person.last_contacted_at, person.stage) == (2, NOW, Stage.ACQUISITION)


def test_an_opt_out_keeps_its_first_date_and_can_be_taken_back(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        person_id = add_author(session, add_brand(session, clock), NOW).person_id
        opt_out(session, person_id=person_id, at=NOW)
        opt_out(session, person_id=person_id, at=NOW + WEEK)
        assert session.get_one(Person, person_id).opted_out_at == NOW
        opt_in(session, person_id=person_id, at=NOW + WEEK)
        assert session.get_one(Person, person_id).opted_out_at is None
        session.flush()
        told = session.scalars(select(AuditEvent.action).where(AuditEvent.object_kind == "person")).all()
        assert sorted(told) == ["person.opted_in", "person.opted_out"]
        with pytest.raises(NotFound):
            opt_out(session, person_id=999, at=NOW)


def test_two_who_are_one_are_joined(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        revision = add_brand(session, clock)
        one, two = (
            add_author(session, revision, NOW - WEEK, "ada"),
            add_author(session, revision, NOW, "ada2", "forum"),
        )
        keep, other = session.get_one(Person, one.person_id), session.get_one(Person, two.person_id)
        keep.mentions, other.mentions, other.praises = 2, 3, 3
        other.opted_out_at, other.last_contacted_at, other.stage = NOW, NOW, Stage.RETENTION
        other.tier = Tier.PLATINUM
        friend = session.get_one(Person, add_author(session, revision, NOW, "friend").person_id)
        friend.referred_by = other.id
        for person in (keep, other):
            session.add(SpecialDay(person_id=person.id, kind="birthday", month=3, day=1))
        session.flush()
        merged = merge_people(session, keep_id=keep.id, other_id=other.id, at=NOW, user_id=None)

        assert (merged.mentions, merged.praises, merged.opted_out_at) == (5, 3, NOW)
        assert (merged.stage, merged.tier, merged.last_contacted_at) == (Stage.RETENTION, Tier.PLATINUM, NOW)
        assert merged.first_seen_at == NOW - WEEK
        session.expire_all()
        assert session.get_one(Author, two.id).person_id == keep.id
        assert session.get_one(Person, friend.id).referred_by == keep.id
        assert session.get(Person, other.id) is None
        assert len(session.scalars(select(SpecialDay)).all()) == 1


def test_people_of_two_brands_are_never_joined(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        ours = add_author(session, add_brand(session, clock), NOW)
        theirs = add_author(session, add_brand(session, clock, slug="gull", name="Gull"), NOW)

        with pytest.raises(InvalidInput, match="two brands"):
            merge_people(session, keep_id=ours.person_id, other_id=theirs.person_id, at=NOW, user_id=None)
        with pytest.raises(NotFound):
            merge_people(session, keep_id=ours.person_id, other_id=ours.person_id, at=NOW, user_id=None)


def test_a_mention_of_two_accounts_counts_for_one_person(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        revision = add_brand(session, clock)
        one, two = add_author(session, revision, NOW, "ada"), add_author(session, revision, NOW, "ada", "forum")
        speak(session, one, 1)
        merge_people(session, keep_id=one.person_id, other_id=two.person_id, at=NOW, user_id=None)
        session.refresh(two)
        assert speak(session, two, 2).mentions == 2
        assert session.scalar(select(Mention.id).where(Mention.author_id == two.id)) is not None
