"""Goals, money, failures, people and themes, each from a few rows."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from config.brand.goals import Metric
from digests.advocates import compute_advocates
from digests.goals import GoalLine, Standing, compute_goals
from digests.ideas import compute_ideas
from digests.incidents import compute_incidents, compute_referrals
from digests.material import (
    CaseRow,
    IdeaRow,
    IncidentRow,
    ReferralRow,
)
from digests.service import compute_service
from digests.themes import compute_themes
from digests.volumes import compute_volumes
from digests.words import change
from domain.labels import Intent, Priority
from tests.unit.digests.samples import (
    AS_OF,
    WEEK,
    cell,
    clock_row,
    context_of,
    make_figures,
    make_frame,
    make_gap,
    make_material,
    said,
    spoke,
)

GOAL = {"id": "praise", "metric": "praise_share", "target": "60%", "by": "2027-03-01"}


RIVALS = [{"name": "brand", "expression": "tern"}, {"name": "gull", "expression": "g", "rival": "Gull"}]
EARLY = AS_OF - timedelta(days=4)


def praise_share(praises: list[int], **goal: object) -> GoalLine:
    """Return a goal whose weeks have so many praises among ten mentions that say something."""
    frame = make_frame(goals=[{**GOAL, **goal}])
    material = make_material(frame)
    weeks = tuple(
        replace(rows, cells=(cell(praise), cell(10 - praise, Intent.COMPLAINT)))
        for rows, praise in zip(material.weeks, praises, strict=True)
    )
    return compute_goals(frame, replace(material, weeks=weeks))[0]


@pytest.mark.parametrize(
    ("praises", "goal", "standing"),
    [
        ([1, 1, 2, 2, 3, 3, 4, 4, 5], {}, Standing.ON_TRACK),
        ([5, 5, 5, 4, 4, 4, 4, 4, 4], {}, Standing.BEHIND),
        ([1, 1, 2, 2, 3, 3, 4, 4, 6], {}, Standing.REACHED),
        ([5, 5, 5, 5, 5, 5, 5, 5, 5], {"by": "2026-09-01"}, Standing.MISSED),
        ([5, 5, 5, 5, 5, 5, 5, 5, 5], {"metric": "complaint_share", "target": "20%"}, Standing.BEHIND),
        ([5, 5, 5, 5, 5, 5, 5, 5, 9], {"metric": "complaint_share", "target": "20%"}, Standing.REACHED),
    ],
)
def test_how_a_goal_stands(praises: list[int], goal: dict[str, object], standing: Standing) -> None:
    assert praise_share(praises, **goal).standing is standing


def test_a_goal_without_data_has_no_figure() -> None:
    frame = make_frame(goals=[GOAL])
    line = compute_goals(frame, make_material(frame, (0,) * 9, sources=()))[0]

    assert (line.actual, line.forecast, line.standing, line.gap) == (None, None, Standing.NO_DATA, 0)
    assert [point.value for point in line.series] == [None] * 9


def test_a_week_with_a_long_gap_has_a_figure_and_no_point() -> None:
    frame = make_frame(goals=[GOAL])
    line = compute_goals(frame, make_material(frame, gaps=(make_gap(frame, WEEK, hours=60),)))[0]

    assert line.actual == 1
    assert line.series[-1].value is None
    assert line.caveat == "60 of 168 source hours are missing. It isn't compared with other weeks."


def test_a_week_that_was_heard_in_part_is_compared_with_none() -> None:
    frame = make_frame(goals=[GOAL], queries=RIVALS)
    gap, speaking = make_gap(frame, WEEK, hours=60), (said(1), said(2), said(3, days=-3))
    material = make_material(frame, said=speaking, gaps=(gap,))
    line = compute_goals(frame, material)[0]
    served = compute_service(frame, material, context_of(frame, material)).figures[0]
    themes = compute_themes(frame, material)

    assert (line.previous, served.before, themes.praised[0].before) == (None, None, None)
    assert (served.compared, themes.compared) == (False, False)
    assert [(voice.before, voice.compared) for voice in compute_volumes(frame, material).voices] == [(None, False)] * 2
    assert change(served.value, None, served.metric.unit, compared=False) == "not compared with last week"


def test_a_week_that_runs_is_compared_with_none_and_forecast_from_those_before() -> None:
    frame = make_frame(goals=[GOAL, {**GOAL, "id": "open", "metric": "cases_overdue", "target": 0}], as_of=EARLY)
    told = compute_goals(frame, make_material(frame))

    assert [line.series[-1].value for line in told] == [None, None]
    assert [line.previous for line in told] == [None, None]
    assert told[0].caveat == "This week isn't over. It isn't compared with other weeks."
    assert (told[0].actual, told[0].forecast, told[0].standing) == (1, 1, Standing.ON_TRACK)
    assert compute_volumes(frame, make_material(frame)).now.running


def test_half_a_week_reaches_and_misses_no_goal() -> None:
    frame = make_frame(goals=[{"id": "ideas", "metric": "ideas", "target": 2, "by": "2026-11-10"}])
    ideas = tuple(
        IdeaRow(mention_id=n, person_id=n, theme=None, posted_at=frame.since - timedelta(days=n)) for n in range(1, 5)
    )
    gap = make_gap(frame, WEEK, hours=90)
    heard, deaf = (compute_goals(frame, make_material(frame, ideas=ideas, gaps=gaps))[0] for gaps in ((), (gap,)))

    assert (heard.forecast, heard.standing) == (0, Standing.MISSED)
    assert (deaf.forecast, deaf.standing) == (None, Standing.NO_DATA)


def test_a_new_model_is_said_beside_what_it_may_have_moved() -> None:
    frame = make_frame(goals=[GOAL, {**GOAL, "id": "open", "metric": "cases_overdue", "target": 0}])
    material = make_material(frame)
    weeks = (*material.weeks[:-1], replace(material.weeks[-1], models=(("m2", 10),)))
    material = replace(material, weeks=weeks)
    told = "From this week on m2 sorts: a jump may be the model's."

    assert [line.caveat for line in compute_goals(frame, material)] == [told, ""]
    assert compute_themes(frame, material).before_note == told


def test_advocates_come_first_and_thanks_are_told() -> None:
    frame = make_frame(
        queries=[{"name": "brand", "expression": "tern"}, {"name": "gull", "expression": "g", "rival": "G"}]
    )
    speaking = (
        said(1, person_id=7, answered_at=AS_OF), said(2, person_id=8), said(3, person_id=8, length=5),
        said(4, person_id=9),
        said(5, person_id=10, queries=("gull",)), said(6, person_id=11, days=-2),
        said(7, person_id=12, intent=Intent.COMPLAINT),
    )  # fmt: skip
    told = compute_advocates(
        frame, make_material(frame, said=speaking, spoke=(*spoke(8, {0: 2, 3: 1}), *spoke(99, {0: 1, 1: 2})))
    )

    assert (told.total, told.new, told.praising, told.thanked) == (2, 2, 3, 1)
    assert [speaker.person_id for speaker in told.speakers] == [8, 9, 7]
    first = told.speakers[0]
    assert (first.advocate, first.new, first.thanked, first.praises, first.mention_ids) == (
        True,
        True,
        False,
        2,
        (2, 3),
    )


def test_thanks_are_owed_only_where_they_are_wanted() -> None:
    frame = make_frame(platforms={"feed": {"answer": "never"}})
    speaking = (
        said(1), said(2, opted_out=True), said(3, platform="feed"), said(4, counted_only=True),
        said(5, platform="feed", person_id=1), said(6, opted_out=True, answered_at=AS_OF),
    )  # fmt: skip
    told = compute_advocates(frame, make_material(frame, said=speaking, spoke=spoke(2, {0: 2, 1: 2})))

    assert (told.praising, told.thanked, told.owed, told.owed_advocates) == (5, 1, 1, 0)
    assert {speaker.person_id for speaker in told.speakers if speaker.owed} == {1}
    assert told.speakers[0].person_id == 2


def test_ideas_wait_for_an_answer_only_where_one_is_wanted() -> None:
    frame = make_frame(platforms={"feed": {"answer": "never"}})

    def idea(number: int, **changes: Any) -> IdeaRow:
        return IdeaRow(mention_id=number, person_id=number, theme=None, posted_at=frame.since, **changes)

    rows = (idea(1), idea(2, opted_out=True), idea(3, platform="feed"), idea(4, answered=True))
    told = compute_ideas(frame, make_material(frame, ideas=rows))

    assert (told.total, told.credited, told.waiting) == (4, 1, 1)
    assert [line.wanted for line in told.listed] == [True, False, False, True]


def test_a_theme_takes_two_people_and_never_quotes_abuse() -> None:
    frame = make_frame()
    speaking = (
        said(1, themes=("lid", "spout")), said(2), said(3, themes=("cord",)), said(4, themes=("cord",), person_id=3),
        said(5, toxic=True), said(6, days=-3), said(7, intent=Intent.COMPLAINT, themes=("lid",)),
    )  # fmt: skip
    themes = compute_themes(frame, make_material(frame, said=speaking))

    assert [(line.theme, line.people, line.mentions, line.before) for line in themes.praised] == [("lid", 3, 3, 1)]
    assert themes.praised[0].mention_ids == (2, 1)
    assert (themes.praised_unnamed, themes.complained, themes.complained_unnamed) == (2, (), 1)


def test_a_theme_is_not_compared_with_a_week_of_gaps() -> None:
    frame = make_frame()
    gap = make_gap(frame, frame.weeks[-2], hours=90)
    themes = compute_themes(frame, make_material(frame, said=(said(1), said(2), said(3, days=-3)), gaps=(gap,)))

    assert themes.praised[0].before is None
    assert themes.before_note == "90 of 168 source hours are missing."


def test_service_and_incidents_are_told_as_of_the_weeks_end() -> None:
    frame = make_frame()

    def case(number: int, opened: float, resolved: float | None) -> CaseRow:
        ended = None if resolved is None else frame.since + timedelta(hours=resolved)
        return CaseRow(
            id=number, person_id=number, theme="outage", priority=Priority.HIGH, incident_id=5, resolved_at=ended,
            opened_at=frame.since + timedelta(hours=opened),
        )  # fmt: skip

    incident = IncidentRow(id=5, cause="outage", opened_at=frame.since, closed_at=None)
    material = make_material(
        frame, cases=(case(1, 1, 20), case(2, 1, None), case(3, 1, 180)), incidents=(incident,),
        clocks=(clock_row(started=1, due=5, case_id=2),), referrals=(ReferralRow(person_id=4, referred_by=7),),
    )  # fmt: skip
    service = compute_service(frame, material, context_of(frame, material))

    assert (service.opened, service.resolved, service.open, service.overdue) == (3, 1, 2, 1)
    line = compute_incidents(frame, material)[0]
    assert (line.cases, line.people, line.unsolved) == (3, 3, 2)
    assert compute_referrals(material)[0].referred_by == 7


def test_a_change_of_model_is_marked() -> None:
    frame = make_frame()
    material = make_material(frame)
    weeks = (*material.weeks[:-1], replace(material.weeks[-1], models=(("m2", 10),)))
    figures = make_figures(replace(material, weeks=weeks))

    assert [line.new_model for line in figures.volumes.weeks] == [False] * 8 + [True]
    assert figures.model == "m2"


def test_no_metric_of_the_digest_counts_attention() -> None:
    targets = {"time": "2h", "share": "5%", "count": 5}
    goals = [{**GOAL, "metric": str(each), "target": targets[each.unit], "id": str(each)} for each in Metric]
    written = make_figures(goals=goals).model_dump_json()

    assert not any(word in written for word in ("followers", "impressions", "likes", "reach_count"))
