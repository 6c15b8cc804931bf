"""Revisions: plain data and YAML both read back equal, and the hash follows the content alone."""

from importlib.resources import files
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from config.brand.profile import Profile
from config.export import dump_profile, export_profile, hash_profile
from config.loading import check_brand, read_brand
from config.reading import read_text
from tests.unit.config.samples import brand

EXAMPLE = read_brand(files("config.examples").joinpath("brand.yaml").read_text(encoding="utf-8"), name="example")
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], include_characters="\n\t"), max_size=40)
tricky = words | st.sampled_from(
    [
        "yes",
        "no",
        "~",
        "null",
        "1",
        "1.0",
        "0x1f",
        "2026-01-02",
        "09:00",
        "- a",
        "a: b",
        "# a",
        "'",
        '"',
        "{fact:x}",
        "*a",
        "two\nlines\n",
        " indented\n  more",
        "trailing \n",
        "\u2028",
        "\ufeffx",
        "🥖",
        "\\n",
        "%TAG",
        "---",
        "...",
    ],
)


def test_the_example_reads_back_equal() -> None:
    assert Profile.model_validate(dump_profile(EXAMPLE)) == EXAMPLE
    text = export_profile(EXAMPLE)
    again = read_brand(text, name="export")
    assert again == EXAMPLE
    assert export_profile(again) == text
    assert hash_profile(again) == hash_profile(EXAMPLE)


@settings(max_examples=60, deadline=None)
@given(tricky, tricky, st.dictionaries(st.sampled_from(["no", "de", "pt-BR"]), tricky, max_size=2))
def test_any_text_reads_back_equal(name: str, about: str, texts: dict[str, str]) -> None:
    facts: list[dict[str, Any]] = [{"id": "1", "text": f"x{name}", "texts": texts}]
    profile = Profile.model_validate(brand(name=f"x{name}", about=about, facts=facts))
    again, _ = check_brand(read_text(export_profile(profile), file="export"))
    assert again == profile


def test_the_hash_follows_the_content_alone() -> None:
    plain = Profile.model_validate(brand())
    assert hash_profile(
        Profile.model_validate(dict(reversed(brand(approvals=1, answer_window="168h").items())))
    ) == hash_profile(plain)
    assert hash_profile(Profile.model_validate(brand(approvals=2))) != hash_profile(plain)
    assert len(hash_profile(plain)) == 64


def test_defaults_are_left_out() -> None:
    assert "approvals" not in export_profile(Profile.model_validate(brand(approvals=1)))
