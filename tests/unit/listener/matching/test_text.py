"""What is compared: the same letters however they are typed, and accents only where they are accents."""

import sys
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from listener.matching.text import IN_WORD, JOINS, fold, has_accents, is_searchable, normalise

TRICKY = st.sampled_from(
    "aAeéıİIßςΣ`´’ \n\t\u0301\u0307\u0345\u0653\u0654\u0640\u064bا\ufe71\u0390\u200dｶﾞ\uff9e\u1100\u1161\ud800"
)
TEXTS = st.text(st.one_of(TRICKY, st.characters(), st.characters(categories=["Cs", "Mn", "Lo"])), max_size=30)


@pytest.mark.parametrize(
    ("typed", "compared"),
    [
        ("İSTANBUL", "istanbul"),
        ("ISPARTA ısparta", "isparta isparta"),
        ("Straße STRASSE", "strasse strasse"),
        ("ΣΊΣΥΦΟΣ Σίσυφος", "σίσυφοσ σίσυφοσ"),
        ("don’t don´t don`t donʼt", "don't don't don't don't"),
        ("Ｅａｒｎｅｓｔ ﾗｰﾒﾝ ｶﾞ", "earnest ラーメン ガ"),
        ("cafe\u0301", "café"),
        ("Ear\u00adnest Ear\u200bnest", "earnest earnest"),
        ("coca\u2011cola", "coca-cola"),
        ("می\u200cخواهم", "ميخواهم"),
        ("قَهْوَة قهوه", "قهوه قهوه"),
        ("أحمد احمد", "احمد احمد"),
        ("קָפֶה", "קפה"),
        ("☕\ufe0f", "☕"),
        (" two \t\r\n words\u3000here ", "two words here"),
        ("a\ud83db", "ab"),
        ("", ""),
    ],
)
def test_reads_the_same_letters_however_they_are_typed(typed: str, compared: str) -> None:
    assert normalise(typed) == compared


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("crème brûlée", "creme brulee"),
        ("smørrebrød łódź œuvre", "smorrebrod lodz oeuvre"),
        ("phở đà nẵng", "pho da nang"),
        ("ελληνικά", "ελληνικα"),
        ("ёлка", "елка"),
        ("мой й", "мой й"),
        ("हिन्दी", "हिन्दी"),
        ("ガが", "ガが"),
        ("plain", "plain"),
    ],
)
def test_folds_accents_and_leaves_other_letters(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert has_accents(text) is (text != folded)


@settings(deadline=None)
@given(TEXTS)
@example("ا\ufe71\u0653")
@example("\u0390\u0344")
def test_comparing_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert fold(fold(once)) == fold(once)


@settings(deadline=None)
@given(TEXTS.map(normalise), TEXTS.map(normalise))
def test_a_part_folds_as_it_does_in_the_whole(left: str, right: str) -> None:
    assert fold(left + right) == fold(left) + fold(right)


def test_folding_never_moves_a_word_boundary() -> None:
    moved = [
        hex(code)
        for code in range(sys.maxunicode + 1)
        for character in normalise(chr(code))
        if (folded := fold(character)) != character and not all(map(JOINS.__getitem__, character + folded))
    ]
    assert moved == []


@pytest.mark.parametrize("character", ["a", "9", "_", "é", "ी", "م", "٣"])
def test_letters_digits_and_marks_join_words(character: str) -> None:
    assert JOINS[character]
    assert IN_WORD[character]


@pytest.mark.parametrize("character", ["字", "ひ", "カ", "ー", "々", "한", "ก", "ို", "ᄀ"])
def test_scripts_without_spaces_have_words_that_join_nothing(character: str) -> None:
    assert not JOINS[character[0]]
    assert IN_WORD[character[0]]


@pytest.mark.parametrize("character", [" ", "-", "'", "#", "☕", "\x00"])
def test_signs_are_no_part_of_words(character: str) -> None:
    assert not IN_WORD[character]


def test_punctuation_alone_is_nothing_to_look_for() -> None:
    assert not is_searchable("...!?")
    assert all(map(is_searchable, ("a", "7", "☕", "$", "字")))


def test_every_korean_chinese_japanese_and_thai_letter_is_unspaced() -> None:
    names = (
        "CJK UNIFIED",
        "HIRAGANA LETTER",
        "KATAKANA LETTER",
        "HANGUL SYLLABLE",
        "THAI CHARACTER",
        "LAO LETTER",
        "KHMER LETTER",
    )
    letters = (chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) == "Lo")
    assert [letter for letter in letters if unicodedata.name(letter, "").startswith(names) and JOINS[letter]] == []
