import numpy as np
import pytest

from sentiment.evaluation import (
    count_confusion,
    expected_calibration_error,
    format_report,
    macro_f1,
    macro_recall,
    measure_predictions,
)

LABELS = ("a", "b", "c")


def test_macro_figures_by_hand() -> None:
    confusion = count_confusion(np.asarray([0, 0, 1, 1]), np.asarray([0, 1, 1, 1]), 3)
    assert confusion.tolist() == [[1, 1, 0], [0, 2, 0], [0, 0, 0]]
    assert macro_f1(confusion) == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert macro_recall(confusion) == pytest.approx(0.75)


def test_calibration_error_of_a_boaster() -> None:
    assert expected_calibration_error(np.full(10, 0.95), np.asarray([True] * 5 + [False] * 5)) == pytest.approx(0.45)


def test_a_calibrated_model_lies_within_the_perfect_models_interval() -> None:
    chance = np.random.default_rng(3)
    probabilities = chance.dirichlet((1.0, 1.0, 1.0), size=1_500)
    truth = [LABELS[int(chance.choice(3, p=row))] for row in probabilities]
    report = measure_predictions(truth, probabilities, LABELS)
    assert report.ece_if_perfect.low <= report.ece.value <= report.ece_if_perfect.high
    assert report.coverage[-1][1].value > report.coverage[0][1].value


@pytest.mark.parametrize("seed", range(8))
def test_a_calibration_error_lies_within_its_own_interval(seed: int) -> None:
    chance = np.random.default_rng(seed)
    probabilities = chance.dirichlet((4.0, 1.0, 1.0), size=300)
    truth = [LABELS[int(chance.choice(3, p=row))] for row in probabilities]
    ece = measure_predictions(truth, probabilities, LABELS).ece
    assert 0.0 <= ece.low <= ece.value <= ece.high


def test_the_same_rows_give_the_same_report_and_it_prints() -> None:
    probabilities = np.asarray([[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.3, 0.3, 0.4]])
    first = measure_predictions(["a", "b", "a"], probabilities, LABELS)
    assert first == measure_predictions(["a", "b", "a"], probabilities, LABELS)
    assert first.accuracy.low <= first.accuracy.value <= first.accuracy.high
    assert "title: 3 rows" in format_report(first, title="title")


def test_nothing_to_measure_is_said() -> None:
    with pytest.raises(ValueError, match="no row"):
        measure_predictions([], np.zeros((0, 3)), LABELS)
