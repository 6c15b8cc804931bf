"""The shipped model on plain sentences of ours. Rates, not single sentences, decide."""

from collections import Counter
from collections.abc import Iterable

import pytest

from domain.classification import Classification
from domain.labels import INTENTS, Sentiment
from sentiment.prediction import OnnxClassifier
from tests.unit.sentiment import floors
from tests.unit.sentiment.sentences import SENTENCES, Sentence

Answered = list[tuple[Sentence, Classification]]


@pytest.fixture(scope="module")
def answered() -> Answered:
    answers = OnnxClassifier().classify([sentence.post for sentence in SENTENCES])
    return list(zip(SENTENCES, answers, strict=True))


def _share(hits: Iterable[bool]) -> float:
    counted = list(hits)
    return sum(counted) / len(counted)


def test_the_set_is_as_broad_as_it_says() -> None:
    languages = Counter(sentence.language for sentence in SENTENCES)
    assert len(SENTENCES) == len({sentence.text for sentence in SENTENCES}) == 200
    assert languages.pop("en") == 80
    assert len(languages) == 11
    assert min(languages.values()) >= 10
    assert sum(sentence.urgent for sentence in SENTENCES) == 15
    assert sum(sentence.toxic for sentence in SENTENCES) == 10


def test_every_label_is_a_label() -> None:
    assert {sentence.intent for sentence in SENTENCES} == set(INTENTS)
    assert {sentence.sentiment for sentence in SENTENCES} == set(Sentiment)


def test_rates_of_plain_sentences(answered: Answered) -> None:
    rates = {
        "intent": _share(answer.leaning == sentence.intent for sentence, answer in answered),
        "sentiment": _share(answer.sentiment == sentence.sentiment for sentence, answer in answered),
        "language": _share(answer.language == sentence.language for sentence, answer in answered),
        "answered": _share(not answer.abstained for _, answer in answered),
        "urgent found": _share(answer.urgent for sentence, answer in answered if sentence.urgent),
        "calm left calm": _share(not answer.urgent for sentence, answer in answered if not sentence.urgent),
        "toxic found": _share(answer.toxic for sentence, answer in answered if sentence.toxic),
        "swearing and all else left alone": _share(not answer.toxic for each, answer in answered if not each.toxic),
    }
    assert set(rates) == set(floors.SENTENCES)
    assert {name: rate for name, rate in rates.items() if rate < floors.SENTENCES[name]} == {}


def test_no_language_is_left_behind(answered: Answered) -> None:
    right = {
        language: _share(answer.leaning == each.intent for each, answer in answered if each.language == language)
        for language in {sentence.language for sentence in SENTENCES}
    }
    assert {language: share for language, share in right.items() if share < floors.LANGUAGE} == {}
