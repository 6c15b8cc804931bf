"""Profiles and classifications for tests of answering."""

from collections.abc import Mapping
from typing import Any

from config.brand.profile import Profile
from domain.classification import Classification
from domain.labels import INTENTS, Intent, Sentiment

FEELINGS = {Intent.PRAISE: Sentiment.POSITIVE, Intent.COMPLAINT: Sentiment.NEGATIVE}

PROFILE: Mapping[str, Any] = {
    "slug": "plover",
    "name": "Plover Tea",
    "languages": ["en", "de"],
    "time_zone": "Europe/Berlin",
    "voice": {"sign_off": "Mia at Plover", "sign_offs": {"de": "Mia von Plover"}, "avoid": ["valued customer"]},
    "products": [
        {"id": "kettle", "name": "Plover Kettle 500", "aliases": ["kettle", "Kessel"], "url": "https://plover.example/kettle"},
    ],
    "facts": [
        {"id": "return", "text": "You can return it within 30 days.", "texts": {"de": "Rückgabe ist 30 Tage möglich."}},
        {"id": "price", "text": "The kettle costs 49.50 EUR.", "language": "en"},
        {"id": "fair", "text": "We are at the fair in hall 7.", "valid_until": "2026-11-01"},
    ],
    "promises": [{"id": "call", "text": "A person will call you.", "texts": {"de": "Ein Mensch ruft Sie an."}}],
    "canned_responses": [
        {"short_code": "thanks", "intents": ["praise"], "tones": ["warm"],
         "text": "Thank you, {name}! “{said}” made our day.",
         "texts": {"de": "Danke, {name}! „{said}“ freut uns sehr."}},
        {"short_code": "thanks_kettle", "intents": ["praise"], "tones": ["warm"], "products": ["kettle"],
         "text": "{name}, good to hear that the {product} does its work."},
        {"short_code": "joke", "intents": ["praise", "complaint"], "tones": ["playful"], "text": "Ha! Cheers, {name}."},
        {"short_code": "returns", "intents": ["question"], "themes": ["returns"], "tones": ["plain"],
         "text": "Hello {name}, {fact:return}", "texts": {"de": "Hallo {name}, {fact:return}"}},
        {"short_code": "ask", "intents": ["question"], "text": "Good question, {name}. We are finding out."},
        {"short_code": "fair", "intents": ["question"], "themes": ["opening hours"], "text": "{fact:fair}"},
        {"short_code": "sorry", "intents": ["complaint"], "tones": ["apologetic"],
         "text": "We are sorry, {name}. {promise:call}", "texts": {"de": "Das tut uns leid, {name}. {promise:call}"}},
        {"short_code": "idea", "intents": ["suggestion"], "tones": ["warm"],
         "text": "A good thought, {name}. Thank you."},
    ],
    "gestures": [{"id": "tin", "name": "a tin of tea", "cost": "8.00 EUR", "monthly_limit": 2, "per_person_limit": 1}],
    "queries": [
        {"name": "brand", "expression": "plover"},
        {"name": "rival", "expression": "robin", "rival": "Robin Tea"},
    ],
    "accounts": [{"platform": "mastodon", "handle": "@plover@example.social"}],
    "known_bots": [{"platform": "mastodon", "handle": "teabot"}],
    "platforms": {"mastodon": {"answer": "reviewed"}, "x": {"answer": "never"}},
}  # fmt: skip


def make_profile(**changes: Any) -> Profile:
    """The profile above with some settings changed."""
    return Profile.model_validate({**PROFILE, **changes})


def classified(intent: Intent = Intent.PRAISE, **changes: Any) -> Classification:
    """A confident classification of one intent; `scores` may say otherwise."""
    values: dict[str, Any] = {
        "intent": intent,
        "sentiment": FEELINGS.get(intent, Sentiment.NEUTRAL),
        "intent_scores": {each: 0.9 if each is intent else 0.025 for each in INTENTS},
        "sentiment_scores": dict.fromkeys(Sentiment, 1 / 3),
        "urgency": 0.1, "toxicity": 0.05, "urgent": False, "toxic": False, "language": "en", "themes": (),
        "model": "test-1",
    }  # fmt: skip
    return Classification(**{**values, **changes})
