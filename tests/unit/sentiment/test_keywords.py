import pytest

from domain.classification import ClassifierInput
from sentiment.keywords import KeywordClassifier
from tests.unit.sentiment.conformance import check_classifier


def test_it_keeps_the_ports_promises() -> None:
    answers = check_classifier(KeywordClassifier())
    assert {answer.model for answer in answers} == {KeywordClassifier().revision}


@pytest.mark.parametrize(
    ("text", "intent", "language"),
    [
        ("The new flavour is great, I love it", "praise", "en"),
        ("Die Lieferung ist kaputt und ich warte", "complaint", "de"),
        ("¿A qué hora abren los domingos?", "question", None),
        ("It would be great if you had oat milk", "suggestion", "en"),
        ("Quarterly figures published", "other", None),
    ],
)
def test_cues_decide(text: str, intent: str, language: str | None) -> None:
    (answer,) = KeywordClassifier().classify([ClassifierInput(text=text)])
    assert answer.intent == intent
    if language:
        assert answer.language == language
