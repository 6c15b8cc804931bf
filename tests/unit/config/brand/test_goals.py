"""Figures of goals: read as people write them, and measured in their metric's unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from config.brand.goals import Figure, Metric, Unit, parse_figure
from tests.unit.config.samples import brand, faults

figures = st.one_of(
    st.integers(0, 1000).map(lambda tenths: Figure(tenths / 10 / 100, Unit.SHARE)),
    st.integers(1, 10**7).map(lambda seconds: Figure(float(seconds), Unit.TIME)),
    st.integers(0, 10**12).map(lambda count: Figure(float(count), Unit.COUNT)),
)


@given(figures)
def test_what_is_written_is_read_back(figure: Figure) -> None:
    again = parse_figure(str(figure))
    assert again.unit is figure.unit
    assert again.value == pytest.approx(figure.value, rel=1e-9)
    assert str(again) == str(figure)


@pytest.mark.parametrize("value", ["", "lots", "-3", -3, True, None, float("inf"), float("nan"), "8O%", [3]])
def test_refuses_what_is_no_figure(value: object) -> None:
    with pytest.raises(PydanticCustomError):
        parse_figure(value)


@pytest.mark.parametrize(
    ("metric", "target", "right"),
    [
        ("answered_share", "80%", True), ("answered_share", 80, False), ("answered_share", "2h", False),
        ("median_first_response", "2h", True), ("median_first_response", 2, False),
        ("ideas", 25, True), ("ideas", "25%", False),
    ],
)  # fmt: skip
def test_a_target_has_its_metrics_unit(metric: str, target: object, *, right: bool) -> None:
    goal = {"id": "g", "metric": metric, "target": target, "by": "2027-01-01"}
    assert (faults(brand(goals=[goal])) == {}) is right


def test_every_metric_has_a_unit_and_a_direction() -> None:
    assert Metric.SHARE_OF_VOICE.unit is Unit.SHARE
    assert Metric.ADVOCATES.unit is Unit.COUNT
    assert {metric for metric in Metric if metric.less_is_better} == {
        Metric.COMPLAINT_SHARE, Metric.CASES_OVERDUE, Metric.MEDIAN_FIRST_RESPONSE, Metric.MEDIAN_RESOLUTION,
    }  # fmt: skip
