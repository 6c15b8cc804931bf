"""How often the shipped int8 weights say what the fp32 ones say that they were made from."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from domain.classification import ClassifierInput
from sentiment.prediction import OnnxClassifier

_SHARED = ("config.json", "tokenizer.json")


def measure_agreement(model: Path, exact: Path, posts: Sequence[ClassifierInput]) -> dict[str, float]:
    """The share of posts, 0 to 1, whose intent and whose sentiment are the same with `exact` in model.onnx's place."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        for name in _SHARED:
            (folder / name).symlink_to((model / name).resolve())
        (folder / "model.onnx").symlink_to(exact.resolve())
        theirs = OnnxClassifier(folder).predict(posts)
        ours = OnnxClassifier(model).predict(posts)
    return {
        task: float((ours[task].argmax(axis=1) == theirs[task].argmax(axis=1)).mean())
        for task in ("intent", "sentiment")
    }
