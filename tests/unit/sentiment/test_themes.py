import pytest

from sentiment.themes import extract_themes


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The courier lost my parcel", "en"),
        ("Wo bleibt meine Lieferung?", "de"),
        ("¿Dónde está mi paquete?", "es"),
        ("Ma livraison a deux jours de retard", "fr"),
        ("Minha encomenda não chegou", "pt"),
        ("De bezorging was weer te laat", "nl"),
        ("My pakkie is weg", "af"),
        ("मेरी डिलीवरी नहीं आई", "hi"),
    ],
)
def test_the_same_theme_has_the_same_words_in_every_language(text: str, language: str) -> None:
    assert "delivery" in extract_themes(text, language=language)


def test_themes_stand_in_the_order_of_the_text_and_are_at_most_three() -> None:
    themes = extract_themes("The app crashed, the courier was late, the price doubled and the food was cold")
    assert themes == ("app", "delivery", "price")


def test_without_a_listed_word_one_noun_is_taken() -> None:
    assert extract_themes("I adore the marmalade", language="en") == ("marmalade",)


def test_the_brand_itself_is_no_theme() -> None:
    assert extract_themes("I adore the Marmelo", language="en", brand="Marmelo") == ()


def test_nothing_recognised_gives_nothing() -> None:
    assert extract_themes("ok 👍") == ()


def test_a_masked_handle_is_not_the_dutch_word_for_fire() -> None:
    assert extract_themes("@kestrel bedankt!", language="nl", brand="Kestrel") == ()
    assert extract_themes("@kestrel er is brand in de keuken", language="nl", brand="Kestrel") == ("safety",)
