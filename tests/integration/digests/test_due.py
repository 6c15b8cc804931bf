"""Which digests are due: by what was made, in the brand's zone, and caught up after a machine was off."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from config.brand.profile import Profile
from config.brand.reporting import DigestPlan
from digests.due import due_at, due_digests, make_digest, week_from_number, week_number, weeks_due
from domain.states import SourceState
from domain.time import ManualClock, Week
from storage.database import Database
from storage.jobs import MemoryJobs
from storage.queries.brands import apply_profile
from storage.tables import Brand, DigestMail, Source
from tests.integration.digests.week import DESK, MONDAY, WEEK, Seen, add_week
from tests.rows import PROFILE

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> ManualClock:
    """Monday morning, nine by Berlin's clocks."""
    return ManualClock(MONDAY)


@pytest.fixture
def seen(sqlite_database: Database, clock: ManualClock) -> Seen:
    """A brand with a week behind it whose older digests are made."""
    seen = add_week(sqlite_database, clock)
    for week in (WEEK.shift(-2), WEEK.shift(-1)):
        make_digest(sqlite_database, MemoryJobs(clock), clock, brand_id=seen.brand_id, week=week)
    return seen


def due(database: Database, clock: ManualClock, **changes: object) -> list[str]:
    """Return the weeks that are due."""
    with database.read() as session:
        return [str(week) for _, week in due_digests(session, clock, **changes)]  # type: ignore[arg-type]


def test_it_is_due_from_its_hour_on_until_it_is_made(sqlite_database: Database, clock: ManualClock, seen: Seen) -> None:
    clock.set(MONDAY - HOUR - timedelta(seconds=1))
    assert due(sqlite_database, clock) == []
    clock.set(MONDAY - HOUR)
    assert due(sqlite_database, clock) == ["2026-W46"]

    make_digest(sqlite_database, MemoryJobs(clock), clock, brand_id=seen.brand_id, week=WEEK)
    assert due(sqlite_database, clock) == []


def test_a_machine_that_was_off_catches_up_two_weeks_at_most(
    sqlite_database: Database, clock: ManualClock, seen: Seen
) -> None:  # fmt: skip
    clock.set(MONDAY + timedelta(days=3))
    assert due(sqlite_database, clock) == ["2026-W46"]
    clock.set(MONDAY + timedelta(days=9))
    assert due(sqlite_database, clock) == ["2026-W46", "2026-W47"]
    clock.set(MONDAY + timedelta(days=40))
    assert due(sqlite_database, clock) == ["2026-W50", "2026-W51"]


def test_a_crash_between_digest_and_mail_is_made_good(
    sqlite_database: Database, clock: ManualClock, seen: Seen
) -> None:
    digest = make_digest(
        sqlite_database, MemoryJobs(clock), clock, brand_id=seen.brand_id, week=WEEK, mails=False
    )  # fmt: skip
    assert due(sqlite_database, clock, mails=False) == []
    assert due(sqlite_database, clock) == ["2026-W46"]

    jobs = MemoryJobs(clock)
    again = make_digest(sqlite_database, jobs, clock, brand_id=seen.brand_id, week=WEEK)
    assert again.id == digest.id
    assert [job.key for job in jobs.waiting] == [f"mail:{mail_ids(sqlite_database)[-1]}:0"]
    assert due(sqlite_database, clock) == []


def test_recipients_who_were_added_since_get_the_digest(sqlite_database: Database, clock: ManualClock) -> None:
    jobs, nobody = MemoryJobs(clock), {"weekday": "mon", "hour": 8}
    brand_id = add_week(sqlite_database, clock, digest=nobody).brand_id
    for week in (WEEK.shift(-1), WEEK):
        make_digest(sqlite_database, jobs, clock, brand_id=brand_id, week=week)
    assert (due(sqlite_database, clock), mail_ids(sqlite_database)) == ([], [])

    with sqlite_database.write() as session:
        apply_profile(session, profile=Profile.model_validate({**PROFILE, **DESK}), by="test", clock=clock)
    assert due(sqlite_database, clock) == ["2026-W45", "2026-W46"]
    for week in (WEEK.shift(-1), WEEK):
        make_digest(sqlite_database, jobs, clock, brand_id=brand_id, week=week)
    assert (due(sqlite_database, clock), len(mail_ids(sqlite_database))) == ([], 2)


def mail_ids(database: Database) -> list[int]:
    """Return the mails there are."""
    with database.read() as session:
        return [row.id for row in session.query(DigestMail).order_by(DigestMail.id)]


def test_after_a_start_it_waits_for_its_sources_and_not_for_ever(
    sqlite_database: Database, clock: ManualClock, seen: Seen
) -> None:  # fmt: skip
    with sqlite_database.write() as session:
        session.execute(update(Source).values(last_tried_at=MONDAY - timedelta(days=3)))
    assert due(sqlite_database, clock, up_since=MONDAY - timedelta(minutes=1)) == []
    assert due(sqlite_database, clock, up_since=MONDAY - 2 * HOUR) == ["2026-W46"]
    with sqlite_database.write() as session:
        session.execute(update(Source).values(state=SourceState.STOPPED))
    assert due(sqlite_database, clock, up_since=MONDAY) == ["2026-W46"]


def test_weeks_before_the_brand_was_set_up_and_sleeping_brands_are_left_alone(
    sqlite_database: Database, clock: ManualClock, seen: Seen
) -> None:  # fmt: skip
    with sqlite_database.write() as session:
        session.execute(update(Brand).values(created_at=MONDAY - 9 * HOUR))
    assert due(sqlite_database, clock) == []
    with sqlite_database.write() as session:
        session.execute(update(Brand).values(created_at=MONDAY - timedelta(days=3), active=False))
    assert due(sqlite_database, clock) == []
    with sqlite_database.write() as session:
        session.execute(update(Brand).values(active=True))
    assert due(sqlite_database, clock) == ["2026-W46"]


def test_the_hour_is_the_brands_own_in_summer_and_winter() -> None:
    plan = DigestPlan.model_validate({"weekday": "wed", "hour": 7})

    assert due_at(plan, BERLIN, Week(2026, 46)) == datetime(2026, 11, 18, 6, tzinfo=UTC)
    assert due_at(plan, BERLIN, Week(2026, 25)) == datetime(2026, 6, 24, 5, tzinfo=UTC)
    assert weeks_due(plan, BERLIN, datetime(2026, 11, 17, tzinfo=UTC)) == [Week(2026, 44), Week(2026, 45)]


def test_a_job_carries_its_week_as_a_number() -> None:
    for week in (Week(2026, 1), Week(2026, 53), WEEK):
        assert week_from_number(week_number(week)) == week


def test_it_is_due_on_postgres_too(database: Database, clock: ManualClock) -> None:
    add_week(database, clock)

    assert due(database, clock) == ["2026-W45", "2026-W46"]
