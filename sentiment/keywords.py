"""A classifier made of word lists: fast, deterministic and honest about how little it knows. For tests and dry runs.

It reads a few dozen cue words in several languages and nothing else: no negation beyond "not", no sarcasm, no context.
Never use it to judge real customers; it is the in-memory second implementation of the `Classifier` port.
"""

import re
from collections.abc import Mapping, Sequence

from domain.classification import Classification, ClassifierInput
from domain.labels import INTENTS, Intent, Sentiment
from sentiment.themes import extract_themes

_CUES: Mapping[Intent, tuple[str, ...]] = {
    Intent.COMPLAINT: (
        "broken",
        "late",
        "worst",
        "terrible",
        "awful",
        "refund",
        "never arrived",
        "doesn't work",
        "not working",
        "rude",
        "disappointed",
        "overcharged",
        "scam",
        "down again",
        "still waiting",
        "no reply",
        "crash",
        "outage",
        "kaputt",
        "enttäuscht",
        "schlecht",
        "verspätet",
        "roto",
        "pésimo",
        "retraso",
        "decepcionad",
        "en panne",
        "déçu",
        "retard",
        "péssimo",
        "atrasado",
        "quebrado",
        "kapot",
        "teleurgesteld",
        "stukkend",
        "swak",
        "खराब",
        "बेकार",
        "rotto",
        "deluso",
        "معطل",
        "سيء",
        "mbovu",
        "wahala",
    ),
    Intent.QUESTION: (
        "?",
        "？",
        "؟",
        "how do i",
        "can you",
        "when will",
        "where can",
        "is there",
        "do you",
        "wie kann",
        "cómo",
        "comment",
        "como faço",
        "hoe kan",
        "waar kan",
        "कैसे",
        "come posso",
        "كيف",
        "vipi",
        "abeg how",
    ),
    Intent.SUGGESTION: (
        "would be great if",
        "would be nice if",
        "you should",
        "please add",
        "wish you",
        "feature request",
        "idea:",
        "wäre schön",
        "wäre toll",
        "estaría bien",
        "deberían",
        "ce serait bien",
        "vous devriez",
        "seria bom",
        "deviam",
        "zou fijn zijn",
        "zou mooi zijn",
        "sou wonderlik wees",
        "चाहिए",
        "sarebbe bello",
        "ingekuwa vizuri",
    ),
    Intent.PRAISE: (
        "love",
        "great",
        "thank",
        "best",
        "amazing",
        "awesome",
        "perfect",
        "recommend",
        "excellent",
        "danke",
        "super",
        "toll",
        "gracias",
        "genial",
        "encanta",
        "merci",
        "génial",
        "adore",
        "obrigad",
        "ótimo",
        "adoro",
        "dank",
        "geweldig",
        "dankie",
        "lekker",
        "शानदार",
        "धन्यवाद",
        "grazie",
        "fantastico",
        "شكرا",
        "رائع",
        "asante",
        "❤",
        "😍",
    ),
}
_URGENT = (
    "stranded",
    "stuck at",
    "hacked",
    "lawyer",
    "allergic",
    "hospital",
    "fire",
    "burn",
    "right now",
    "stolen",
    "gestrandet",
    "gehackt",
    "varado",
    "hackeado",
    "bloqué",
    "piraté",
    "gestrand",
    "gehackt",
    "हैक",
)
_TOXIC = ("idiot", "moron", "kill yourself", "scum", "vermin", "subhuman", "basura humana", "abschaum")
_MARKERS: Mapping[str, tuple[str, ...]] = {
    "en": ("the", "and", "is", "my", "you", "it"),
    "de": ("der", "und", "ist", "nicht", "ich", "die"),
    "es": ("el", "que", "los", "por", "una", "muy"),
    "fr": ("le", "les", "est", "pas", "vous", "une"),
    "pt": ("não", "uma", "você", "os", "muito", "com"),
    "it": ("il", "che", "non", "per", "sono", "gli"),
    "nl": ("het", "een", "ik", "niet", "van", "jullie"),
    "af": ("nie", "ek", "julle", "het", "vir", "baie"),
    "sw": ("na", "ya", "kwa", "ni", "sana", "yangu"),
    "pcm": ("dey", "una", "abeg", "wetin", "dem", "don"),
}
_ORDER = (Intent.COMPLAINT, Intent.QUESTION, Intent.SUGGESTION, Intent.PRAISE)
_FEELING = {Intent.COMPLAINT: Sentiment.NEGATIVE, Intent.PRAISE: Sentiment.POSITIVE}
_WORD = re.compile(r"\w+")


class KeywordClassifier:
    """The `Classifier` port without a model: the first intent of the guideline's order whose cue stands in the text."""

    def __init__(self, *, revision: str = "keywords-1", abstain_below: int = 2) -> None:
        """`abstain_below`: a post with fewer words than this, and no cue, is abstained on."""
        self._revision, self._abstain_below = revision, abstain_below

    @property
    def revision(self) -> str:
        """Name of this classifier, saved with each classification."""
        return self._revision

    def classify(self, posts: Sequence[ClassifierInput], /) -> list[Classification]:
        """One classification for each post, in order."""
        return [self._classify_one(post.text) for post in posts]

    def _classify_one(self, text: str) -> Classification:
        lowered = text.casefold().replace("’", "'")
        found = [intent for intent in _ORDER if _has_any(lowered, _CUES[intent])]
        first = found[0] if found else Intent.OTHER
        words = _WORD.findall(lowered)
        unsure = not found and len(words) < self._abstain_below
        feeling = _FEELING.get(first, Sentiment.NEUTRAL)
        urgent, toxic = _has_any(lowered, _URGENT), _has_any(lowered, _TOXIC)
        language = _guess_language(lowered, words)
        return Classification(
            intent=Intent.ABSTAINED if unsure else first,
            sentiment=feeling,
            intent_scores={intent: 0.8 if intent is first else 0.05 for intent in INTENTS},
            sentiment_scores={each: 0.8 if each is feeling else 0.1 for each in Sentiment},
            urgency=0.9 if urgent else 0.1,
            toxicity=0.9 if toxic else 0.1,
            urgent=urgent,
            toxic=toxic,
            language=language,
            themes=extract_themes(text, language=language),
            also=tuple(found[1:]),
            model=self._revision,
        )


def _has_any(text: str, cues: tuple[str, ...]) -> bool:
    return any(cue in text for cue in cues)


def _guess_language(text: str, words: Sequence[str]) -> str | None:
    if any("\u0900" <= letter <= "\u097f" for letter in text):
        return "hi"
    if any("\u0600" <= letter <= "\u06ff" for letter in text):
        return "ar"
    hits = {code: sum(word in markers for word in words) for code, markers in _MARKERS.items()}
    best = max(hits, key=lambda code: hits[code])
    return best if hits[best] else None
