"""Speed, memory and cold start of the shipped model, beside VADER and a RoBERTa-base-shaped pipeline.

    python -m bench.classify [--texts 2048] [--threads 2]

VADER needs `vaderSentiment`, the pipeline PyTorch (extra `torch`); what is missing is said and left out. The pipeline's
weights are random: speed and memory depend on the shape alone.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

WRITTEN = Path("sentiment/data")
_PIPELINE_SHARE = 8  # the pipeline is slow: it gets one text in eight
_COLD = """
import time; began = time.perf_counter()
from domain.classification import ClassifierInput
from sentiment.prediction import OnnxClassifier
OnnxClassifier(threads={threads}).classify([ClassifierInput(text="where is my parcel?")])
print(time.perf_counter() - began)
"""


def read_texts(count: int) -> list[str]:
    """Written mentions, repeated up to `count`."""
    texts = [
        json.loads(line)["text"]
        for path in sorted(WRITTEN.glob("mentions-*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return (texts * (count // len(texts) + 1))[:count]


def time_texts(work: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    """Texts a second, after a warm-up."""
    work(texts[:64])
    began = time.perf_counter()
    work(texts)
    return len(texts) / (time.perf_counter() - began)


def measure_ours(texts: Sequence[str], threads: int) -> tuple[float, float]:
    """Texts a second in batches of 32, and one at a time."""
    from domain.classification import ClassifierInput
    from sentiment.prediction import OnnxClassifier

    classifier = OnnxClassifier(threads=threads)
    batched = time_texts(lambda some: classifier.classify([ClassifierInput(text=text) for text in some]), texts)
    single = time_texts(
        lambda some: [classifier.classify([ClassifierInput(text=text)]) for text in some], texts[: len(texts) // 4]
    )
    return batched, single


def measure_vader(texts: Sequence[str]) -> float | None:
    """Texts a second, or None without the package."""
    try:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
    except ImportError:
        return None
    analyser = SentimentIntensityAnalyzer()
    return time_texts(lambda some: [analyser.polarity_scores(text) for text in some], texts)


def measure_pipeline(texts: Sequence[str], threads: int) -> float | None:
    """Texts a second of a pipeline in batches of 32, or None without PyTorch."""
    try:
        import torch
    except ImportError:
        return None
    import transformers

    kit: Any = transformers  # its types don't follow its many heads
    torch.set_num_threads(threads)
    tokenizer = kit.PreTrainedTokenizerFast(
        tokenizer_file="sentiment/model/tokenizer.json",
        pad_token="<pad>",  # noqa: S106  # a token of text
        model_max_length=128,
    )
    shape = kit.RobertaConfig(vocab_size=50_265, num_labels=3, max_position_embeddings=514, type_vocab_size=1)
    classify = kit.pipeline(
        "text-classification", model=kit.RobertaForSequenceClassification(shape).eval(), tokenizer=tokenizer, device=-1
    )
    return time_texts(
        lambda some: classify(list(some), batch_size=32, truncation=True), texts[: len(texts) // _PIPELINE_SHARE]
    )


def measure_cold_start(threads: int) -> float:
    """Seconds from import to the first label, the median of three fresh processes."""
    runs = []
    for _ in range(3):
        done = subprocess.run(  # noqa: S603  # our own interpreter and code
            [sys.executable, "-c", _COLD.format(threads=threads)], capture_output=True, text=True, check=True
        )
        runs.append(float(done.stdout))
    return sorted(runs)[1]


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=2_048)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    texts = read_texts(arguments.texts)
    cold = measure_cold_start(arguments.threads)
    batched, single = measure_ours(texts, arguments.threads)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = (Path("sentiment/model/model.onnx").stat().st_size) / 1e6
    rows = [
        ("shipped model, batches of 32", f"{batched:,.0f} texts/s"),
        ("shipped model, one at a time", f"{single:,.0f} texts/s"),
        ("peak resident memory", f"{memory:,.0f} MB"),
        ("cold start to the first label", f"{cold:.2f} s"),
        ("model.onnx", f"{size:.1f} MB"),
    ]
    vader = measure_vader(texts)
    rows.append(("VADER (English sentiment alone)", "not installed" if vader is None else f"{vader:,.0f} texts/s"))
    pipe = measure_pipeline(texts, arguments.threads)
    text = "PyTorch not installed" if pipe is None else f"{pipe:,.1f} texts/s; ours is {batched / pipe:.1f} times that"
    rows.append(("RoBERTa-base-shaped pipeline, batch 32", text))
    lines = [f"{len(texts)} written mentions, {arguments.threads} threads, {os.cpu_count()} cores", ""]
    lines += [f"| {name} | {value} |" for name, value in rows]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
