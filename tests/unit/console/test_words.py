"""Names in the code as words for people, and long texts made short."""

from hypothesis import given
from hypothesis import strategies as st

from console.shared.errors import say_invalid, status_of
from console.shared.rights import Right, rights_of
from console.shared.words import capitalise, counted, deed, language, short, word
from domain.errors import EarnestError, InvalidTransition, StaleWrite
from domain.labels import Intent, Role
from responders.errors import ResponderError


def test_names_become_words() -> None:
    assert word(Intent.ABSTAINED) == "not sure"
    assert word("something_else") == "something else"
    assert word(None) == "—"
    assert capitalise("in Berlin") == "In Berlin"
    assert deed("case.woken") == "Woke up"
    assert deed("case.something_new") == "Something new"
    assert (language("pt-BR"), language("xx"), language(None)) == ("Portuguese", "xx", "no known language")


def test_one_is_not_several() -> None:
    counts = [counted(number, "reply needs", "replies need") for number in (0, 1, 2)]
    assert counts == ["0 replies need", "1 reply needs", "2 replies need"]


def test_texts_are_cut_at_words() -> None:
    assert short("one two three", 9) == "one two…"
    assert short("one\n two", 20) == "one two"
    assert short("abcdefghij", 5) == "abcd…"
    assert short(None) == ""


@given(st.text(), st.integers(min_value=2, max_value=200))
def test_short_texts_are_never_longer_than_asked(text: str, length: int) -> None:
    found = short(text, length)
    assert len(found) <= length
    assert "\n" not in found


def test_errors_know_their_status_by_what_they_mean() -> None:
    assert status_of(StaleWrite("x")) == 409
    assert status_of(InvalidTransition("draft", "approved", "proposed")) == 409
    assert status_of(ResponderError("x")) == status_of(EarnestError("x")) == 422


def test_a_form_that_lacks_something_is_told_in_one_sentence() -> None:
    assert say_invalid([{"type": "missing", "loc": ("body", "version"), "msg": "Field required"}]) == (
        "“version” is missing; fill it in and send it again."
    )
    said = say_invalid([{"type": "int_parsing", "loc": ("path", "draft_id"), "msg": "Input should be a valid integer"}])
    assert said.startswith("“draft_id” can't be used (input should be")


def test_roles_add_up_and_marketing_only_reads_and_mails() -> None:
    assert rights_of(frozenset()) == frozenset()
    assert rights_of(frozenset({Role.ADMIN})) == frozenset(Right)
    assert rights_of(frozenset({Role.MARKETING})) == {Right.MAIL}
    assert Right.REVIEW not in rights_of(frozenset({Role.SUPPORT, Role.MARKETING}))
    both = rights_of(frozenset({Role.SUPPORT, Role.COMMUNITY_MANAGER}))
    assert Right.REVIEW in both
    assert Right.MAIL not in both
