"""Money of a week and of its months, and what hurt customers."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from digests.failures import FailureKind, compute_failures
from digests.frame import Frame
from digests.material import (
    LedgerRow,
    Trouble,
)
from digests.spending import compute_spending
from domain.labels import Intent
from domain.money import MICROS
from domain.states import SourceState
from domain.time import Week
from tests.unit.digests.samples import (
    WEEK,
    cell,
    clock_row,
    context_of,
    make_frame,
    make_gap,
    make_material,
    make_source,
)


def test_spending_tells_nothing_recorded_from_nothing_spent() -> None:
    frame = make_frame(budget={"platform_calls": "60.00 EUR", "gestures": "50.00 EUR", "agency": "900.00 EUR"})

    def row(kind: str, euros: int, currency: str = "EUR") -> LedgerRow:
        return LedgerRow(kind=kind, currency=currency, micros=euros * MICROS, seconds=0, calls=7, entries=1)

    month = (row("gestures", 30), row("gestures", 4, "USD"), row("courier", 3))
    spending = compute_spending(frame, make_material(frame, ledger_week=(row("gestures", 5),), ledger_month=month))
    lines = {(line.kind, line.currency): line for line in spending.lines}

    assert (spending.month, spending.day, spending.days) == ("2026-11", 15, 30)
    assert (lines["platform_calls", "EUR"].month, lines["platform_calls", "EUR"].over) == (0, False)
    assert (lines["agency", "EUR"].month, lines["agency", "EUR"].share) == (None, None)
    assert "isn't known" in lines["agency", "EUR"].note
    gestures = lines["gestures", "EUR"]
    assert (gestures.week, gestures.month, gestures.expected, gestures.over) == (
        5 * MICROS,
        30 * MICROS,
        60 * MICROS,
        True,
    )
    assert "isn't added" in lines["gestures", "USD"].note
    assert "No budget" in lines["courier", "EUR"].note


def ledger(kind: str, euros: int, entries: int = 1) -> LedgerRow:
    """Return what was spent on one kind."""
    return LedgerRow(kind=kind, currency="EUR", micros=euros * MICROS, seconds=0, calls=0, entries=entries)


def in_week_40(**changes: Any) -> Frame:
    """Return the frame of a week that begins in September and ends on 4 October."""
    budget = {"agency": "900.00 EUR", "gestures": "100.00 EUR"}
    as_of = changes.pop("as_of", datetime(2026, 10, 5, 6, tzinfo=UTC))
    return replace(make_frame(budget=budget, **changes), week=Week(2026, 40), as_of=as_of)


def test_what_was_spent_before_the_months_first_is_told_and_the_month_closed() -> None:
    frame = in_week_40()
    week = (ledger("agency", 400), ledger("gestures", 30), ledger("photos", 250))
    closed = (ledger("agency", 800), ledger("gestures", 130), ledger("photos", 250))
    spending = compute_spending(frame, make_material(frame, ledger_week=week, ledger_closed=closed))
    lines = {line.kind: line for line in spending.lines}
    ended = {line.kind: line for line in spending.closing}

    assert (spending.month, spending.closed) == ("2026-10", "2026-09")
    assert [lines[kind].week for kind in ("agency", "gestures", "photos")] == [400 * MICROS, 30 * MICROS, 250 * MICROS]
    assert (lines["agency"].month, lines["gestures"].month) == (None, 0)
    assert (ended["agency"].month, ended["agency"].over) == (800 * MICROS, False)
    assert (ended["gestures"].month, ended["gestures"].over, ended["gestures"].expected) == (130 * MICROS, True, None)


def test_a_look_at_a_running_week_tells_the_month_of_its_day() -> None:
    frame = in_week_40(as_of=datetime(2026, 9, 30, 8, tzinfo=UTC))
    spending = compute_spending(frame, make_material(frame, ledger_month=(ledger("agency", 850),)))

    assert (spending.month, spending.day, spending.closed, spending.closing) == ("2026-09", 30, "", ())


def test_a_months_first_days_and_a_fee_that_is_paid_once_have_no_pace() -> None:
    early, late = in_week_40(), make_frame(budget={"agency": "900.00 EUR", "gestures": "100.00 EUR"})
    rows = (ledger("agency", 900), ledger("gestures", 40))
    first, fee = (compute_spending(frame, make_material(frame, ledger_month=rows)).lines for frame in (early, late))
    often = compute_spending(late, make_material(late, ledger_month=(ledger("agency", 500, entries=3),))).lines

    assert [line.expected for line in first] == [None, None]
    assert [line.expected for line in fee] == [None, 80 * MICROS]
    assert not any(line.over for line in (*first, *fee))
    assert (often[0].expected, often[0].over) == (1000 * MICROS, True)


def test_failures_name_what_hurts_customers_first() -> None:
    frame = make_frame()
    trouble = Trouble(
        failed_sends=1, unknown_sends=2, rejected_drafts=4, decided_drafts=10, expired_drafts=1, dead_letters=3,
        late_follow_ups=1, failed_mails=1, unsorted=2,
    )  # fmt: skip
    material = make_material(
        frame, trouble=trouble, gaps=(make_gap(frame, WEEK, hours=7),),
        sources=(make_source(frame), make_source(frame, id=2, key="x", state=SourceState.STOPPED),
                 make_source(frame, id=3, key="feed", last_ok_at=None),
                 make_source(frame, id=4, key="off", enabled=False)),
        clocks=(clock_row(started=1, due=5), clock_row(started=1, due=5, stopped=9, case_id=2)),
    )  # fmt: skip
    weeks = (*material.weeks[:-1], replace(material.weeks[-1], cells=(cell(8), cell(2, Intent.ABSTAINED))))
    material = replace(material, weeks=weeks)
    failures = compute_failures(frame, material, context_of(frame, material))

    assert [failure.kind for failure in failures] == [
        FailureKind.LATE_ANSWER, FailureKind.LATE_FOLLOW_UP, FailureKind.FAILED_SEND, FailureKind.UNKNOWN_SEND,
        FailureKind.GAP, FailureKind.SOURCE, FailureKind.SOURCE, FailureKind.REJECTED, FailureKind.EXPIRED,
        FailureKind.ABSTAINED, FailureKind.UNSORTED, FailureKind.DEAD_LETTER, FailureKind.MAIL,
    ]  # fmt: skip
    assert failures[0].what == (
        "1 case had an answer later than promised; 1 case waits for an answer longer than promised."
    )
    assert failures[4].what == "The source “inbox” couldn't be read for 7 h: It answered 503."
    assert all(failure.proposal for failure in failures)


@pytest.mark.parametrize(
    ("clocks", "what"),
    [
        ([{"due": 5}], "1 case waits for an answer longer than promised."),
        ([{"due": 5}, {"due": 6, "stopped": 9}], "1 case waits for an answer longer than promised."),
        ([{"due": 5, "stopped": 9}], "1 case had an answer later than promised."),
        ([{"due": 5, "stopped": 2, "answered": False}], "1 case was closed without an answer."),
    ],
)
def test_one_case_is_told_once_by_the_worst_that_became_of_it(clocks: list[dict[str, Any]], what: str) -> None:
    frame = make_frame()
    material = make_material(frame, clocks=tuple(clock_row(started=1, **each) for each in clocks))
    failure = compute_failures(frame, material, context_of(frame, material))[0]

    assert (failure.count, failure.what) == (1, what)


def test_nobody_waits_who_opted_out() -> None:
    frame = make_frame()
    material = make_material(frame, clocks=(clock_row(started=1, due=5, opted_out=True),))

    assert compute_failures(frame, material, context_of(frame, material)) == ()


def test_a_week_without_failures_has_none() -> None:
    frame = make_frame()
    material = make_material(frame)

    assert compute_failures(frame, material, context_of(frame, material)) == ()
