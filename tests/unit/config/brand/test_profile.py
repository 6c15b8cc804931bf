"""The profile: defaults one can live with, languages that fall back, and plain data that reads back equal."""

from datetime import date

import pytest
from pydantic import ValidationError

from config.brand.knowledge import Fact
from config.brand.listening import Answering, Query
from config.brand.profile import Profile
from config.brand.sources import FeedSource, OutsideSource
from config.brand.voice import Voice
from domain.labels import Priority
from tests.unit.config.samples import brand


def test_a_small_brand_gets_defaults_one_can_live_with() -> None:
    profile = Profile.model_validate(brand())
    assert profile.auto_send == ()
    assert profile.approvals == 1
    assert profile.use_of("anywhere").answer is Answering.BY_HAND
    targets = [profile.sla.of(priority).first_response for priority in Priority]
    assert targets == sorted(targets, reverse=True)
    assert profile.zone.key == "Europe/Berlin"


def test_texts_fall_back_to_the_main_language_and_no_further() -> None:
    fact = Fact.model_validate({"id": "f", "text": "Seven.", "texts": {"pt-BR": "Sete.", "de": "Sieben."}})
    assert fact.in_language("en-GB", first="en") == "Seven."
    assert fact.in_language("pt", first="en") == "Sete."
    assert fact.in_language("de", first="en") == "Sieben."
    assert fact.in_language("fr", first="en") is None
    assert fact.languages(first="en") == ("en", "pt-BR", "de")
    everywhere = Fact.model_validate({"id": "p", "text": "030 555", "language": "mul"})
    assert everywhere.in_language("hi", first="en") == "030 555"


def test_a_sign_off_falls_back_to_the_general_one() -> None:
    voice = Voice(sign_off="Mia", sign_offs={"de": "Eure Mia"})
    assert [voice.sign_off_in(language) for language in ("de-AT", "de", "fr")] == ["Eure Mia", "Eure Mia", "Mia"]


def test_a_fact_holds_through_its_last_day() -> None:
    fact = Fact.model_validate({"id": "f", "text": "x", "valid_until": "2026-11-18"})
    assert fact.holds_on(date(2026, 11, 18))
    assert not fact.holds_on(date(2026, 11, 19))


def test_posts_about_a_rival_are_never_answered() -> None:
    assert Query(name="a", expression="a").drafts_replies
    assert not Query(name="a", expression="a", rival="B").drafts_replies


def test_sources_are_told_apart_by_type() -> None:
    sources = [
        {"type": "feed", "id": "a", "url": "https://example.com"},
        {"type": "tags", "id": "b", "options": {"n": [1]}},
    ]
    profile = Profile.model_validate(brand(sources=sources))
    assert [type(source) for source in profile.sources] == [FeedSource, OutsideSource]
    assert Profile.model_validate(profile.model_dump(mode="json")) == profile
    assert Profile.model_validate(profile.model_dump()) == profile


@pytest.mark.parametrize("schedule", ["hourly", "* * * *", "* * * * * *", "; rm -rf"])
def test_a_schedule_has_five_fields(schedule: str) -> None:
    source = {"type": "feed", "id": "a", "url": "https://example.com", "schedule": schedule}
    with pytest.raises(ValidationError, match="isn't a schedule"):
        Profile.model_validate(brand(sources=[source]))
