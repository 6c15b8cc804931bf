"""Tiny transformers models with random weights, through PyTorch and as the int8 copy that needs none."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from domain.classification import ClassifierInput
from sentiment.errors import ModelError
from sentiment.exporting import SAMPLE, export_model
from sentiment.foreign import ForeignModel, quiet_transformers
from sentiment.hf import HuggingFaceClassifier
from tests.unit.sentiment.conformance import check_answer

torch = pytest.importorskip("torch", reason="PyTorch isn't installed (extra torch)")

WORDS = sorted({word for text in SAMPLE for word in text.lower().split()})
POSTS = [ClassifierInput(text=text) for text in SAMPLE]
LABELS = {"LABEL_0": "negative", "LABEL_1": "neutral", "LABEL_2": "positive"}


def make_model(folder: Path, *, kind: str = "Bert", head: bool = True) -> Path:
    """Save a two-layer model of that family with a tokenizer of the sample's words."""
    kit = quiet_transformers()
    torch.manual_seed(5)
    vocabulary = {word: place for place, word in enumerate(["[PAD]", "[CLS]", "[SEP]", "[UNK]", *WORDS])}
    shape = {
        "vocab_size": len(vocabulary), "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2,
        "intermediate_size": 48, "max_position_embeddings": 40, "num_labels": 3, "pad_token_id": 0,
    }  # fmt: skip
    config = getattr(kit, f"{kind}Config")(**shape)
    getattr(kit, f"{kind}ForSequenceClassification" if head else f"{kind}Model")(config).save_pretrained(folder)
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "LICENSE").write_text("Free.")
    return folder


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("models") / "bert")


def test_pytorch_weights_answer(bert: Path) -> None:
    model = HuggingFaceClassifier(bert, labels=LABELS)
    answers = model.classify(POSTS)
    for answer in answers:
        check_answer(answer, revision=model.revision)
    long = ClassifierInput(text="lol ok " * 500)
    check_answer(model.classify([long])[0], revision=model.revision)
    # A batch is padded; the padding must not be read.
    assert model.classify(POSTS[:1])[0].sentiment_scores == pytest.approx(answers[0].sentiment_scores, abs=1e-5)


@pytest.mark.parametrize("kind", ["Bert", "Roberta", "DistilBert"])
def test_the_int8_copy_says_the_same_without_pytorch(tmp_path: Path, kind: str) -> None:
    pytest.importorskip("onnx", reason="onnx isn't installed (extra export)")
    source = make_model(tmp_path / "source", kind=kind)
    done = export_model(source, tmp_path / "copy", labels=LABELS)
    assert done.labels == ["negative", "neutral", "positive"]
    assert done.agreement >= 0.9
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "source"]
    assert (tmp_path / "copy" / "LICENSE").read_text() == "Free."
    theirs = ForeignModel(source, threads=1).scores(SAMPLE)
    ours = ForeignModel(tmp_path / "copy", threads=1).scores(SAMPLE)
    assert abs(theirs - ours).max() < 0.05
    code = (
        "import sys, json; sys.modules['torch'] = None; from pathlib import Path; "
        "from sentiment.hf import HuggingFaceClassifier; from domain.classification import ClassifierInput; "
        f"model = HuggingFaceClassifier(Path({str(tmp_path / 'copy')!r})); "
        "said = model.classify([ClassifierInput(text='lol ok')])[0].sentiment; "
        "print(json.dumps([said, 'transformers' in sys.modules]))"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603
    sentiment, heavy = json.loads(told.stdout)
    assert (
        sentiment
        == HuggingFaceClassifier(source, labels=LABELS).classify([ClassifierInput(text="lol ok")])[0].sentiment
    )
    assert not heavy


def test_weights_without_a_classifier_are_refused(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "base", head=False)
    with pytest.raises(ModelError, match=r"have no classifier\.\w+; give a model that was trained"):
        HuggingFaceClassifier(folder, labels=LABELS).classify(POSTS[:1])


def test_weights_that_are_broken_are_one_sentence(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "broken")
    (folder / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(ModelError, match="transformers can't load") as told:
        HuggingFaceClassifier(folder, labels=LABELS).classify(POSTS[:1])
    assert "\n" not in str(told.value)


def test_an_older_tokenizer_is_converted(bert: Path, tmp_path: Path) -> None:
    folder = tmp_path / "older"
    folder.mkdir()
    for path in bert.iterdir():
        if path.name != "tokenizer.json":
            (folder / path.name).symlink_to(path)
    words = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]", *WORDS]
    (folder / "vocab.txt").write_text("\n".join(words[: len(WORDS) + 4]), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "BertTokenizer"}))
    answers = HuggingFaceClassifier(folder, labels=LABELS).classify(POSTS)
    assert len(answers) == len(POSTS)
