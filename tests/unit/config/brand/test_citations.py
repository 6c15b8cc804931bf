"""What canned responses cite must be there, and in the language of the text that cites it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.brand.placeholders import PLACEHOLDERS, find_placeholders
from tests.unit.config.samples import brand, faults

HELD: dict[str, Any] = {
    "facts": [
        {"id": "hours", "text": "We open at seven.", "texts": {"de": "Wir öffnen um sieben."}},
        {"id": "phone", "text": "030 555", "language": "mul"},
        {"id": "english", "text": "Only said in English."},
    ],
    "promises": [{"id": "call", "texts": {"de": "Wir rufen an."}}],
    "products": [{"id": "mug", "name": "the mug"}],
}


def cite(text: str = "", texts: dict[str, str] | None = None, **more: Any) -> dict[str, str]:
    canned = {"short_code": "x", "intents": ["praise"], "text": text, "texts": texts or {}, **more}
    return faults(brand(canned_responses=[canned], **HELD))


@pytest.mark.parametrize(
    "text",
    ["Hi {name}, {said}!", "{fact:hours} {fact:phone}", "{{braces}} {brand} {product}", "no placeholder", "{ name }"],
)
def test_lets_right_texts_through(text: str) -> None:
    assert cite(text) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{nmae}", "Did you mean {name}?"),
        ("{weather}", "Known: {name}"),
        ("{name:x}", "isn't a placeholder"),
        ("{fact:houre}", "Did you mean {fact:hours}?"),
        ("{fact:}", "There is no fact “”."),
        ("{fact}", "There is no fact “”."),
        ("{promise:moon}", "There is no promise “moon”. Add it to promises"),
        ("{promise:call}", "has no text in en"),
        ("a { b", "A brace stands alone at character 3."),
        ("a } b", "A brace stands alone"),
        ("{}", "A brace stands alone"),
    ],
)
def test_says_what_is_wrong_with_a_placeholder(text: str, said: str) -> None:
    found = cite(text)
    assert list(found) == ["canned_responses[0].text"]
    assert said in found["canned_responses[0].text"]


def test_a_cited_fact_speaks_the_language_of_the_text() -> None:
    assert cite(texts={"de": "{fact:hours} {fact:phone} {promise:call}"}) == {}
    found = cite(texts={"de": "{fact:english}"})
    assert "The fact “english” has no text in de." in found["canned_responses[0].texts.de"]
    assert cite("{fact:hours}", language="de") == {}


def test_a_text_in_a_language_that_nobody_answers_in_is_a_mistake() -> None:
    assert "doesn't answer in nl" in cite("x", {"nl": "y"})["canned_responses[0].texts.nl"]
    assert cite("x", {"de-AT": "y"}) == {}


def test_a_response_names_products_that_there_are() -> None:
    assert cite("x", products=["mug"]) == {}
    assert "Did you mean mug?" in cite("x", products=["mugs"])["canned_responses[0].products[0]"]


@given(
    st.lists(st.sampled_from(["{name}", "{fact:x}", "{{", "}}", "{", "}", "a", "é", "\n", "{odd one}"]), max_size=12)
)
def test_placeholders_lie_where_they_say(parts: list[str]) -> None:
    text = "".join(parts)
    last = 0
    for placeholder in find_placeholders(text):
        assert placeholder.start >= last
        last = placeholder.end
        shown = text[placeholder.start : placeholder.end]
        assert shown in "{}" or (shown[0] == "{" and shown[-1] == "}")
        if placeholder.name in PLACEHOLDERS:
            assert shown == f"{{{placeholder.name}}}"
