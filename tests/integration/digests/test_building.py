"""A week's digest from real rows, on both databases: made once, unchanged by what comes later, nothing lost."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, select, update

from config.brand.profile import Profile
from digests.building import build_digest, list_digests, preview_figures, read_figures
from digests.coverage import Heard
from digests.failures import FailureKind
from digests.spending import Spending
from digests.texts import load_texts
from domain.errors import InvalidInput, NotFound
from domain.labels import Intent
from domain.states import ClockState, DraftState, MentionState
from domain.time import ManualClock, Week
from listener.deletions import blank_mentions
from people.consent import opt_out
from storage.database import Database
from storage.queries.brands import apply_profile
from storage.tables import (
    AuditEvent,
    Author,
    Case,
    ClassificationRow,
    Digest,
    LedgerEntry,
    Mention,
    Person,
    Reply,
    SlaClock,
    Source,
)
from tests.integration.digests.week import DESK, MONDAY, SINCE, WEEK, add_week, speak
from tests.rows import PROFILE, add_draft


@pytest.fixture
def clock() -> ManualClock:
    """Monday morning after the week."""
    return ManualClock(MONDAY)


def test_every_section_is_told_from_the_rows(database: Database, clock: ManualClock) -> None:
    seen = add_week(database, clock)
    digest = build_digest(database, clock, brand_id=seen.brand_id, week=WEEK)
    figures = read_figures(digest)

    assert (figures.brand, figures.week, figures.partial, digest.model) == ("Tern Kettles", "2026-W46", False, "m1")
    answered, voice = figures.goals
    assert (answered.actual, answered.basis) == (0.25, "1 of 4 mentions that deserved an answer")
    assert voice.actual == 0.8
    assert [point.value is None for point in voice.series] == [False] * 6 + [True, False, False]
    assert {line.kind: line.month for line in figures.spending.lines} == {"gestures": 12_500_000, "agency": None}
    assert [failure.kind for failure in figures.failures] == [FailureKind.LATE_ANSWER]
    assert [(each.person_id, each.advocate, each.thanked) for each in figures.advocates.speakers] == [
        (seen.ada, True, True), (seen.bo, False, False),
    ]  # fmt: skip
    assert [(line.theme, line.people, line.before) for line in figures.themes.praised] == [("lid", 2, 1)]
    assert (figures.ideas.total, figures.ideas.listed[0].person_id) == (1, seen.ada)
    assert [line.heard for line in figures.volumes.weeks] == [Heard.WHOLE] * 6 + [
        Heard.NOTHING,
        Heard.WHOLE,
        Heard.WHOLE,
    ]
    assert [line.total for line in figures.volumes.weeks] == [1, 1, 1, 1, 1, 1, None, 1, 4]
    assert {voice.name: voice.mentions for voice in figures.volumes.voices} == {"Tern Kettles": 4, "Gull": 1}
    assert (figures.service.wanting, figures.service.answered, figures.service.open, figures.service.overdue) == (
        4,
        1,
        1,
        1,
    )
    assert 3 <= len(figures.touchpoint.points) <= 6


def test_an_advocate_is_one_by_what_was_said_and_not_by_the_desks_mark(database: Database, clock: ManualClock) -> None:
    seen = add_week(database, clock)
    with database.write() as session:
        session.get_one(Person, seen.bo).advocate_since = SINCE
    told = preview_figures(database, clock, brand_id=seen.brand_id, week=WEEK)[0].advocates
    assert (told.total, told.new) == (2, 1)
    assert [(each.person_id, each.new) for each in told.speakers if each.advocate] == [(seen.ada, True)]

    with database.write() as session:
        old = session.scalars(select(Mention.id).where(Mention.external_id == "old1")).one()
        blank_mentions(session, ids=[old], now=clock.now())
    told = preview_figures(database, clock, brand_id=seen.brand_id, week=WEEK)[0].advocates
    assert (told.total, told.new) == (1, 0)


def test_nobody_who_opted_out_is_owed_an_answer(database: Database, clock: ManualClock) -> None:
    seen = add_week(database, clock)
    with database.write() as session:
        for person_id in (seen.bo, seen.ada):
            opt_out(session, person_id=person_id, at=SINCE)
    figures = preview_figures(database, clock, brand_id=seen.brand_id, week=WEEK)[0]

    assert (figures.advocates.thanked, figures.advocates.owed, figures.ideas.waiting) == (1, 0, 0)
    assert (figures.service.wanting, figures.service.answered) == (0, 0)
    assert figures.volumes.now.total == 4


def test_money_of_a_week_on_two_months_is_read_for_both(sqlite_database: Database, clock: ManualClock) -> None:
    seen, week = add_week(sqlite_database, clock), Week(2026, 40)  # 28 September to 4 October
    for day, euros in (("2026-09-02", 50), ("2026-09-30", 60), ("2026-10-02", 7), ("2026-10-05", 500)):
        with sqlite_database.write() as session:
            at = datetime.fromisoformat(f"{day}T12:00+00:00")
            session.add(
                LedgerEntry(brand_id=seen.brand_id, kind="gestures", reference=day, micros=euros * 10**6,
                            currency="EUR", at=at)
            )  # fmt: skip

    def read(at: str) -> Spending:
        clock.set(datetime.fromisoformat(f"{at}T18:00+00:00"))
        return preview_figures(sqlite_database, clock, brand_id=seen.brand_id, week=week)[0].spending

    told = read("2026-10-06")
    assert (told.lines[0].week, told.lines[0].month, told.closing[0].month) == (67_000_000, 7_000_000, 110_000_000)
    told = read("2026-09-30")
    assert (told.month, told.lines[0].week, told.lines[0].month) == ("2026-09", 60_000_000, 110_000_000)


def test_only_a_reply_keeps_the_promise_of_an_answer(database: Database, clock: ManualClock) -> None:
    seen = add_week(
        database, clock, goals=[{"id": "soon", "metric": "on_time_share", "target": "100%", "by": "2027-06-30"}]
    )
    with database.write() as session:
        running = session.scalars(select(SlaClock)).one()
        running.state, running.stopped_at = ClockState.HIT, running.started_at + timedelta(minutes=30)
        stopped, case = running.stopped_at, session.get_one(Case, running.case_id)
        conversation_id = case.conversation_id

    def read() -> tuple[float | None, bool]:
        figures = preview_figures(database, clock, brand_id=seen.brand_id, week=WEEK)[0]
        late = [each.what for each in figures.failures if each.kind is FailureKind.LATE_ANSWER]
        return figures.goals[0].actual, late == ["1 case was closed without an answer."]

    assert read() == (0, True)
    with database.write() as session:
        session.execute(update(Reply).values(conversation_id=conversation_id, sent_at=stopped))
    assert read() == (1, False)


def test_a_draft_ran_out_in_the_week_of_its_end_and_not_because_something_replaced_it(
    database: Database, clock: ManualClock
) -> None:  # fmt: skip
    seen = add_week(database, clock)
    day = timedelta(days=1)
    # When each was made, ran out and was taken from the queue, in days of the week.
    drafts = ((-4, 3, 3), (-9, -1, -1), (1, 4, 2), (1, 8, 8), (2, 5, 5))
    with database.write() as session:
        author = session.scalars(select(Author)).first()
        assert author is not None
        for made, ends, gone in drafts:
            mention = session.get_one(Mention, speak(session, author, f"d{made}{ends}", "Nice.", 24 * made))
            add_draft(
                session, mention, seen.revision, mention.posted_at, state=DraftState.EXPIRED,
                expires_at=SINCE + ends * day, updated_at=SINCE + gone * day + timedelta(minutes=3),
            )  # fmt: skip
    figures = preview_figures(database, clock, brand_id=seen.brand_id, week=WEEK)[0]

    (told,) = [each for each in figures.failures if each.kind is FailureKind.EXPIRED]
    assert told.count == 2


def test_a_hole_in_listening_stays_told_when_its_source_is_switched_off(
    database: Database, clock: ManualClock
) -> None:  # fmt: skip
    press = {"id": "press", "type": "feed", "url": "https://press.example/f.xml"}
    seen = add_week(database, clock)
    off = SINCE + timedelta(days=5)
    with database.write() as session:
        apply_profile(
            session, profile=Profile.model_validate({**PROFILE, **DESK, "sources": [*PROFILE["sources"], press]}),
            by="test", clock=ManualClock(SINCE - timedelta(weeks=9)),
        )  # fmt: skip
        source = session.scalars(select(Source).where(Source.key == "press")).one()
        source.last_ok_at = SINCE + timedelta(hours=6)
    with database.write() as session:
        profile = Profile.model_validate({**PROFILE, **DESK})
        apply_profile(session, profile=profile, by="test", clock=ManualClock(off))
    figures = preview_figures(database, clock, brand_id=seen.brand_id, week=WEEK)[0]

    (told,) = [each for each in figures.failures if each.kind is FailureKind.GAP]
    assert told.hours == 114
    assert told.proposal.startswith("It is switched off since")
    assert (figures.coverage.heard, figures.volumes.now.total) == (Heard.IN_PART, None)


def test_a_digest_is_made_once_and_nothing_later_changes_it(database: Database, clock: ManualClock) -> None:
    seen = add_week(database, clock)
    first = build_digest(database, clock, brand_id=seen.brand_id, week=WEEK)
    clock.advance(timedelta(hours=1))
    with database.write() as session:
        session.execute(update(Mention).values(intent=Intent.OTHER))
        session.execute(update(ClassificationRow).values(model="m2"))
    again = build_digest(database, clock, brand_id=seen.brand_id, week=WEEK)
    assert (again.id, again.figures, again.created_at) == (first.id, first.figures, MONDAY)

    rebuilt = build_digest(database, clock, brand_id=seen.brand_id, week=WEEK, rebuild=True)
    assert (rebuilt.id, rebuilt.model, rebuilt.created_at) == (first.id, "m2", clock.now())
    with database.read() as session:
        assert len(list_digests(session, brand_id=seen.brand_id)) == 1
        told = session.scalars(select(AuditEvent.action).where(AuditEvent.object_kind == "digest")).all()
        assert sorted(told) == ["digest.built", "digest.rebuilt"]


def test_a_week_that_is_not_over_is_shown_and_not_kept(database: Database, clock: ManualClock) -> None:
    seen = add_week(database, clock)
    clock.set(SINCE + timedelta(days=2))
    digest = build_digest(database, clock, brand_id=seen.brand_id, week=WEEK)

    assert not digest.id
    figures = read_figures(digest)
    assert (figures.partial, figures.volumes.now.total) == (True, 3)
    with database.read() as session:
        assert session.scalars(select(Digest)).all() == []
    with pytest.raises(InvalidInput, match="hasn't begun"):
        build_digest(database, clock, brand_id=seen.brand_id, week=Week(2026, 47))
    with pytest.raises(NotFound):
        build_digest(database, clock, brand_id=999, week=WEEK)


def test_what_a_digest_reads_does_not_grow_with_its_mentions(database: Database, clock: ManualClock) -> None:
    seen = add_week(database, clock)
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    preview_figures(database, clock, brand_id=seen.brand_id, week=WEEK)

    # Three a week for nine weeks, and the rest once.
    assert len([text for text in statements if "SELECT" in text]) <= 27 + 26


def test_the_digest_of_one_brand_never_shows_another(database: Database, clock: ManualClock) -> None:
    seen = add_week(database, clock)
    digest = build_digest(database, clock, brand_id=seen.brand_id, week=WEEK)
    foreign = read_figures(digest).model_copy(update={"brand_id": seen.brand_id + 1})
    with database.read() as session:
        texts = load_texts(session, foreign)

    assert (texts.quotes, texts.names) == ({}, {})


def test_what_waits_to_be_sorted_is_told(database: Database, clock: ManualClock) -> None:
    seen = add_week(database, clock)
    with database.write() as session:
        session.execute(
            update(Mention).where(Mention.id == seen.praise).values(state=MentionState.COLLECTED, intent=None)
        )
    figures, _ = preview_figures(database, clock, brand_id=seen.brand_id, week=WEEK)

    (told,) = [failure for failure in figures.failures if failure.kind is FailureKind.UNSORTED]
    assert told.proposal.endswith("they are counted, but under no intent.")
    assert figures.volumes.now.intents is not None
    assert (figures.volumes.now.total, sum(figures.volumes.now.intents.values())) == (4, 4)
