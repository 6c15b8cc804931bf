"""Preparing a work folder: the public rows, the trimmed tokenizer and the trimmed encoder."""

import logging
import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tokenizers import Tokenizer

from sentiment.heads import LANGUAGES
from sentiment.normalisation import normalise_text
from sentiment.training.catalogues import read_catalogues
from sentiment.training.corpora import read_public
from sentiment.training.rows import Row, read_mentions, write_rows
from sentiment.training.vocabulary import choose_pieces, count_pieces, piece_names, trim_tokenizer

_log = logging.getLogger(__name__)
LENGTH = 112
_LISTED = 20_000
_CATALOGUE_ROWS = 350


def prepare_work(
    *, data: Path, written: Path, encoder: Path, work: Path, layers: int, pieces: int, words: Path | None, seed: int = 7
) -> None:
    """Write `public.jsonl`, `tokenizer.json` and `start.pt` into the work folder."""
    work.mkdir(parents=True, exist_ok=True)
    public, catalogue = list(read_public(data)), list(read_catalogues())
    rows = [*public, *_cap_by_language(catalogue, seed)]
    _log.info("%d public rows", write_rows(work / "public.jsonl", rows))
    mentions = list(read_mentions(sorted(written.glob("mentions-*.jsonl"))))
    kept = _choose(encoder, [*public, *catalogue, *mentions, *mentions], words=words, most=pieces)
    trim_tokenizer(encoder / "tokenizer.json", kept, work / "tokenizer.json", length=LENGTH)
    _log.info("%d pieces kept", len(kept))
    _write_start(encoder, kept, work / "start.pt", layers=layers)


def _cap_by_language(rows: list[Row], seed: int) -> list[Row]:
    chance = random.Random(seed)
    capped = []
    for language in LANGUAGES:
        every = [row for row in rows if row.language == language]
        capped += chance.sample(every, min(_CATALOGUE_ROWS, len(every)))
    return capped


def _choose(encoder: Path, rows: list[Row], *, words: Path | None, most: int) -> list[int]:
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    counts: Counter[int] = Counter()
    for piece, count in count_pieces(tokenizer, (normalise_text(row.text) for row in rows)).items():
        counts[piece] += 3 * count
    counts.update(count_pieces(tokenizer, _listed_words(words)))
    return choose_pieces(piece_names(encoder / "tokenizer.json"), counts, most=most)


def _listed_words(folder: Path | None) -> Iterator[str]:
    """Frequent words of each language (wordfreq), and the words of spelling dictionaries (*.dic) in the folder."""
    import wordfreq

    for language in LANGUAGES:
        if language in wordfreq.available_languages("best"):
            yield from wordfreq.top_n_list(language, _LISTED)
    for path in sorted(folder.glob("**/*.dic")) if folder else ():
        for line in path.read_text(encoding="utf-8", errors="ignore").splitlines()[1::4]:
            yield line.split("/")[0]


def _write_start(encoder: Path, kept: list[int], target: Path, *, layers: int) -> None:
    import torch

    from sentiment.training.network import build_network

    torch.manual_seed(1)
    network = build_network(encoder, kept, layers=layers)
    torch.save({"network": network.state_dict(), "config": network.encoder.config.to_dict()}, target)
