"""Models of other people: what is missing or wrong in a folder is one sentence, before anything heavy is read."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from domain.classification import ClassifierInput
from domain.errors import InvalidInput
from sentiment.choosing import folder_of, open_classifier, read_label_map
from sentiment.describing import describe_foreign, describe_shipped
from sentiment.errors import ModelError
from sentiment.exporting import export_model
from sentiment.foreign import length_of, load_torch
from sentiment.heads import HEADS
from sentiment.hf import HuggingFaceClassifier
from sentiment.loading import SHIPPED, weights_digest
from sentiment.prediction import OnnxClassifier
from tests.unit.sentiment.conformance import check_answer

POST = ClassifierInput(text="I love it")
LABELS = {f"{head.name}/{label}": "positive" for head in HEADS for label in head.labels}


def make_folder(folder: Path, **changes: Any) -> Path:
    """Link the shipped model's files into a folder; `changes` replace parts of config.json, None takes one out."""
    folder.mkdir(parents=True)
    for name in ("tokenizer.json", "model.onnx"):
        (folder / name).symlink_to(SHIPPED / name)
    config = json.loads((SHIPPED / "config.json").read_text(encoding="utf-8")) | changes
    kept = {name: value for name, value in config.items() if value is not None}
    (folder / "config.json").write_text(json.dumps(kept), encoding="utf-8")
    return folder


def test_a_folder_with_onnx_weights_answers(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "mine", problem_type=None)
    model = HuggingFaceClassifier(folder, labels={**LABELS, "intent/question": "negative"})
    answers = model.classify([POST, ClassifierInput(text="half \ud83d a sign"), ClassifierInput(text=" ")])
    for answer in answers:
        check_answer(answer, revision=model.revision)
    assert re.fullmatch(r"hf:mine@[0-9a-f]{6}", model.revision)
    assert answers[0].sentiment == "positive"
    assert answers[2].abstained


def test_a_model_with_many_answers_a_post_gives_shares(tmp_path: Path) -> None:
    one = HuggingFaceClassifier(make_folder(tmp_path / "one", problem_type=None), labels=LABELS)
    many = HuggingFaceClassifier(make_folder(tmp_path / "many"), labels={**LABELS, "intent/praise": "negative"})
    (answer,) = many.classify([POST])
    check_answer(answer, revision=many.revision)
    assert answer.sentiment_scores != one.classify([POST])[0].sentiment_scores


def test_another_map_is_another_revision(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "mine", id2label={"0": "LABEL_0", "1": "LABEL_1"})
    one, other = ({"LABEL_0": "positive", "LABEL_1": "negative"}, {"LABEL_0": "negative", "LABEL_1": "positive"})
    first, second = (HuggingFaceClassifier(folder, labels=labels).revision for labels in (one, other))
    assert first != second
    assert HuggingFaceClassifier(folder, labels=one).revision == first


def test_a_map_to_sentiments_and_intents_at_once_is_refused(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "mine", id2label={"0": "positive", "1": "complaint"})
    with pytest.raises(ModelError, match="sentiments and intents at once"):
        HuggingFaceClassifier(folder).classify([POST])


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"id2label": None}, "no id2label"),
        ({"id2label": {"x": "positive", "y": "negative"}}, "numbers its labels in id2label with x, y"),
        ({"id2label": {"0": "positive"}}, "no id2label with two labels"),
        (
            {"id2label": {"0": "LABEL_0", "1": "LABEL_1"}},
            "label LABEL_0 without a meaning; add it under sentiment.labels",
        ),
        ({"id2label": {"0": "positive", "1": "negative"}}, r"shape \(\d+,\) .* has 2 labels"),
    ],
)
def test_a_config_that_fits_nothing_is_named(tmp_path: Path, changes: dict[str, Any], told: str) -> None:
    folder = make_folder(tmp_path / "mine", **changes)
    with pytest.raises(ModelError, match=told):
        HuggingFaceClassifier(folder).classify([POST])


def test_missing_and_broken_files_are_named(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "mine", id2label={"0": "positive", "1": "negative"})
    model = HuggingFaceClassifier(folder)
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelError, match=r"no tokenizer\.json that can be read"):
        model.classify([POST])
    (folder / "model.onnx").unlink()
    with pytest.raises(ModelError, match=r"neither model\.onnx nor PyTorch weights"):
        describe_foreign(folder)
    (folder / "config.json").write_text("[")
    with pytest.raises(ModelError, match="isn't JSON"):
        model.classify([POST])
    (folder / "config.json").write_text("[]")
    with pytest.raises(ModelError, match="isn't a JSON object"):
        model.classify([POST])
    with pytest.raises(ModelError, match=r"has no config\.json"):
        HuggingFaceClassifier(tmp_path / "nowhere").classify([POST])


def test_weights_that_are_no_onnx_are_named(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "mine", id2label={"0": "positive", "1": "negative"})
    (folder / "model.onnx").unlink()
    (folder / "model.onnx").write_bytes(b"nothing")
    with pytest.raises(ModelError, match="ONNX Runtime can't open"):
        HuggingFaceClassifier(folder).classify([POST])


def test_pytorch_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_folder(tmp_path / "mine", id2label={"0": "positive", "1": "negative"})
    (folder / "model.onnx").unlink()
    with pytest.raises(ModelError, match=r"neither model\.onnx nor PyTorch weights"):
        load_torch(folder)
    (folder / "model.safetensors").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ModelError, match=r"earnest\[torch\]"):
        HuggingFaceClassifier(folder).classify([POST])
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ModelError, match=r"needs torch and onnx; install earnest\[export\]"):
        export_model(folder, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_export_overwrites_nothing(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "mine")
    with pytest.raises(InvalidInput, match="isn't an empty folder"):
        export_model(folder, folder)


@pytest.mark.parametrize(("positions", "length"), [(514, 128), (40, 38), (None, 128)])
def test_no_more_is_read_than_there_are_positions(positions: int | None, length: int) -> None:
    assert length_of({"max_position_embeddings": positions}) == length


def test_words_that_name_models() -> None:
    assert isinstance(open_classifier(), OnnxClassifier)
    assert folder_of("hf:mine", base=Path("/base")) == Path("/base/mine")
    assert read_label_map(["LABEL_2 = Positive", "a=b=praise"]) == {"LABEL_2": "positive", "a=b": "praise"}
    assert folder_of("hf:somebody/model", base=Path("/base")) == Path("/base/somebody/model")
    for wrong in ("hf:", "mine", ""):
        with pytest.raises(InvalidInput, match="isn't a model"):
            open_classifier(wrong)
    with pytest.raises(InvalidInput, match="--label x="):
        read_label_map(["x="])


def test_a_description_holds_labels_sizes_and_digest(tmp_path: Path) -> None:
    shipped = describe_shipped()
    assert shipped.digest == weights_digest()
    assert shipped.labels["sentiment"] == ["positive", "neutral", "negative"]
    assert "thresholds" in shipped.calibration
    assert shipped.card.startswith("#")
    foreign = describe_foreign(make_folder(tmp_path / "mine"))
    assert (foreign.model, foreign.digest, foreign.card) == ("hf:mine", shipped.digest, "")
    assert len(foreign.labels["label"]) == sum(head.size for head in HEADS)


def test_a_name_on_the_hub_is_found_in_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = tmp_path / "models--somebody--model"
    make_folder(held / "snapshots" / ("a" * 40))
    (held / "refs").mkdir()
    (held / "refs/main").write_text("a" * 40)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    assert folder_of("hf:somebody/model") == held / "snapshots" / ("a" * 40)
    assert folder_of("hf:somebody/other") == Path("somebody/other")
    assert HuggingFaceClassifier(folder_of("hf:somebody/model"), labels=LABELS).revision.startswith(
        "hf:somebody/model@"
    )
