"""Missing data is said, never taken for silence: the golden rule of the digest."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from digests.coverage import Heard, cover, outages
from digests.goals import compute_goals
from digests.volumes import compute_volumes
from digests.words import figure
from tests.unit.digests.samples import AS_OF, WEEK, make_figures, make_frame, make_gap, make_material, make_source


def test_a_quiet_week_is_zero_and_a_deaf_one_is_nothing() -> None:
    frame = make_frame()
    counts = (10, 10, 10, 10, 10, 10, 0, 0, 10)
    deaf = make_gap(frame, frame.weeks[7], hours=168)
    volumes = compute_volumes(frame, make_material(frame, counts, gaps=(deaf,)))

    quiet, unheard = volumes.weeks[6], volumes.weeks[7]
    assert (quiet.heard, quiet.total) == (Heard.WHOLE, 0)
    assert (unheard.heard, unheard.total, unheard.intents) == (Heard.NOTHING, None, None)
    assert unheard.note == "No source could be read."


@given(hours=st.floats(min_value=17, max_value=168), counts=st.lists(st.integers(0, 50), min_size=9, max_size=9))
def test_a_week_with_a_long_gap_never_has_a_count(hours: float, counts: list[int]) -> None:
    frame = make_frame()
    gaps = tuple(make_gap(frame, week, hours=hours) for week in frame.weeks)
    volumes = compute_volumes(frame, make_material(frame, counts, gaps=gaps))

    for line, count in zip(volumes.weeks, counts, strict=True):
        assert line.total is None
        assert line.sentiments is None
        assert line.heard_at_least in {count, None}


def test_a_short_gap_is_told_and_still_compared() -> None:
    frame = make_frame()
    coverage = cover(frame, make_material(frame, gaps=(make_gap(frame, WEEK, hours=5),)), WEEK)

    assert (coverage.heard, coverage.hours_missing, coverage.comparable) == (Heard.MOSTLY, 5, True)
    assert coverage.note == "5 of 168 source hours are missing."


def test_before_anybody_listened_nothing_is_known() -> None:
    frame = make_frame()
    began = frame.bounds(frame.weeks[4])[0] + timedelta(days=3)
    material = make_material(
        frame, (0, 0, 0, 0, 6, 9, 9, 9, 9), brand_created_at=began, first_posted_at=began + timedelta(hours=1)
    )
    heard = [cover(frame, material, week).heard for week in frame.weeks]

    assert heard == [Heard.NOTHING] * 4 + [Heard.IN_PART] + [Heard.WHOLE] * 4
    assert "began in the middle" in cover(frame, material, frame.weeks[4]).note


def test_a_brand_that_was_set_up_on_sunday_did_not_have_a_quiet_week() -> None:
    frame = make_frame()
    began = frame.bounds(frame.weeks[4])[1] - timedelta(hours=10)
    material = make_material(
        frame, (0, 0, 0, 0, 0, 9, 9, 9, 9), brand_created_at=began, first_posted_at=began + timedelta(days=2)
    )

    assert [line.total for line in compute_volumes(frame, material).weeks] == [None] * 5 + [9] * 4


def test_history_that_was_brought_in_counts_though_nobody_listened_then() -> None:
    frame = make_frame()
    material = make_material(frame, brand_created_at=frame.since, first_posted_at=frame.bounds(frame.weeks[0])[0])

    assert all(cover(frame, material, week).comparable for week in frame.weeks)


def test_a_source_that_was_not_read_to_the_end_leaves_a_gap() -> None:
    frame = make_frame()
    source = make_source(frame, last_ok_at=frame.until - timedelta(hours=30))
    material = make_material(frame, sources=(source,))

    assert cover(frame, material, WEEK).hours_missing == 30
    assert [(each.source, each.hours, each.still) for each in outages(frame, material, WEEK)] == [("inbox", 30, True)]


def test_overlapping_gaps_count_once_and_others_sources_apart() -> None:
    frame = make_frame()
    gaps = (
        make_gap(frame, WEEK, hours=10),
        make_gap(frame, WEEK, hours=10, after=5),
        make_gap(frame, WEEK, hours=4, source_id=2),
    )
    sources = (make_source(frame), make_source(frame, id=2, key="feed"))
    material = make_material(frame, gaps=gaps, sources=sources)

    assert {each.source: each.hours for each in outages(frame, material, WEEK)} == {"inbox": 15, "feed": 4}
    assert cover(frame, material, WEEK).hours == 336


def test_a_source_never_read_and_nothing_said_is_no_data() -> None:
    frame = make_frame()
    figures = make_figures(make_material(frame, (0,) * 9, sources=(make_source(frame, last_ok_at=None),)))

    assert figures.coverage.heard is Heard.NOTHING
    assert figures.volumes.now.total is None
    assert figures.service.wanting is None
    assert all(served.value is None for served in figures.service.figures if served.metric.unit != "count")


def test_a_week_that_is_not_over_is_judged_by_what_has_passed() -> None:
    frame = make_frame(as_of=AS_OF - timedelta(days=4))

    assert frame.partial
    assert cover(frame, make_material(frame), WEEK).heard is Heard.WHOLE


def test_missing_is_written_as_missing() -> None:
    for unit in ("share", "time", "count"):
        assert figure(None, unit) == "no data"  # type: ignore[arg-type]


def test_switching_a_source_off_does_not_undo_what_it_missed() -> None:
    frame = make_frame()
    off = make_source(
        frame, id=2, key="press", enabled=False, last_ok_at=frame.since, disabled_at=frame.since + timedelta(days=5)
    )
    gap = make_gap(frame, WEEK, hours=0, ended_at=None, source_id=2, reason="403.")
    material = make_material(frame, sources=(make_source(frame), off), gaps=(gap,))
    coverage = cover(frame, material, WEEK)

    assert (coverage.heard, coverage.hours_missing, coverage.hours) == (Heard.IN_PART, 120, 288)
    assert [(each.source, each.hours, each.still, each.off) for each in outages(frame, material, WEEK)] == [
        ("press", 120, False, True)
    ]
    assert cover(frame, material, frame.weeks[-2]).heard is Heard.WHOLE


def test_a_source_that_was_off_before_the_week_is_none_of_its_gaps() -> None:
    frame = make_frame()
    off = make_source(frame, id=2, enabled=False, last_ok_at=frame.since, disabled_at=frame.since)
    gap = make_gap(frame, frame.weeks[-2], hours=0, ended_at=None, source_id=2)

    assert cover(frame, make_material(frame, sources=(make_source(frame), off), gaps=(gap,)), WEEK).hours == 168


def test_weeks_before_the_first_reading_are_no_quiet_weeks_however_old_the_brand_is() -> None:
    frame = make_frame(goals=[{"id": "voice", "metric": "ideas", "target": 5, "by": "2027-03-01"}])
    first = frame.bounds(frame.weeks[-2])[0] + timedelta(days=4)
    material = make_material(frame, (0,) * 7 + (5, 9), first_read_at=first, first_posted_at=first)
    line = compute_goals(frame, material)[0]

    assert [week.total for week in compute_volumes(frame, material).weeks] == [None] * 8 + [9]
    assert cover(frame, material, frame.weeks[-2]).note == "Listening began in the middle of this week."
    assert (line.previous, line.forecast) == (None, None)
