"""Which model a word in the settings or on the command line means: `default`, or `hf:` and a folder or name."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from domain.errors import InvalidInput

if TYPE_CHECKING:
    from domain.ports import Classifier

DEFAULT, PREFIX = "default", "hf:"
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


def folder_of(model: str, *, base: Path = Path()) -> Path:
    """The folder that `hf:PATH` names, seen from `base`; of a name on the hub the folder in this machine's cache.

    Raises:
        InvalidInput: the word isn't hf: and a path.
    """
    path = model.removeprefix(PREFIX)
    if not model.startswith(PREFIX) or not path:
        raise InvalidInput(f"“{model}” isn't a model; write {DEFAULT}, or {PREFIX} and a model's folder.")
    folder = base / Path(path).expanduser()
    return folder if folder.exists() or not _HUB_NAME.fullmatch(path) else find_cached(path) or folder


def find_cached(name: str) -> Path | None:
    """Where the hub's cache on this machine holds the model of that name (`owner/model`); None where it doesn't."""
    from huggingface_hub import try_to_load_from_cache

    config = try_to_load_from_cache(name, "config.json")
    return Path(config).parent if isinstance(config, str) else None


def open_classifier(
    model: str = DEFAULT,
    *,
    labels: Mapping[str, str] | None = None,
    base: Path = Path(),
    threads: int = 2,
    batch: int = 32,
) -> "Classifier":
    """Return the classifier that `model` names; its weights are read at the first post.

    `labels` maps a foreign model's labels to ours, see `sentiment.hf`.

    Raises:
        InvalidInput: the word is neither `default` nor hf: and a path.
    """
    if model == DEFAULT:
        from sentiment.prediction import OnnxClassifier

        return OnnxClassifier(threads=threads, batch=batch)
    from sentiment.hf import HuggingFaceClassifier

    return HuggingFaceClassifier(folder_of(model, base=base), labels=labels or None, threads=threads)


def read_label_map(pairs: list[str]) -> dict[str, str]:
    """Read `LABEL_2=positive` pairs.

    Raises:
        InvalidInput: a pair has no equals sign, or a side of it is empty.
    """
    labels: dict[str, str] = {}
    for pair in pairs:
        theirs, equals, ours = pair.rpartition("=")
        if not (equals and theirs.strip() and ours.strip()):
            raise InvalidInput(f"--label {pair} can't be read; write the model's label, = and ours: LABEL_2=positive.")
        labels[theirs.strip()] = ours.strip().lower()
    return labels
