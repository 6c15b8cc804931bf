"""What every implementation of the `Classifier` port must do."""

import math

from domain.classification import Classification, ClassifierInput
from domain.labels import INTENTS, Sentiment
from domain.ports import Classifier

POSTS = [
    ClassifierInput(text="@acme my parcel never arrived and nobody answers, I want a refund", brand="Acme"),
    ClassifierInput(text="Do you ship to Spain?"),
    ClassifierInput(text=""),
    ClassifierInput(text=" \n\t"),
    ClassifierInput(text="🙂"),
    ClassifierInput(text="\x00\ufffd" * 50),
    ClassifierInput(text="a" * 20_000),
    ClassifierInput(text="{{ 7*7 }} <script>alert(1)</script>"),
    ClassifierInput(text="thank you!", brand="Acme", parent="We have sent you a new one."),
]


def check_classifier(classifier: Classifier) -> list[Classification]:
    """Assert the port's promises; return the answers to `POSTS`."""
    assert classifier.classify([]) == []
    answers = classifier.classify(POSTS)
    assert len(answers) == len(POSTS)
    assert answers == classifier.classify(POSTS), "the same input must give the same answer"
    for answer in answers:
        check_answer(answer, revision=classifier.revision)
    assert answers[2].abstained, "an empty post must be abstained on"
    assert answers[3].abstained, "a blank post must be abstained on"
    assert answers[0].leaning == "complaint"
    assert answers[0].sentiment is Sentiment.NEGATIVE
    assert answers[1].leaning == "question"
    check_order(classifier)
    return answers


def check_order(classifier: Classifier) -> None:
    """Assert that the answers stand in the order of the posts."""
    turned = classifier.classify(POSTS[::-1])[::-1]
    for one, other in zip(turned, classifier.classify(POSTS), strict=True):
        assert one.leaning == other.leaning
        assert one.sentiment == other.sentiment


def check_answer(answer: Classification, *, revision: str) -> None:
    """Assert the shape of one answer."""
    assert set(answer.intent_scores) == set(INTENTS)
    assert set(answer.sentiment_scores) == set(Sentiment)
    assert math.isclose(sum(answer.intent_scores.values()), 1, abs_tol=1e-6)
    assert math.isclose(sum(answer.sentiment_scores.values()), 1, abs_tol=1e-6)
    assert 0 <= answer.urgency <= 1
    assert 0 <= answer.toxicity <= 1
    assert answer.intent not in answer.also
    assert answer.model == revision
    assert answer.abstained or answer.intent == answer.leaning
