"""Goals, money, failures, people and themes, each from a few rows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from config.brand.goals import Metric
from digests.advocates import compute_advocates
from digests.coverage import cover
from digests.failures import FailureKind, compute_failures
from digests.frame import Frame
from digests.goals import GoalLine, Standing, compute_goals
from digests.incidents import compute_incidents, compute_referrals
from digests.material import (
    AdvocateRow,
    CaseRow,
    IncidentRow,
    LedgerRow,
    Material,
    ReferralRow,
    Trouble,
)
from digests.metrics import Context
from digests.service import compute_service
from digests.spending import compute_spending
from digests.themes import compute_themes
from domain.labels import Intent, Priority
from domain.money import MICROS
from domain.states import SourceState
from tests.unit.digests.samples import (
    AS_OF,
    WEEK,
    cell,
    clock_row,
    make_figures,
    make_frame,
    make_gap,
    make_material,
    make_source,
    said,
)

GOAL = {"id": "praise", "metric": "praise_share", "target": "60%", "by": "2027-03-01"}


def context_of(frame: Frame, material: Material) -> Context:
    """Return the context of the digest's week."""
    return Context(frame=frame, material=material, week=WEEK, coverage=cover(frame, material, WEEK))


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
    assert failures[0].what == "2 cases had an answer later than promised, and 1 waits still."
    assert failures[4].what == "The source “inbox” couldn't be read for 7 h: It answered 503."
    assert all(failure.proposal for failure in failures)


def test_a_week_without_failures_has_none() -> None:
    frame = make_frame()
    material = make_material(frame)

    assert compute_failures(frame, material, context_of(frame, material)) == ()


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
    advocates = (
        AdvocateRow(person_id=8, since=frame.since + timedelta(days=1)), AdvocateRow(person_id=99, since=frame.since),
    )  # fmt: skip
    told = compute_advocates(frame, make_material(frame, said=speaking, advocates=advocates))

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
