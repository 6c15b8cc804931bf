"""How a classifier behaves: what must turn its answer (negation) and what must not (names, slips, marks, additions)."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from typing import NamedTuple

from domain.classification import Classification, ClassifierInput
from domain.labels import Sentiment
from domain.ports import Classifier
from sentiment.errors import ModelError

_SEED = 23
_SHORTEST = 5  # letters of a word that still reads well with a slip in it
_TYPED = frozenset({"en", "nl", "de"})
_ENDS = ".!?…।؟ "
_QUESTION_MARKS = ("?", "؟")


class PassRate(NamedTuple):
    """How many of `of` cases passed."""

    passed: int
    of: int

    @property
    def share(self) -> float:
        """0 to 1; 0 where there is no case."""
        return self.passed / self.of if self.of else 0.0

    def __str__(self) -> str:
        return f"{self.share:.2f} ({self.passed} of {self.of})"


class Negation(NamedTuple):
    """Two posts of opposite sentiment that differ by a negation."""

    positive: str
    negative: str


class Naming(NamedTuple):
    """A post with a place for `{brand}`, and the names that stand there in turn."""

    text: str
    names: tuple[str, ...]


class Post(NamedTuple):
    """A post with its language, to be varied."""

    text: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviours:
    """The material of the measurement."""

    negations: tuple[Negation, ...]
    namings: tuple[Naming, ...]
    posts: tuple[Post, ...]


def read_behaviours(path: Path) -> Behaviours:
    """Read a file of behaviours, one JSON object a line, of the kinds `negation`, `name` and `post`.

    Raises:
        ModelError: a line is of another kind.
    """
    negations, namings, posts = [], [], []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        row = json.loads(line)
        match row["kind"]:
            case "negation":
                negations.append(Negation(row["positive"], row["negative"]))
            case "name":
                namings.append(Naming(row["text"], tuple(row["names"])))
            case "post":
                posts.append(Post(row["text"], row["language"]))
            case other:
                raise ModelError(f"{path}, line {number}: there is no behaviour {other!r}; use negation, name or post")
    return Behaviours(negations=tuple(negations), namings=tuple(namings), posts=tuple(posts))


def measure_behaviours(classifier: Classifier, behaviours: Behaviours) -> dict[str, PassRate]:
    """Pass rates by behaviour.

    `negation`: the first of a pair is positive and the second negative. `name given` and `name not given`: intent and
    sentiment are the same under every name, with and without the brand told to the classifier. All others: the post
    leans to the same intent as before it was varied; a post that a variation leaves as it was doesn't count.
    """
    rates = {
        "negation": _measure_negations(classifier, behaviours.negations),
        "name given": _measure_names(classifier, behaviours.namings, given=True),
        "name not given": _measure_names(classifier, behaviours.namings, given=False),
    }
    return rates | _measure_variations(classifier, behaviours.posts)


def _measure_negations(classifier: Classifier, pairs: Sequence[Negation]) -> PassRate:
    positive = _answers(classifier, [pair.positive for pair in pairs])
    negative = _answers(classifier, [pair.negative for pair in pairs])
    return _rate(
        one.sentiment is Sentiment.POSITIVE and other.sentiment is Sentiment.NEGATIVE
        for one, other in zip(positive, negative, strict=True)
    )


def _measure_names(classifier: Classifier, namings: Sequence[Naming], *, given: bool) -> PassRate:
    posts = [
        ClassifierInput(text=naming.text.format(brand=name), brand=name if given else None)
        for naming in namings
        for name in naming.names
    ]
    answers = iter(classifier.classify(posts))
    said = [{(answer.leaning, answer.sentiment) for answer in islice(answers, len(each.names))} for each in namings]
    return _rate(len(labels) == 1 for labels in said)


def _measure_variations(classifier: Classifier, posts: Sequence[Post]) -> dict[str, PassRate]:
    before = {post.text: answer for post, answer in zip(posts, _answers(classifier, _texts(posts)), strict=True)}
    rates = {}
    for name, vary in VARIATIONS.items():
        pairs = [(post.text, varied) for post in posts if (varied := vary(post)) != post.text]
        after = _answers(classifier, [varied for _, varied in pairs])
        rates[name] = _rate(
            before[text].leaning is answer.leaning for (text, _), answer in zip(pairs, after, strict=True)
        )
    return rates


def _texts(posts: Sequence[Post]) -> list[str]:
    return [post.text for post in posts]


def _answers(classifier: Classifier, texts: Sequence[str]) -> list[Classification]:
    return classifier.classify([ClassifierInput(text=text) for text in texts])


def _rate(passed: Iterable[bool]) -> PassRate:
    hits = list(passed)
    return PassRate(sum(hits), len(hits))


def swap_letters(post: Post) -> str:
    """The post with two letters next to each other swapped inside one of its longer words."""
    return _slip(post, lambda word, place: word[:place] + word[place + 1] + word[place] + word[place + 2 :])


def drop_letter(post: Post) -> str:
    """The post with a letter left out inside one of its longer words."""
    return _slip(post, lambda word, place: word[:place] + word[place + 1 :])


def _slip(post: Post, change: Callable[[str, int], str]) -> str:
    """Change one longer word at one place, never at its first or last letter; the same post slips the same way."""
    words = post.text.split(" ")
    slips = [
        (which, place)
        for which, word in enumerate(words)
        if len(word) >= _SHORTEST and word.isalpha()
        for place in range(1, len(word) - 2)
        if word[place] != word[place + 1]
    ]
    if post.language not in _TYPED or not slips:
        return post.text
    which, place = Random(f"{_SEED} {post.text}").choice(slips)
    words[which] = change(words[which], place)
    return " ".join(words)


def _double_mark(post: Post) -> str:
    bare = post.text.rstrip(_ENDS)
    mark = next((mark for mark in _QUESTION_MARKS if mark in post.text[len(bare) :]), "!")
    return f"{bare}{mark}{mark}"


VARIATIONS: Mapping[str, Callable[[Post], str]] = {
    "letters swapped": swap_letters,
    "letter dropped": drop_letter,
    "no full stop": lambda post: post.text.rstrip(_ENDS),
    "lower case": lambda post: post.text.lower(),
    "doubled mark": _double_mark,
    "handle added": lambda post: f"@jonas_k {post.text}",
    "link added": lambda post: f"{post.text} https://example.org/a/17",
    "hashtag added": lambda post: f"{post.text} #mondaymood",
}
