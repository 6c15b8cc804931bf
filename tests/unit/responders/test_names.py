"""A name is taken only where it plainly is one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.drafting.names import first_name


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        ("Ana López", "Ana"), ("Ana López 🌱", "Ana"), ("Dr Ana López", "Ana"), ("MARIA SILVA", "Maria"),
        ("Jean-Paul Roux", "Jean-Paul"), ("Siân O'Neil", "Siân"), ("Thandeka Mokoena", "Thandeka"),
        ("प्रिया शर्मा", "प्रिया"),
        ("أحمد علي", "أحمد"), ("Mia", "Mia"), ("McKay Jones", "McKay"),
        # Handles, firms, initials, family names alone and made-up words are nobody's first name.
        ("@ana", None), ("ana_lopez", None), ("coffeelover", None), ("CoffeeLover", None), ("ana99", None), ("", None),
        (None, None), ("Kestrel Coffee", None), ("Example GmbH", None), ("J. Smith", None), ("Mr Smith", None),
        ("Anonymous", None), ("Deleted User", None), ("https://example.org", None), ("🌱🌱", None), ("山田太郎", None),
        ("null", None), ("The Grinder", None), ("u/quietgrinder", None),
    ],
)  # fmt: skip
def test_first_name(shown: str | None, name: str | None) -> None:
    assert first_name(shown) == name


@given(st.text(max_size=60))
def test_a_name_is_short_and_made_of_letters(shown: str) -> None:
    name = first_name(shown)
    if name is not None:
        assert name.strip() == name
        assert len(name) <= 20
        assert not any(letter.isdigit() or letter in "@_/<>{}" for letter in name)
