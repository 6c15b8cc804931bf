"""Which source looks at posts again, within which limits, and what is told when none does."""

from datetime import timedelta

from domain.errors import InvalidInput
from domain.money import Money
from domain.posts import Signal, SignalKind
from domain.time import ManualClock
from listener.collectors.memory import MemoryCollector
from listener.leases import take_lease
from listener.overdue import count_overdue
from listener.rechecks import recheck_source
from listener.spending import keep_half
from platforms.allowance import Allowance
from storage.database import Database
from storage.tables import Mention, Source
from tests.integration.listener.home import Home, open_home, post
from tests.integration.listener.looks import HOUR, due, heard, look


def test_posts_of_a_source_that_is_gone_are_looked_at_by_another(home: Home, collector: MemoryCollector) -> None:
    with home.database.write() as session:
        for mention in session.query(Mention):
            mention.source_id = home.sources["reviews"]
    assert look(home, collector).asked == 0
    with home.database.write() as session:
        session.get_one(Source, home.sources["reviews"]).enabled = False
    assert look(home, collector).asked == 3


def test_a_source_with_a_limit_is_not_asked_while_it_is_read(database: Database, clock: ManualClock) -> None:
    home = open_home(database, clock, sources=[{"id": "main", "type": "memory", "calls": 100, "recheck": "30d"}])
    home.save(heard(1), heard(2, ago=timedelta(days=40)))
    home.clock.advance(21 * HOUR)
    with database.write() as session:
        assert take_lease(source=session.get_one(Source, home.sources["main"]), token="other", now=clock.now())
    collector = MemoryCollector([heard(1)])
    assert look(home, collector).skipped == "another reading of it is under way"
    assert home.source().lease == "other"
    with database.write() as session:
        session.get_one(Source, home.sources["main"]).lease = None
    # What is older than the source's own limit isn't asked about.
    assert look(home, collector).asked == 1
    assert collector.looks == [("1",)]
    assert home.source().lease is None


def test_posts_that_were_not_looked_at_in_time_are_counted(home: Home, collector: MemoryCollector) -> None:
    def late() -> int:
        with home.database.read() as session:
            source = session.get_one(Source, home.sources["main"])
            return count_overdue(session, source, home.profiles.current(home.brand_id).profile, now=home.clock.now())

    home.clock.advance(4 * HOUR)
    assert late() == 0  # nobody promised it for this platform
    collector.trouble = Signal(kind=SignalKind.REFUSED, message="No.")
    collector.silent = {"1", "2"}
    look(home, collector)
    assert late() == 2
    home.clock.advance(7 * HOUR)
    collector.silent = set()
    look(home, collector)
    assert late() == 0


def test_what_comes_by_itself_is_not_asked_about(home: Home) -> None:
    home.save(post(1, "I like kestrel", platform="webhook"), source="hook")
    home.clock.advance(30 * HOUR)
    assert due(home) == []
    with home.database.read() as session:
        source = session.get_one(Source, home.sources["hook"])
        profile = home.profiles.current(home.brand_id).profile
        assert count_overdue(session, source, profile, now=home.clock.now()) == 0


def test_settings_that_are_wrong_are_told_only_where_a_look_was_promised(
    home: Home, collector: MemoryCollector
) -> None:
    def build(_view: object) -> MemoryCollector:
        raise InvalidInput("The instance is missing.")

    report = recheck_source(
        home.database, home.clock, build=build, source_id=home.sources["main"], intake=home.intake
    )  # fmt: skip
    assert report.signal is not None
    assert home.source().recheck_error is None
    assert home.source().recheck_after == home.clock.now() + 6 * HOUR
    assert collector.looks == []


def test_half_of_a_limit_is_kept_for_the_reading() -> None:
    euros = Money(micros=10_000_000, currency="EUR")
    fresh = keep_half(Allowance(micros=10_000_000, calls=101), budget=euros, calls=101)
    assert (fresh.micros, fresh.calls) == (5_000_000, 51)
    half_spent = keep_half(Allowance(micros=4_000_000, calls=50), budget=euros, calls=101)
    assert (half_spent.micros, half_spent.calls) == (0, 0)
    assert keep_half(Allowance(), budget=None, calls=None) == Allowance()
