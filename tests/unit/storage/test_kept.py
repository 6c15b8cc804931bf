"""Remembered values: seconds old at most, never of before a change, few enough, and no thread waits."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread

import pytest

from domain.time import ManualClock
from storage.queries.kept import Kept

AGE = timedelta(seconds=5)


class _Finder:
    def __init__(self) -> None:
        self.asked: list[int] = []
        self.meanwhile: Callable[[], None] = lambda: None

    def __call__(self, key: int) -> int:
        self.asked.append(key)
        self.meanwhile()
        return len(self.asked)


def test_a_value_is_found_again_only_when_it_is_old(clock: ManualClock) -> None:
    find = _Finder()
    kept = Kept(find, clock=clock, age=AGE)
    assert [kept.of(1), kept.of(1)] == [1, 1]
    clock.advance(AGE - timedelta(milliseconds=1))
    assert kept.of(1) == 1
    clock.advance(timedelta(milliseconds=1))
    assert kept.of(1) == 2


def test_a_clock_that_is_set_back_does_not_freeze_a_value(clock: ManualClock) -> None:
    kept = Kept(_Finder(), clock=clock, age=AGE)
    kept.of(1)
    clock.advance(-timedelta(days=1))
    assert kept.of(1) == 2


def test_a_change_while_a_value_is_found_is_not_lost(clock: ManualClock) -> None:
    find = _Finder()
    kept = Kept(find, clock=clock, age=AGE)
    find.meanwhile = lambda: kept.forget(1)
    assert kept.of(1) == 1
    find.meanwhile = lambda: None
    assert kept.of(1) == 2
    kept.forget(1)
    assert kept.of(1) == 3


def test_few_are_kept_and_those_asked_for_lately(clock: ManualClock) -> None:
    find = _Finder()
    kept = Kept(find, clock=clock, age=AGE, most=2)
    for key in (1, 2, 1, 3, 1):
        kept.of(key)
    assert find.asked == [1, 2, 3]
    kept.of(2)
    assert find.asked == [1, 2, 3, 2]


def test_nobody_waits_while_another_thread_finds(clock: ManualClock) -> None:
    begun, go_on = Event(), Event()
    find = _Finder()
    kept = Kept(find, clock=clock, age=AGE)
    kept.of(1)
    clock.advance(AGE)

    def wait() -> None:
        begun.set()
        assert go_on.wait(10)

    find.meanwhile = wait
    slow = Thread(target=kept.of, args=(1,))
    slow.start()
    assert begun.wait(10)
    assert kept.of(1) == 1
    go_on.set()
    slow.join(10)
    find.meanwhile = lambda: None
    assert kept.of(1) == 2


def test_what_fails_is_tried_again(clock: ManualClock) -> None:
    find = _Finder()
    kept = Kept(find, clock=clock, age=AGE)

    def fail() -> None:
        raise OSError("away")

    find.meanwhile = fail
    for _ in range(2):
        with pytest.raises(OSError, match="away"):
            kept.of(1)
    assert find.asked == [1, 1]
