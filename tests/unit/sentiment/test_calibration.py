import json

import numpy as np
import pytest

from sentiment.calibration import (
    Calibration,
    choose_abstention,
    choose_threshold,
    fit_biases,
    fit_temperature,
    read_calibration,
    softmax,
)


def test_temperature_undoes_overconfidence() -> None:
    chance = np.random.default_rng(1)
    honest = chance.normal(size=(4_000, 3)) * 1.5
    labels = [int(chance.choice(3, p=row)) for row in softmax(honest)]
    assert fit_temperature(honest * 2.5, labels) == pytest.approx(2.5, rel=0.1)


def test_temperature_of_a_single_output() -> None:
    chance = np.random.default_rng(2)
    honest = chance.normal(size=(4_000, 1)) * 2
    labels = [int(chance.random() < 1 / (1 + np.exp(-row[0]))) for row in honest]
    assert fit_temperature(honest * 2, labels) == pytest.approx(2, rel=0.15)


def test_biases_move_towards_the_frequent_label_and_sum_to_nothing() -> None:
    biases = fit_biases(np.zeros((100, 3)), [0] * 80 + [1] * 20)
    assert biases[0] > biases[1] > biases[2]
    assert sum(biases) == pytest.approx(0, abs=0.01)


def test_abstention_leaves_out_the_wanted_share() -> None:
    best = np.linspace(0.3, 1.0, 1_001)
    threshold = choose_abstention(best, share=0.1)
    assert (best < threshold).mean() == pytest.approx(0.1, abs=0.01)


def test_threshold_keeps_precision_and_gives_up_when_it_cannot() -> None:
    scores = np.asarray([0.9, 0.8, 0.7, 0.6])
    assert choose_threshold(scores, [1, 1, 0, 0], precision=0.6) == 0.7
    assert choose_threshold(scores, [0, 0, 0, 0], precision=0.6) == 0.5


def test_it_survives_json() -> None:
    calibration = Calibration(temperatures={"intent": 1.2}, biases={"intent": (0.1, -0.1)}, thresholds={"intent": 0.5})
    known = json.loads(json.dumps(calibration.to_json()))
    assert read_calibration(known) == calibration


def test_probabilities_use_temperature_and_bias() -> None:
    calibration = Calibration(temperatures={"intent": 2.0}, biases={"intent": (0.0, 1.0)})
    logits = np.asarray([[2.0, 0.0]])
    assert calibration.probabilities("intent", logits, exclusive=True)[0] == pytest.approx([0.5, 0.5])
    assert calibration.probabilities("other", logits, exclusive=False)[0, 1] == pytest.approx(0.5)
