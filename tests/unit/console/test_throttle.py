"""Guessing is slowed; nobody is locked out by others."""

from datetime import timedelta

from console.access.throttle import ADDRESS, LOGIN, PAIR, WINDOW, Throttle
from domain.time import ManualClock


def fail(throttle: Throttle, *, address: str, login: str, times: int) -> None:
    """Note so many failures."""
    for _ in range(times):
        throttle.note_failure(address=address, login=login)


def test_a_pair_waits_after_five_failures_and_not_before(clock: ManualClock) -> None:
    throttle = Throttle(clock)
    fail(throttle, address="a", login="ada", times=PAIR - 1)
    assert throttle.wait(address="a", login="ada") == timedelta()
    fail(throttle, address="a", login="ada", times=1)
    assert throttle.wait(address="a", login="ada") == WINDOW
    clock.advance(WINDOW)
    assert throttle.wait(address="a", login="ada") == timedelta()


def test_one_address_cannot_try_many_logins(clock: ManualClock) -> None:
    throttle = Throttle(clock)
    for number in range(ADDRESS):
        throttle.note_failure(address="a", login=f"user{number}")
    assert throttle.wait(address="a", login="somebody") > timedelta(minutes=10)
    assert throttle.wait(address="b", login="somebody") == timedelta()


def test_a_login_under_attack_from_everywhere_stays_open_to_who_knows_it(clock: ManualClock) -> None:
    throttle = Throttle(clock)
    throttle.note_success(address="home", login="ada")
    for number in range(LOGIN):
        throttle.note_failure(address=f"bot{number}", login="ada")
    # Strangers get one try in ten seconds, the known address as many as ever.
    assert throttle.wait(address="stranger", login="ada") == timedelta(seconds=10)
    assert throttle.wait(address="home", login="ada") == timedelta()
    clock.advance(timedelta(seconds=10))
    assert throttle.wait(address="stranger", login="ada") == timedelta()


def test_strangers_behind_an_address_do_not_shut_out_who_is_known_there(clock: ManualClock) -> None:
    throttle = Throttle(clock)
    throttle.note_success(address="office", login="ada")
    for number in range(ADDRESS):
        throttle.note_failure(address="office", login=f"user{number}")
    assert throttle.wait(address="office", login="ada") == timedelta()
    assert throttle.wait(address="office", login="eve") > timedelta(minutes=10)
    fail(throttle, address="office", login="ada", times=PAIR)
    assert throttle.wait(address="office", login="ada") == WINDOW


def test_success_forgives_the_pair(clock: ManualClock) -> None:
    throttle = Throttle(clock)
    fail(throttle, address="a", login="ada", times=PAIR - 1)
    throttle.note_success(address="a", login="ada")
    fail(throttle, address="a", login="ada", times=PAIR - 1)
    assert throttle.wait(address="a", login="ada") == timedelta()


def test_memory_stays_bounded(clock: ManualClock) -> None:
    throttle = Throttle(clock)
    for number in range(15_000):
        throttle.note_failure(address=f"{number}", login=f"{number}")
    assert len(throttle._failures) <= 20_000
