"""The demo's clocks: moments in order, a replay that catches up, seconds counted once, chance that repeats."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.time import ManualClock
from runtime.demo.agenda import Agenda
from runtime.demo.chance import between, draw, pick
from runtime.demo.replaying import ReplayClock
from runtime.demo.stopwatch import Stopwatch

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@given(st.lists(st.integers(min_value=-5, max_value=50), max_size=20))
def test_moments_come_in_order_and_never_back(hours: list[int]) -> None:
    clock = ManualClock(NOW)
    agenda = Agenda(clock)
    seen: list[datetime] = []
    for hour in hours:
        agenda.plan(NOW + hour * HOUR, lambda: seen.append(clock.now()))
    agenda.play(until=NOW + 100 * HOUR, passed=lambda _at: None)
    assert seen == sorted(seen)
    assert len(seen) == len(hours)
    assert all(at >= NOW for at in seen)
    assert clock.now() == NOW + 100 * HOUR


def test_what_a_moment_plans_happens_too_unless_it_is_too_late() -> None:
    clock = ManualClock(NOW)
    agenda = Agenda(clock)
    seen: list[str] = []
    agenda.plan(NOW + HOUR, lambda: agenda.plan(NOW + 2 * HOUR, lambda: seen.append("planned")))
    agenda.plan(NOW + 9 * HOUR, lambda: seen.append("too late"))
    agenda.play(until=NOW + 3 * HOUR, passed=lambda _at: None)
    assert seen == ["planned"]


class Watch:
    """A stop-watch that is set by hand."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_replay_runs_fast_until_it_has_caught_up() -> None:
    real, watch = ManualClock(NOW), Watch()
    clock = ReplayClock(NOW - 12 * HOUR, speed=73, real=real, seconds=watch)
    assert clock.takes == timedelta(minutes=10)
    seen = []
    for _ in range(15):
        seen.append(clock.now())
        watch.seconds += 60
        real.advance(timedelta(minutes=1))
    assert seen[0] == NOW - 12 * HOUR
    assert seen[1] == NOW - 12 * HOUR + timedelta(minutes=73)
    assert seen == sorted(seen)
    assert seen[9] < NOW + timedelta(minutes=9)
    assert seen[10:] == [NOW + timedelta(minutes=minute) for minute in range(10, 15)]


def test_replay_at_the_speed_of_life_never_catches_up() -> None:
    assert ReplayClock(NOW - HOUR, speed=1, real=ManualClock(NOW), seconds=Watch()).takes == timedelta.max


def test_seconds_inside_are_not_counted_outside() -> None:
    watch = Stopwatch()
    with watch.time("outer"):
        watch.timed("inner", lambda _ids: None)((1,))
        with watch.time("inner"):
            pass
    assert set(watch.seconds) == {"outer", "inner"}
    assert watch.total == sum(watch.seconds.values())
    assert all(seconds >= 0 for seconds in watch.seconds.values())


@given(st.text(), st.integers())
def test_chance_repeats_and_stays_in_bounds(word: str, number: int) -> None:
    assert 0 <= draw(word, number) < 1
    assert draw(word, number) == draw(word, number)
    assert pick("abc", word, number) in "abc"
    assert HOUR <= between(HOUR, 2 * HOUR, word, number) < 2 * HOUR
