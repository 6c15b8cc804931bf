"""A wish not to be contacted is heard, and ordinary words aren't taken for one."""

import pytest

from responders.silence import asks_for_silence


@pytest.mark.parametrize(
    "text",
    [
        "Please DON'T reply, DM, mail or call me about this.",
        "stop messaging me",
        "Leave me alone, all of you.",
        "Kontaktieren? Nein. Kontaktiert mich nicht mehr.",
        "Lasst mich in Ruhe!",
        "No me escribáis más.",
        "Ne me contactez plus.",
        "Não me liguem.",
        "Laat me met rust.",
        "Moenie my bel nie.",
        "मुझे कॉल मत करना",
    ],
)
def test_a_wish_is_heard(text: str) -> None:
    assert asks_for_silence(text)


@pytest.mark.parametrize(
    "text",
    [
        "Why don't you reply?",
        "You don't call the kettle quiet for nothing",
        "Please contact me.",
        "Don't call before nine, I sleep late",
        "Nobody answers my mails.",
        "Warum antwortet ihr nicht?",
        "Por favor, respondedme.",
    ],
)
def test_ordinary_words_are_not_taken_for_one(text: str) -> None:
    assert not asks_for_silence(text)
