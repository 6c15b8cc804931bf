"""Lengths as each platform counts them, after the examples that their documentation gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platforms.counting import count_graphemes, count_weighted, count_with_links_at_23

FAMILY = "👨‍👩‍👧‍👦"
LINK = "https://tern.example/kettles/500?colour=blue#reviews"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("hello", 5),
        ("café", 4),
        ("cafe\u0301", 4),
        ("“curly” – and dots", 18),
        ("谢谢", 4),
        ("ありがとう!", 11),
        ("شكرا", 4),
        ("धन्यवाद", 7),
        ("😀", 2),
        (FAMILY, 2),
        ("👍🏽", 2),
        ("🇿🇦", 2),
        ("❤️", 2),
        ("1️⃣", 2),
        ("©️ ©", 4),
        (LINK, 23),
        ("http://a.co", 23),
        (f"see {LINK}.", 28),
        ("see tern.example/faq.", 28),
        ("Thanks. Bye, 3.5 cups", 21),
        (f"({LINK})", 25),
        (f"{LINK} {LINK} https://tern.example", 71),
        ("https://tern.example/a https://tern.example/ab", 47),
    ],
)
def test_x_weighs_links_emoji_and_wide_letters(text: str, length: int) -> None:
    assert count_weighted(text) == length


@pytest.mark.parametrize(
    ("text", "length"),
    [("", 0), (FAMILY, 1), ("🇿🇦🇩🇪", 2), ("e\u0301", 1), ("नि", 1), ("กำ", 1), ("1️⃣!", 2), ("한글", 2), ("\r\n", 1)],
)
def test_bluesky_counts_what_people_see(text: str, length: int) -> None:
    assert count_graphemes(text) == length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("hello", 5),
        (LINK, 23),
        (f"{LINK}, {LINK}.", 49),
        ("@ada@example.social hi", 7),
        ("@ada@example.social.", 5),
        ("@ada hi", 7),
        ("https://example.social/@ada@other.example", 23),
        (FAMILY, 7),
    ],
)
def test_mastodon_shortens_links_and_remote_handles(text: str, length: int) -> None:
    assert count_with_links_at_23(text) == length


@given(text=st.text(), more=st.text("abc é谢😀"))
def test_a_text_grows_no_shorter(text: str, more: str) -> None:
    assert count_weighted(f"{text} {more}") >= count_weighted(text)
    assert count_graphemes(f"{text} {more}") >= count_graphemes(text)
