"""The shipped model and its folder, as they are: offline, on the processor."""

import json
from pathlib import Path

import pytest

from domain.classification import ClassifierInput
from sentiment.calibration import Calibration
from sentiment.errors import ModelError
from sentiment.heads import HEADS
from sentiment.hf import HuggingFaceClassifier
from sentiment.loading import SHIPPED, describe_model
from sentiment.prediction import OnnxClassifier
from tests.unit.sentiment.conformance import check_answer, check_classifier
from tests.unit.sentiment.sentences import SENTENCES


@pytest.fixture(scope="module")
def model() -> OnnxClassifier:
    return OnnxClassifier()


def test_it_keeps_the_ports_promises(model: OnnxClassifier) -> None:
    answers = check_classifier(model)
    assert {answer.model for answer in answers} == {"earnest-mentions-3.1"}


def test_danger_is_more_urgent_than_a_wish(model: OnnxClassifier) -> None:
    fire, wish = model.classify(
        [
            ClassifierInput(text="Your charger caught fire next to my baby's bed, what do I do NOW"),
            ClassifierInput(text="It would be nice to have the lamp in green some day"),
        ]
    )
    assert fire.urgent
    assert not wish.urgent
    assert fire.urgency > wish.urgency


def test_a_batch_gives_what_single_posts_give(model: OnnxClassifier) -> None:
    posts = [sentence.post for sentence in SENTENCES[:12]]
    together, alone = model.classify(posts), [model.classify([post])[0] for post in posts]
    for one, other in zip(together, alone, strict=True):
        assert one.leaning == other.leaning
        assert one.intent_scores[one.leaning] == pytest.approx(other.intent_scores[one.leaning], abs=0.08)


def test_the_folder_is_an_ordinary_one() -> None:
    config = json.loads((SHIPPED / "config.json").read_text(encoding="utf-8"))
    assert config["model_type"] == "bert"
    assert len(config["id2label"]) == sum(head.size for head in HEADS)
    assert config["id2label"]["0"] == "intent/praise"
    assert (SHIPPED / "CARD.md").is_file()
    assert (SHIPPED / "NOTICE").is_file()
    assert (SHIPPED / "model.onnx").stat().st_size < 60e6


def test_its_calibration_was_fitted() -> None:
    calibration = describe_model().calibration
    assert calibration != Calibration()
    assert 0.2 < calibration.threshold("intent") < 0.9


def test_a_folder_without_weights_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match=r"tokenizer\.json"):
        OnnxClassifier(tmp_path).revision  # noqa: B018  # a property that reads


def test_a_foreign_folder_needs_a_label_map() -> None:
    post = ClassifierInput(text="I love it")
    with pytest.raises(ModelError, match=r"sentiment\.labels"):
        HuggingFaceClassifier(SHIPPED).classify([post])
    labels = {f"{head.name}/{label}": "other" for head in HEADS for label in head.labels}
    foreign = HuggingFaceClassifier(SHIPPED, labels={**labels, "intent/praise": "praise"})
    (answer, blank) = foreign.classify([post, ClassifierInput(text=" ")])
    check_answer(answer, revision=foreign.revision)
    assert blank.abstained
