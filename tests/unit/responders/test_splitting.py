"""A long reply becomes a thread: each part fits, nothing is lost, and no link or word is broken."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from platforms.capabilities import Capabilities
from platforms.counting import count_characters, count_graphemes, count_weighted
from responders.splitting import MOST_PARTS, split_text

SHORT = Capabilities(platform="short", name="Short", max_length=40)
COUNTS = st.sampled_from([count_characters, count_graphemes, count_weighted])
WORDS = st.text(st.characters(exclude_categories=("Z", "C"), max_codepoint=0x24F), min_size=1, max_size=12)
TEXTS = st.lists(st.tuples(WORDS, st.sampled_from([" ", ". ", "? ", "\n", "\n\n"])), min_size=1, max_size=60).map(
    lambda pairs: "".join(word + space for word, space in pairs).strip()
)
WIDE = st.text(st.sampled_from("茶壶很好用谢谢。！，ティーポット「」สวัสดี"), min_size=41, max_size=300)


def _without_numbers(parts: tuple[str, ...]) -> list[str]:
    bodies = []
    for number, part in enumerate(parts, 1):
        end = f" ({number}/{len(parts)})"
        assert part.endswith(end)
        bodies.append(part.removesuffix(end))
    return bodies


@given(text=TEXTS, length=st.integers(40, 300), count=COUNTS)
def test_the_parts_fit_and_are_the_text(text: str, length: int, count: object) -> None:
    facts = replace(SHORT, max_length=length, count=count)  # type: ignore[arg-type]
    try:
        parts = split_text(text, facts)
    except InvalidInput as error:
        assert "shorten it" in str(error)
        assert not facts.fits(text)
        return
    if len(parts) == 1:
        assert parts == (text,)
        return
    bodies = _without_numbers(parts)
    assert 2 <= len(parts) <= MOST_PARTS
    assert all(facts.fits(part) for part in parts)
    assert " ".join(bodies).split() == text.split()


@given(text=WIDE)
def test_scripts_without_spaces_are_broken_between_characters(text: str) -> None:
    try:
        parts = split_text(text, SHORT)
    except InvalidInput as error:
        assert "posts on Short" in str(error)
        return
    bodies = _without_numbers(parts)
    assert "".join(bodies) == text
    assert not any(body.startswith(("。", "！", "，")) for body in bodies[1:] if body.strip("。！，"))


def test_it_breaks_between_sentences_first() -> None:
    parts = split_text("Thank you, Ada! We looked at it. It was the spout.", SHORT)
    assert parts == ("Thank you, Ada! We looked at it. (1/2)", "It was the spout. (2/2)")


def test_lines_stay_where_they_fit() -> None:
    parts = split_text("Hello Ada,\nthank you.\n\nWe are looking into it now, and will write.", SHORT)
    assert parts[0] == "Hello Ada,\nthank you.\n\nWe are (1/3)"


def test_a_link_is_never_broken() -> None:
    link = "https://tern.example/" + "a" * 12
    parts = split_text(f"详情请看这里{link}谢谢您的耐心等待我们会尽快回复您的问题", SHORT)
    assert sum(link in part for part in parts) == 1
    with pytest.raises(InvalidInput, match="A word is too long for one post on Short"):
        split_text("https://tern.example/" + "a" * 40, SHORT)


def test_more_than_nine_parts_are_refused() -> None:
    with pytest.raises(InvalidInput, match="would need 10 posts on Short"):
        split_text("This sentence needs a post alone. " * 10, SHORT)
