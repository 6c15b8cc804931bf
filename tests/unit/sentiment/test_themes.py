from pathlib import Path

import pytest

from sentiment.lexicon import languages, read_lexicon, theme_names
from sentiment.steadiness import ThemePost, measure_steadiness, read_theme_posts
from sentiment.themes import extract_themes

TEST = Path("sentiment/data/themes-test.jsonl")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The courier lost my parcel", "en"),
        ("Wo bleibt meine Lieferung?", "de"),
        ("¿Dónde está mi paquete?", "es"),
        ("Ma livraison a deux jours de retard", "fr"),
        ("Minha encomenda não chegou", "pt"),
        ("Il corriere non è mai passato", "it"),
        ("De bezorging was weer te laat", "nl"),
        ("My pakkie is weg", "af"),
        ("मेरी डिलीवरी नहीं आई", "hi"),
        ("وين الشحنة والتوصيل؟", "ar"),
        ("Mzigo wangu haujafika", "sw"),
        ("My parcel never reach since morning", "pcm"),
    ],
)
def test_the_same_theme_has_the_same_words_in_every_language(text: str, language: str) -> None:
    assert "delivery" in extract_themes(text, language=language)


def test_the_theme_with_most_words_stands_first_and_there_are_at_most_three() -> None:
    themes = extract_themes("The app died, the courier was slow, the price doubled, the food was cold, this courier!")
    assert (themes[0], len(themes)) == ("delivery", 3)


def test_a_word_of_one_language_is_no_theme_in_another() -> None:
    assert extract_themes("the red dress is on sale now", language="en") == ("loyalty and offers",)
    assert "outage" not in extract_themes("a red one please")


def test_without_a_listed_word_a_noun_is_taken() -> None:
    assert extract_themes("I adore the marmalade", language="en") == ("marmalade",)
    assert extract_themes("I adore the old tin kettle, honestly", language="en") == ("tin kettle",)


def test_a_phrase_ends_at_a_mark() -> None:
    assert extract_themes("Honestly the kettle. Wow") == ("kettle",)


def test_times_and_persons_are_no_themes() -> None:
    assert extract_themes("my mum rode it the whole day") == ()


@pytest.mark.parametrize("brand", ["Marmelo", "Fibre One", "The Coffee Post"])
def test_the_brand_itself_is_no_theme(brand: str) -> None:
    assert extract_themes(f"I adore the {brand}", language="en", brand=brand) == ()


def test_nothing_recognised_gives_nothing() -> None:
    assert extract_themes("ok 👍") == ()


def test_a_masked_handle_is_not_the_dutch_word_for_fire() -> None:
    assert extract_themes("@kestrel bedankt!", language="nl", brand="Kestrel") == ()
    assert "safety" in extract_themes("@kestrel er is brand in de keuken", language="nl", brand="Kestrel")


def test_every_language_calls_themes_by_the_same_names() -> None:
    names = {cue.theme for cue in read_lexicon("en").cues}
    assert len(languages()) == 12
    for language in languages():
        assert {cue.theme for cue in read_lexicon(language).cues} <= names, language


@pytest.mark.parametrize("language", languages())
def test_every_cue_can_match(language: str) -> None:
    lexicon = read_lexicon(language)
    for cue in lexicon.cues:
        words = [word.strip("*") for word in cue.words]
        assert all(words), cue
        assert words == [word.casefold() for word in words], cue
        assert cue in {found for _, found in lexicon.find(words)}, cue


@pytest.mark.parametrize("language", languages())
def test_no_cue_points_to_two_themes(language: str) -> None:
    themes: dict[tuple[str, ...], str] = {}
    for cue in read_lexicon(language).cues:
        assert themes.setdefault(cue.words, cue.theme) == cue.theme, cue


def test_steadiness_tells_posts_of_one_thing_from_those_of_two() -> None:
    posts = [ThemePost("a", "Kestrel", "en", text) for text in ("one", "two", "three")]
    posts += [ThemePost("b", "Kestrel", "en", text) for text in ("four", "five")]
    themes = {"one": ("x",), "two": ("x", "y"), "three": (), "four": ("y",), "five": ("z",)}
    measured = measure_steadiness(posts, lambda post: themes[post.text])
    assert measured.named == pytest.approx(4 / 5)
    assert measured.together == pytest.approx(1 / 4)
    assert measured.main == pytest.approx((2 + 1) / 5)
    assert measured.apart == pytest.approx(5 / 6)


def test_themes_are_as_steady_as_the_card_says() -> None:
    posts = read_theme_posts(TEST)
    assert len(posts) == 300
    measured = measure_steadiness(posts)
    assert measured.together > 0.15
    assert measured.apart > 0.9


def test_the_page_lists_every_theme() -> None:
    assert ": " + ", ".join(theme_names()) + "." in Path("docs/model.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "Die Lieferung kam schon wieder zu spät und das ist nicht das erste Mal",
        "La livraison est encore en retard, je ne sais pas pourquoi",
        "मेरी डिलीवरी अभी तक नहीं आई है",
        "Where is my delivery? It was due on Monday",
    ],
)
def test_where_the_language_is_not_known_the_words_tell_it(text: str) -> None:
    assert "delivery" in extract_themes(text)


def test_one_and_many_are_one_theme() -> None:
    texts = ("I adore my kettle", "I adore my kettles", "I adore my witches", "I adore my witch")
    assert [extract_themes(text, language="en") for text in texts] == [("kettle",)] * 2 + [("witch",)] * 2
