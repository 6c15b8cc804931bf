"""Handles and names are compared without what platforms put around them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.likeness import bare_handle, bare_name


@pytest.mark.parametrize(
    "handle",
    ["ada_brews", "@Ada_Brews", "u/ada-brews", "ada.brews@kolektiva.example", "adabrews.bsky.social", " ADABREWS"],
)
def test_one_handle_in_many_spellings(handle: str) -> None:
    assert bare_handle(handle) == "adabrews"


@pytest.mark.parametrize(("one", "other"), [("José  Núñez", "jose nunez"), ("Ada 🫖 Okoye", "ADA OKOYE")])
def test_names_without_accents_and_ornaments(one: str, other: str) -> None:
    assert bare_name(one) == bare_name(other)


def test_different_names_stay_different() -> None:
    assert bare_name("Ada Okoye") != bare_name("Ada Okafor")


@given(st.text(max_size=60))
def test_comparing_never_fails_and_is_settled_after_once(text: str) -> None:
    assert bare_name(bare_name(text)) == bare_name(text)
    assert "@" not in bare_handle(text)
