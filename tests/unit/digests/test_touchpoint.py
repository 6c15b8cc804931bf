"""The agenda has three to six concrete points, what went wrong first, whatever the week was like."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from digests.material import CaseRow, IdeaRow, IncidentRow, LedgerRow, Trouble
from digests.touchpoint import FEWEST, MOST, Touchpoint
from domain.labels import Intent, Priority
from domain.money import MICROS
from tests.unit.digests.samples import WEEK, clock_row, make_figures, make_frame, make_gap, make_material, said, spoke


def agenda(*, goals: bool, late: bool, wave: bool, over: bool, praise: int, ideas: int, gap: bool) -> Touchpoint:
    """Return the agenda of a week in which these things happened."""
    changes: dict[str, Any] = {"budget": {"gestures": "10.00 EUR"}} | (
        {"goals": [{"id": "g", "metric": "ideas", "target": 50, "by": "2027-01-01"}]} if goals else {}
    )
    frame = make_frame(**changes)
    case = CaseRow(
        id=1,
        person_id=1,
        theme="outage",
        priority=Priority.HIGH,
        opened_at=frame.since,
        resolved_at=None,
        incident_id=5,
    )
    spent = LedgerRow(kind="gestures", currency="EUR", micros=90 * MICROS, seconds=0, calls=0, entries=1)
    material = make_material(
        frame,
        said=tuple(said(number) for number in range(praise)),
        clocks=(clock_row(started=1, due=5),) if late else (),
        cases=(case,) if wave else (),
        incidents=(IncidentRow(id=5, cause="outage", opened_at=frame.since, closed_at=None),) if wave else (),
        ledger_month=(spent,) if over else (),
        ideas=tuple(IdeaRow(mention_id=n, person_id=n, theme=None, posted_at=frame.since) for n in range(ideas)),
        gaps=(make_gap(frame, WEEK, hours=9),) if gap else (),
    )
    return make_figures(material, **changes).touchpoint


@given(
    goals=st.booleans(), late=st.booleans(), wave=st.booleans(), over=st.booleans(), praise=st.integers(0, 5),
    ideas=st.integers(0, 3), gap=st.booleans(),
)  # fmt: skip
def test_three_to_six_points_each_with_something_to_decide(
    *, goals: bool, late: bool, wave: bool, over: bool, praise: int, ideas: int, gap: bool
) -> None:
    told = agenda(goals=goals, late=late, wave=wave, over=over, praise=praise, ideas=ideas, gap=gap)

    assert FEWEST <= len(told.points) <= MOST
    assert len({point.title for point in told.points}) == len(told.points)
    assert all(point.title and point.why and point.ask for point in told.points)


def test_the_wave_comes_first_then_the_goal_then_what_failed() -> None:
    told = agenda(goals=True, late=True, wave=True, over=True, praise=3, ideas=1, gap=True)

    assert [point.title for point in told.points] == [
        "The wave of complaints about outage", "The goal furthest off: g", "What failed", "Money: goodwill",
        "Thanks that are owed", "Ideas from customers",
    ]  # fmt: skip
    assert told.points[2].why == "1 case waits for an answer longer than promised. 1 more is listed under what failed."


def test_new_advocates_and_days_ahead_are_points_of_their_own() -> None:
    special = [{"name": "Kettle Day", "on": "11-20", "note": "We send a card."}, {"name": "Far", "on": "03-01"}]
    frame = make_frame(special_days=special)
    told = make_figures(make_material(frame, spoke=spoke(1, {0: 1, 3: 2})), special_days=special).touchpoint
    titles = {point.title: point for point in told.points}

    assert "New advocates" in titles
    assert (titles["Ahead: Kettle Day"].why, titles["Ahead: Kettle Day"].ask) == (
        "It is on Fri 20 Nov 2026.",
        "We send a card.",
    )
    assert "Ahead: Far" not in titles


def test_a_growing_complaint_is_a_point_and_says_when_last_week_is_unknown() -> None:
    frame = make_frame()
    complaints = tuple(said(number, intent=Intent.COMPLAINT) for number in (1, 2))
    gap = make_gap(frame, frame.weeks[-2], hours=90)
    told = make_figures(make_material(frame, said=complaints, gaps=(gap,))).touchpoint
    point = next(point for point in told.points if point.title == "Complaints about lid")

    assert point.why == "2 people this week, the week before isn't known."


def test_the_clients_own_words_come_back_in_a_quiet_week() -> None:
    onboarding = {"expectations": ["Tell us first what went wrong."], "contact": {"name": "Ada"}}
    told = make_figures(onboarding=onboarding).touchpoint

    assert told.with_whom == "Ada"
    assert any("Tell us first what went wrong." in point.why for point in told.points)


def test_troubles_of_the_machine_alone_do_not_crowd_the_agenda() -> None:
    frame = make_frame()
    material = replace(make_material(frame), trouble=Trouble(dead_letters=4))

    assert "What failed" not in [point.title for point in make_figures(material).touchpoint.points]
