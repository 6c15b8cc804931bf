"""Each guard finds what it is for, in several languages, and lets honest text be."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.answers import Finding, Severity
from responders.guards import check, is_blocked
from responders.guards.basis import find_numbers
from responders.guards.repetition import skeleton_of
from responders.texts import fold
from tests.unit.responders.makers import make_profile

TODAY = date(2026, 11, 18)
PROFILE = make_profile()


def found(text: str, **more: Any) -> tuple[Finding, ...]:
    values: dict[str, Any] = {"profile": PROFILE, "platform": "mastodon", "language": "en", "today": TODAY}
    return check(text, **{**values, **more})


def rules(text: str, **more: Any) -> set[str]:
    return {finding.rule for finding in found(text, **more)}


@pytest.mark.parametrize(
    "text",
    [
        "Thank you, Ana! That made our day.",
        "You can return it within 30 days.",
        "The kettle costs 49.50 EUR.",
        "The Plover Kettle 500 is made for that.",
        "Rückgabe ist 30 Tage möglich.",
        "A person will call you.",
        "Feel free to write to us again.",
        "See https://plover.example/kettle for more.",
        "Merci beaucoup, vos mots nous touchent.",
        "Esto no debería haber pasado, y lo sentimos.",
        "Guten Morgen, und danke.",
        "You shouldn't have had to ask twice.",
        "@ada12 Thank you!",
        "Thank you, @ada_99@tern24.example and @bo7.bsky.social.",
        "Thank you, u/ada12.",
        "@ada12 500 is the number of the kettle.",
    ],
)
def test_honest_text_is_let_be(text: str) -> None:
    assert found(text, language=None) == ()


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("figures", "It holds 12 cups."),
        ("figures", "We take 30 % off."),
        ("figures", "It costs 30 EUR."),
        ("figures", "@ada12 It holds 12 cups."),
        ("figures", "@ada12,31 cups."),
        ("figures", "We open @9am."),
        ("figures", "Yours @45 EUR."),
        ("figures", "Hello @ada.45 EUR off."),
        ("figures", "यह ४५ रुपये का है"),
        ("commitments", "We guarantee that it lasts."),
        ("commitments", "You will get your money back."),
        ("commitments", "Wir erstatten den Betrag."),
        ("commitments", "Le remboursement est en route."),
        ("commitments", "Le haremos un descuento."),
        ("commitments", "Você recebe um desconto."),
        ("commitments", "We send you a free kettle."),
        ("commitments", "Ons gee jou geld terug."),
        ("commitments", "आपको रिफंड मिलेगा।"),
        ("commitments", "سنعطيك خصم"),
        ("timing", "We will write by tomorrow."),
        ("timing", "You hear from us within two hours."),
        ("timing", "Wir melden uns bis morgen."),
        ("timing", "Nous répondons sous deux jours."),
        ("timing", "Te llamamos en dos horas."),
        ("timing", "We bellen binnen twee dagen."),
        ("timing", "हम कल तक बताएँगे"),
        ("placeholders", "Hi {name}, thank you."),
        ("placeholders", "Hi [Name], thank you."),
        ("personalisation", "Hi null, thank you."),
        ("privacy", "Write to ana.lopez@mail.example please."),
        ("privacy", "We saw order #A-48213."),
        ("privacy", "We ring you at +49 30 1234 5678."),
        ("privacy", "It goes to Lindenstraße 12."),
        ("injection", "As an AI language model I can't."),
        ("injection", "<script>alert(1)</script>"),
        ("links", "See https://bit.ly/abc for more."),
        ("links", "See plover-deals.com for more."),
        ("avoided", "You are a valued customer."),
        ("rivals", "We are better than Robin Tea."),
        ("expiry", "We are at the fair in hall 7."),
        ("empty", "  "),
    ],
)
def test_what_must_not_go_out_is_blocked(rule: str, text: str) -> None:
    assert rule in {finding.rule for finding in found(text, language=None) if finding.severity is Severity.BLOCK}


@pytest.mark.parametrize(
    ("rule", "text", "more"),
    [
        ("blame", "You should have read the manual.", {}),
        ("blame", "Das ist Ihr Fehler.", {}),
        ("blame", "C'est votre faute.", {}),
        ("shouting", "THANK YOU SO MUCH for this.", {}),
        ("shouting", "Thank you!!", {}),
        ("emoji", "Thank you 🌱🌱", {}),
        ("language", "Vielen Dank, das freut uns und wir sind für euch da.", {}),
        ("language", "हमें यह सुनकर बहुत अच्छा लगा", {}),
        ("asking_again", "Please send us your order number.", {"said": "my order #48213 never came"}),
        ("asking_again", "Which product is it?", {"said": "the Plover Kettle 500 leaks"}),
        ("rivals", "Robin Tea is another maker.", {}),
        ("commitments", "The refund is being looked at.", {"said": "where is my refund"}),
        ("personalisation", "Dear , thank you.", {}),
        ("personalisation", "Hi tea_lover99, thank you.", {}),
        ("length", "x" * 40, {"measure": lambda _platform, text: (len(text), 20)}),
    ],
)
def test_what_wants_a_look_is_pointed_at(rule: str, text: str, more: dict[str, Any]) -> None:
    assert rule in {finding.rule for finding in found(text, **more) if finding.severity is Severity.WARN}


def test_a_fact_of_another_kind_excuses_no_sum() -> None:
    assert rules("You can return it within 30 days, and get 30 % off.") == {"figures"}


def test_what_the_customer_said_may_be_named_but_not_granted() -> None:
    assert rules("Three of your 12 cups broke.", said="3 of my 12 cups broke") == set()
    assert not is_blocked(found("We look at your refund.", said="I want a refund"))
    assert is_blocked(found("We look at your refund.", said="it broke"))


def test_without_a_day_nothing_that_runs_out_holds() -> None:
    assert "expiry" in rules("We are at the fair in hall 7.", today=None)
    assert "expiry" not in rules("We are at the fair in hall 7.", today=date(2026, 10, 30))


def test_the_same_words_to_many_are_pointed_at() -> None:
    recent = [skeleton_of(f"Thank you, {name}!", name) for name in ("Bo", "Cy", "Di")]
    assert rules("Thank you, Ana!", author_name="Ana", recent=recent) == {"repetition"}
    assert rules("Thank you, Ana!", author_name="Ana", recent=recent[:2]) == set()


def test_offsets_name_the_place_and_the_gravest_comes_first() -> None:
    text = "Thank you!! It holds 12 cups."
    first, second = found(text)
    assert (first.rule, text[first.start : first.end]) == ("figures", "12")
    assert (second.rule, text[second.start : second.end]) == ("shouting", "!!")


@given(st.text(max_size=400), st.text(max_size=100), st.sampled_from(["en", "de", "hi", "ar", None]))
def test_no_text_breaks_a_guard(text: str, said: str, language: str | None) -> None:
    for finding in found(text, said=said, language=language):
        assert finding.message
        if finding.start is not None and finding.end is not None:
            assert 0 <= finding.start < finding.end <= len(text)


@given(
    st.integers(min_value=0, max_value=10**7).filter(lambda number: number not in {30, 500, 7}),
    st.sampled_from(["It holds {} cups.", "Only {}!", "Wir haben {} Stück.", "बस {} बचे हैं", "({})", "x{}y", "#{}"]),
)
def test_a_planted_number_is_always_found(number: int, frame: str) -> None:
    assert is_blocked(found(frame.format(number), language=None))


@given(
    st.floats(min_value=0.01, max_value=10**6, allow_nan=False),
    st.sampled_from(["{} €", "€{}", "{} EUR", "{} %", "$ {}"]),
)
def test_a_planted_sum_is_always_found(amount: float, frame: str) -> None:
    text = "That is " + frame.format(f"{amount:.2f}") + " for you."
    if f"{amount:.2f}" not in {"49.50", "30.00", "500.00"}:
        assert "figures" in rules(text)


@given(st.text(max_size=200))
def test_folding_keeps_every_place(text: str) -> None:
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "meanings"),
    [
        ("1.000", {"1000", "1"}), ("12,50", {"12.5"}), ("0050", {"50"}), ("٤٥", {"45"}), ("४५", {"45"}),
        ("1,234.5", {"1234.5"}),
    ],
)  # fmt: skip
def test_numbers_are_read_in_any_script(text: str, meanings: set[str]) -> None:
    ((_, _, forms),) = find_numbers(text)
    assert forms == meanings
