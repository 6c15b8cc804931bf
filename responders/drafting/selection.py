"""Which canned responses suit a mention, the best first."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from config.brand.answers import Canned, Tone
from config.brand.knowledge import Product
from config.brand.profile import Profile
from domain.classification import Classification
from domain.labels import Intent, Sentiment
from responders.texts import fold

_TONES: dict[Intent, tuple[Tone, ...]] = {
    Intent.PRAISE: (Tone.WARM, Tone.PLAYFUL, Tone.PLAIN),
    Intent.COMPLAINT: (Tone.APOLOGETIC, Tone.CALM, Tone.PLAIN, Tone.FORMAL),
    Intent.QUESTION: (Tone.PLAIN, Tone.WARM, Tone.CALM),
    Intent.SUGGESTION: (Tone.WARM, Tone.PLAIN, Tone.PLAYFUL),
}
_GRAVE = (Tone.CALM, Tone.FORMAL, Tone.APOLOGETIC)
_THEME, _PRODUCT, _PLATFORM, _TONE, _NAME = 40, 50, 5, 4, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What a canned response is chosen for: the mention's intent, themes, product and note."""

    intent: Intent
    themes: frozenset[str]
    product: Product | None
    platform: str
    tones: tuple[Tone, ...]
    has_name: bool


def occasion_of(
    *, classification: Classification, platform: str, product: Product | None, has_name: bool
) -> Occasion:  # fmt: skip
    """Return what to choose by; of an abstention that is what the model leaned to."""
    intent = classification.leaning if classification.abstained else classification.intent
    return Occasion(
        intent=intent, themes=frozenset(map(fold, classification.themes)), product=product, platform=platform,
        tones=_tones_for(intent, classification), has_name=has_name,
    )  # fmt: skip


def _tones_for(intent: Intent, classification: Classification) -> tuple[Tone, ...]:
    if classification.urgent:
        return _GRAVE
    tones = _TONES.get(intent, (Tone.PLAIN,))
    if classification.sentiment is Sentiment.NEGATIVE:
        return tuple(tone for tone in tones if tone is not Tone.PLAYFUL)
    return tones


def rank(canned: Sequence[Canned], occasion: Occasion, *, variant: int) -> list[Canned]:
    """Return those that suit, the best first; among equals `variant` decides which comes first."""
    scored: dict[int, list[Canned]] = {}
    for response in canned:
        score = _score(response, occasion)
        if score is not None:
            scored.setdefault(score, []).append(response)
    ranked: list[Canned] = []
    for score in sorted(scored, reverse=True):
        equals = scored[score]
        turn = variant % len(equals)
        ranked += equals[turn:] + equals[:turn]
    return ranked


def _score(response: Canned, occasion: Occasion) -> int | None:
    """How well a response suits; None when it doesn't."""
    if occasion.intent not in response.intents or (response.platforms and occasion.platform not in response.platforms):
        return None
    themes = {fold(theme) for theme in response.themes} & occasion.themes
    about = occasion.product is not None and occasion.product.id in response.products
    if (response.themes and not themes) or (response.products and not about):
        return None
    fitting = [occasion.tones.index(tone) for tone in response.tones if tone in occasion.tones]
    # A joke never answers a complaint or a danger; a plain word always may.
    if not fitting and Tone.PLAYFUL in response.tones:
        return None
    tone = min(len(occasion.tones) - min(fitting), 2) * _TONE if fitting else 0
    score = _THEME * len(themes) + _PRODUCT * about + _PLATFORM * bool(response.platforms) + tone
    named = "{name}" in response.text or any("{name}" in text for text in response.texts.values())
    return score + (_NAME if named is occasion.has_name else 0)


def find_product(profile: Profile, *texts: str) -> Product | None:
    """Return the product that the first of `texts` to name one writes about; the longest name wins."""
    pattern, owners = _product_pattern(profile.products)
    if pattern is None:
        return None
    for text in texts:
        found = max(pattern.findall(fold(text)), key=len, default=None)
        if found:
            return owners[found]
    return None


@lru_cache(maxsize=256)
def _product_pattern(products: tuple[Product, ...]) -> tuple[re.Pattern[str] | None, dict[str, Product]]:
    owners: dict[str, Product] = {}
    for product in products:
        for word in (product.name, *product.aliases):
            owners.setdefault(fold(word.strip()), product)
    words = sorted(filter(None, owners), key=len, reverse=True)
    if not words:
        return None, {}
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)"), owners
