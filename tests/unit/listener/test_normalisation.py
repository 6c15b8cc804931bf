"""Posts are made fit to be kept, and what can't be is refused with a reason."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.posts import RawAuthor, RawPost
from listener.normalisation import TEXT_CAP, clean, clean_id, clean_language, clean_url, normalise_post

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)
POST = RawPost(
    platform="x", external_id="1", text="Hello", author=RawAuthor(external_id="a", handle="ada"), posted_at=NOW
)  # fmt: skip


def test_text_is_composed_and_freed_of_what_no_page_or_database_takes() -> None:
    post = normalise_post(replace(POST, text="cafe\u0301\x00 \u202eevil\r\nnext\n\n\n\nlast \ud800"), now=NOW)
    assert post.text == "café evil\nnext\n\nlast"


def test_joiners_of_emoji_and_hindi_stay() -> None:
    assert clean("👩‍🔧 क्‍ष", cap=50) == "👩‍🔧 क्‍ष"


def test_a_post_from_the_future_is_dated_now() -> None:
    assert normalise_post(replace(POST, posted_at=NOW + timedelta(days=400)), now=NOW).posted_at == NOW


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"text": " \n "}, "no text"), ({"external_id": " "}, "no id"), ({"platform": "Two words"}, "no platform"),
     ({"posted_at": datetime(2026, 1, 1)}, "no time zone")],  # noqa: DTZ001 - that is the point
)  # fmt: skip
def test_what_cannot_be_kept_says_why(change: dict[str, object], reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        normalise_post(replace(POST, **change), now=NOW)  # type: ignore[arg-type]


def test_a_long_id_becomes_a_hash_that_stays_the_same() -> None:
    long = "https://example.com/" + "a" * 300
    assert clean_id(long) == clean_id(long)
    assert len(clean_id(long) or "") <= 200
    assert clean_id(long) != clean_id(long + "b")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//example.com", "http://" + "a" * 3000])
def test_only_web_addresses_are_kept(url: str) -> None:
    assert clean_url(url) is None


@pytest.mark.parametrize(
    ("given_tag", "kept"),
    [("EN", "en"), ("pt_br", "pt-BR"), ("zh-hant", "zh-Hant"), ("und", None), ("English", None), (None, None)],
)
def test_languages_have_one_spelling(given_tag: str | None, kept: str | None) -> None:
    assert clean_language(given_tag) == kept


def test_the_language_of_the_source_goes_first() -> None:
    assert normalise_post(replace(POST, language="en"), now=NOW, language="af").language == "af"


@pytest.mark.parametrize(("title", "text"), [("Only this", ""), ("Twice", "Twice")])
def test_what_is_said_once_is_the_text(title: str, text: str) -> None:
    post = normalise_post(replace(POST, title=title, text=text), now=NOW)
    assert (post.title, post.text) == (None, title)


@given(st.text())
def test_any_text_is_kept_the_same_the_second_time(text: str) -> None:
    once = clean(text, cap=TEXT_CAP)
    assert clean(once, cap=TEXT_CAP) == once
    assert len(once) <= TEXT_CAP
    once.encode()
