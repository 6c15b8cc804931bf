"""Each metric counts what it says it counts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from config.brand.goals import Metric
from digests.frame import Frame
from digests.material import Answer, CaseRow, IdeaRow, Material, WeekRows
from digests.metrics import measure
from domain.labels import Intent, Priority
from tests.unit.digests.samples import WEEK, cell, clock_row, make_frame, make_gap, make_material, spoke

RIVALS = [
    {"name": "brand", "expression": "tern"},
    {"name": "gull", "expression": "gull", "rival": "Gull", "purpose": "watch"},
    {"name": "trade", "expression": "kettle", "purpose": "watch"},
]


def answer(frame: Frame, number: int, *, hours: float, intent: Intent = Intent.PRAISE, day: float = 1) -> Answer:
    """Return an answer so many hours after its post."""
    posted = frame.since + timedelta(days=day)
    return Answer(
        mention_id=number, queries=("brand",), platform="x", intent=intent, counted_only=False, posted_at=posted,
        sent_at=posted + timedelta(hours=hours),
    )  # fmt: skip


def with_week(material: Material, **changes: object) -> Material:
    """Return the material with parts of week 46 replaced."""
    weeks = tuple(replace(rows, **changes) if rows.week == WEEK else rows for rows in material.weeks)  # type: ignore[arg-type]
    return replace(material, weeks=weeks)


def test_answered_share_leaves_out_what_deserves_no_answer() -> None:
    frame = make_frame(platforms={"forum": {"answer": "never"}}, queries=RIVALS)
    cells = (
        cell(4), cell(4, Intent.QUESTION), cell(50, Intent.OTHER), cell(7, Intent.ABSTAINED), cell(3, None),
        cell(9, counted_only=True), cell(5, platform="forum"), cell(6, queries=("gull",)), cell(8, queries=("trade",)),
        cell(2, opted_out=True),
    )  # fmt: skip
    answers = (answer(frame, 1, hours=1), answer(frame, 2, hours=2, intent=Intent.QUESTION))
    material = with_week(make_material(frame), cells=cells, answers=answers)

    assert measure(Metric.THANKED_SHARE, frame, material, WEEK).basis == "1 of 4 posts of praise"
    measured = measure(Metric.ANSWERED_SHARE, frame, material, WEEK)
    assert (measured.value, measured.basis) == (0.25, "2 of 8 mentions that deserved an answer")


def test_earlier_weeks_are_judged_as_long_after_their_end_as_this_one() -> None:
    frame = make_frame()
    before = frame.weeks[-2]
    late = replace(
        answer(frame, 1, hours=0), posted_at=frame.bounds(before)[0], sent_at=frame.since + timedelta(days=3)
    )
    early = replace(late, mention_id=2, sent_at=frame.since - timedelta(days=3))
    rows = WeekRows(week=before, cells=(cell(4),), answers=(late, early))
    material = make_material(frame)
    material = replace(material, weeks=tuple(rows if each.week == before else each for each in material.weeks))

    assert measure(Metric.ANSWERED_SHARE, frame, material, before).value == 0.25


def test_median_first_response_is_from_post_to_answer() -> None:
    frame = make_frame()
    answers = tuple(answer(frame, number, hours=hours) for number, hours in enumerate((1, 2, 30)))
    material = with_week(make_material(frame), answers=answers)

    assert measure(Metric.MEDIAN_FIRST_RESPONSE, frame, material, WEEK).value == 2 * 3600


def test_on_time_share_leaves_open_what_is_not_due_and_what_stands_still() -> None:
    frame = make_frame()
    clocks = (
        clock_row(started=1, due=5, stopped=3), clock_row(started=1, due=5, stopped=9), clock_row(started=1, due=5),
        clock_row(started=160, due=500), clock_row(started=1, due=5, paused_at=frame.since),
        clock_row(started=1, due=5, stopped=3, kind="resolution"), clock_row(started=-300, due=5, stopped=9),
        clock_row(started=1, due=5, opted_out=True),
    )  # fmt: skip
    measured = measure(Metric.ON_TIME_SHARE, frame, make_material(frame, clocks=clocks), WEEK)

    assert measured.value == pytest.approx(1 / 3)
    assert measured.basis == "1 of 3 answers promised in cases"


def test_a_case_that_was_closed_without_a_reply_had_no_answer_in_time() -> None:
    frame = make_frame()
    clocks = tuple(clock_row(started=1, due=5, stopped=2, case_id=n, answered=n == 4) for n in range(5))
    measured = measure(Metric.ON_TIME_SHARE, frame, make_material(frame, clocks=clocks), WEEK)

    assert (measured.value, measured.basis) == (0.2, "1 of 5 answers promised in cases")


def test_overdue_is_told_as_it_stood_at_the_end_of_each_week() -> None:
    frame = make_frame()
    clocks = (
        clock_row(started=-100, due=-50, stopped=10), clock_row(started=1, due=5, case_id=2),
        clock_row(started=1, due=6, case_id=2, kind="resolution"), clock_row(started=1, due=5, stopped=9, case_id=3),
    )  # fmt: skip
    material = make_material(frame, clocks=clocks)

    assert measure(Metric.CASES_OVERDUE, frame, material, WEEK).value == 1
    assert measure(Metric.CASES_OVERDUE, frame, material, frame.weeks[-2]).value == 1


def test_cases_resolved_and_how_long_they_took() -> None:
    frame = make_frame()

    def case(number: int, opened: float, resolved: float | None) -> CaseRow:
        return CaseRow(
            id=number, person_id=number, theme=None, priority=Priority.HIGH, incident_id=None,
            opened_at=frame.since + timedelta(hours=opened),
            resolved_at=None if resolved is None else frame.since + timedelta(hours=resolved),
        )  # fmt: skip

    material = make_material(frame, cases=(case(1, -10, 10), case(2, 5, None), case(3, -99, -50), case(4, 5, 45)))

    assert measure(Metric.RESOLVED_SHARE, frame, material, WEEK).value == pytest.approx(2 / 3)
    assert measure(Metric.MEDIAN_RESOLUTION, frame, material, WEEK).value == 30 * 3600


def test_share_of_voice_needs_a_rival() -> None:
    frame = make_frame()
    assert "No rival" in measure(Metric.SHARE_OF_VOICE, frame, make_material(frame), WEEK).basis

    frame = make_frame(queries=RIVALS)
    cells = (cell(6), cell(2, queries=("gull",)), cell(1, queries=("brand", "gull")))
    material = with_week(make_material(frame), cells=cells)
    assert measure(Metric.SHARE_OF_VOICE, frame, material, WEEK).value == pytest.approx(7 / 10)


def test_shares_of_what_is_said_leave_out_what_says_nothing() -> None:
    frame = make_frame()
    cells = (cell(3), cell(1, Intent.COMPLAINT), cell(40, Intent.OTHER), cell(9, Intent.ABSTAINED))
    material = with_week(make_material(frame), cells=cells)

    assert measure(Metric.PRAISE_SHARE, frame, material, WEEK).value == 0.75
    assert measure(Metric.COMPLAINT_SHARE, frame, material, WEEK).value == 0.25


def test_advocates_and_ideas() -> None:
    frame = make_frame()
    said = (
        *spoke(1, {0: 1, 1: 1, 2: 1}), *spoke(2, {3: 2, 5: 1}), *spoke(3, {0: 9}), *spoke(4, {1: 2, 2: 2}, {0: 4}),
    )  # fmt: skip
    ideas = (IdeaRow(mention_id=1, person_id=1, theme=None, posted_at=frame.since),)
    material = make_material(frame, spoke=said, ideas=ideas)

    assert measure(Metric.ADVOCATES, frame, material, WEEK).value == 2
    assert measure(Metric.ADVOCATES, frame, material, frame.weeks[-2]).value == 2
    assert measure(Metric.ADVOCATES, frame, material, frame.weeks[-4]).value == 1
    assert measure(Metric.IDEAS, frame, material, WEEK).value == 1


def test_an_advocate_who_fell_silent_is_counted_for_thirteen_weeks() -> None:
    frame = make_frame()
    material = make_material(frame, spoke=(*spoke(1, {14: 2, 11: 1}), *spoke(2, {12: 2, 11: 1})))
    counted = [measure(Metric.ADVOCATES, frame, material, week).value for week in frame.weeks]

    assert counted == [2] * 7 + [1, 1]


@pytest.mark.parametrize("metric", list(Metric))
def test_a_deaf_week_has_no_value_for_any_metric(metric: Metric) -> None:
    frame = make_frame(queries=RIVALS)
    material = make_material(frame, (10,) * 8 + (0,), gaps=(make_gap(frame, WEEK, hours=200),))
    measured = measure(metric, frame, material, WEEK)

    assert measured.value is None
    assert measured.basis.startswith("No data")


@pytest.mark.parametrize("metric", [metric for metric in Metric if metric.unit != "count"])
def test_nothing_to_measure_is_not_zero(metric: Metric) -> None:
    frame = make_frame(queries=RIVALS)
    measured = measure(metric, frame, make_material(frame, (0,) * 9), WEEK)

    assert measured.value is None
    assert measured.basis.startswith("No ")
