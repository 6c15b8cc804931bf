"""What platforms are searched for, of a brand's queries: nothing that a query would find is left out."""

import pytest

from config.brand.profile import Profile
from listener.collectors.bluesky_words import search_words
from listener.collectors.hackernews import search_terms
from listener.collectors.reddit_listings import words_of
from listener.searching import CAP


def make_profile(*expressions: str) -> Profile:
    numbered = enumerate(expressions)
    queries: list[dict[str, object]] = [{"name": f"q{number}", "expression": text} for number, text in numbered]
    queries.append({"name": "elsewhere", "expression": "osprey", "platforms": ["x"]})
    return Profile.model_validate(
        {"slug": "kestrel", "name": "Kestrel", "time_zone": "Europe/Berlin", "queries": queries}
    )  # fmt: skip


def test_each_platform_is_asked_in_its_own_words() -> None:
    profile = make_profile('kestrel OR @kestrelhq OR "kestrel tea" NOT bird', "tern*")
    assert search_words(profile, platform="bluesky") == ('"kestrel"', "@kestrelhq", '"kestrel tea"', "tern")
    assert search_terms(profile) == ('"kestrel"', '"kestrel tea"', "tern")
    assert words_of(profile) == ("kestrel", "kestrel tea", "tern")


def test_a_query_of_signs_alone_is_searched_for_by_what_they_are_made_of() -> None:
    profile = make_profile("kestrel", "#kestrelday OR @kestrelhq")
    assert search_terms(profile) == ('"kestrel"', '"kestrelday"', '"kestrelhq"')
    assert words_of(profile) == ("kestrel", "kestrelday", "kestrelhq")


def test_too_many_words_are_cut_and_told_of(caplog: pytest.LogCaptureFixture) -> None:
    profile = make_profile(" OR ".join(f"tern{number}" for number in range(CAP + 1)))
    assert len(search_terms(profile)) == CAP
    assert "too many words" in caplog.text
