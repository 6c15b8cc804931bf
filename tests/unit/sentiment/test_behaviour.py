"""What turns a classifier's answer and what doesn't: the measure itself, and the shipped model by it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from domain.classification import Classification, ClassifierInput
from domain.labels import INTENTS, Intent, Sentiment
from sentiment.behaviour import (
    VARIATIONS,
    Behaviours,
    PassRate,
    Post,
    drop_letter,
    measure_behaviours,
    read_behaviours,
    swap_letters,
)
from sentiment.errors import ModelError
from sentiment.prediction import OnnxClassifier, blank_classification
from tests.unit.sentiment import floors

BEHAVIOURS = read_behaviours(Path(__file__).with_name("behaviours.jsonl"))


class ByLength:
    """A classifier with no sense: the number of letters decides, so whatever is varied turns it."""

    revision = "by-length"

    def classify(self, posts: Sequence[ClassifierInput], /) -> list[Classification]:
        return [_say(len(post.text), self.revision) for post in posts]


class Stubborn:
    """A classifier that says one thing of all."""

    revision = "stubborn"

    def classify(self, posts: Sequence[ClassifierInput], /) -> list[Classification]:
        return [_say(0, self.revision) for _ in posts]


def _say(number: int, model: str) -> Classification:
    intent = INTENTS[number % 4]
    scores: dict[Intent, float] = {each: float(each is intent) for each in INTENTS}
    mood = list(Sentiment)[number % 3]
    return replace(blank_classification(model=model), intent=intent, intent_scores=scores, sentiment=mood)


def test_the_material_is_as_broad_as_it_says() -> None:
    assert len(BEHAVIOURS.negations) == 53
    assert [len(naming.names) for naming in BEHAVIOURS.namings] == [3] * 30
    assert all("{brand}" in naming.text for naming in BEHAVIOURS.namings)
    languages = Counter(post.language for post in BEHAVIOURS.posts)
    assert languages["en"] == languages["nl"] == languages["de"] == 20
    assert len(languages) == 12
    assert len({post.text for post in BEHAVIOURS.posts}) == len(BEHAVIOURS.posts)


def test_one_answer_for_all_passes_all_but_negation() -> None:
    rates = measure_behaviours(Stubborn(), BEHAVIOURS)
    assert rates.pop("negation") == PassRate(0, 53)
    assert {rate.share for rate in rates.values()} == {1.0}


def test_a_flighty_classifier_is_found_out() -> None:
    rates = measure_behaviours(ByLength(), BEHAVIOURS)
    assert rates["letter dropped"] == PassRate(0, 60)
    assert rates["handle added"].share == 0
    assert rates["name given"].share < 0.5
    assert rates["letters swapped"] == PassRate(60, 60), "a swap leaves the length"


def test_variations_that_change_nothing_do_not_count() -> None:
    posts = (Post("no mark", "en"), Post("With a mark!", "en"))
    rates = measure_behaviours(Stubborn(), Behaviours(negations=(), namings=(), posts=posts))
    assert rates["no full stop"] == PassRate(1, 1)
    assert rates["lower case"] == PassRate(1, 1)
    assert str(rates["negation"]) == "0.00 (0 of 0)"


def test_slips_are_small_and_the_same_each_time() -> None:
    post = Post("The parcel arrived", "en")
    swapped, dropped = swap_letters(post), drop_letter(post)
    assert swapped != post.text
    assert sorted(swapped) == sorted(post.text)
    assert len(dropped) == len(post.text) - 1
    assert (swapped, dropped) == (swap_letters(post), drop_letter(post))
    assert swap_letters(Post("الخدمة جيدة", "ar")) == "الخدمة جيدة"


@pytest.mark.parametrize(
    ("text", "doubled"),
    [("Open today?", "Open today??"), ("Lovely.", "Lovely!!"), ("هل هو مفتوح؟", "هل هو مفتوح؟؟"), ("fine", "fine!!")],
)
def test_marks_are_doubled_as_people_double_them(text: str, doubled: str) -> None:
    assert VARIATIONS["doubled mark"](Post(text, "en")) == doubled


def test_an_unknown_behaviour_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "behaviours.jsonl"
    path.write_text('{"kind": "post", "language": "en", "text": "hello"}\n{"kind": "rhyme"}\n')
    with pytest.raises(ModelError, match=r"line 2: there is no behaviour 'rhyme'"):
        read_behaviours(path)


def test_the_shipped_model_behaves() -> None:
    rates = measure_behaviours(OnnxClassifier(), BEHAVIOURS)
    assert set(rates) == set(floors.BEHAVIOURS)
    low = {name: str(rate) for name, rate in rates.items() if rate.share < floors.BEHAVIOURS[name]}
    assert low == {}
