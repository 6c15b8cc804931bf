"""A reply in another language than the one it should be in, told by its script and its small words."""

import re
import unicodedata
from collections.abc import Mapping

from domain.answers import Finding, Severity
from responders.guards.basis import Checked, found_at
from responders.texts import main_language, quoted_spans

RULE = "language"
# Small words that hardly occur in the neighbours' languages.
_MARKERS: Mapping[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the and you your we our with this that thank thanks have been what please are of for to is",
        "de": "der die und das ist nicht wir ihr uns euch euer eure für mit sich auch danke dir dein wird bitte sehr",
        "es": "el los las que por para con una gracias muy nos nuestro nuestra tu te está y lo hemos usted más",
        "fr": "le les des est pas vous nous pour une avec merci votre notre et ça très que au du avez",
        "pt": "não uma você os muito com obrigado obrigada para nós nosso nossa sua seu é isso mais e do da à",
        "it": "il che non per sono gli grazie di una con noi nostro nostra tuo tua è più e della molto ci",
        "nl": "het een ik niet van jullie wij we ons je jouw met voor dank bedankt dat is zijn en wat graag",
        "af": "nie ek julle het vir baie ons jou jy dankie is dit met en ’n 'n wat hoor van om",
        "sw": "na ya kwa ni sana asante yako wako yetu tuna kama hii hiyo wewe sisi",
        "pcm": "dey una abeg wetin dem don wey una we go no dis make na thank una",
    }.items()
}
_SCRIPTS: Mapping[str, str] = {"hi": "DEVANAGARI", "ar": "ARABIC", "ru": "CYRILLIC", "el": "GREEK", "zh": "CJK"}
_WORD = re.compile(r"[\w'’]+")
_FEWEST, _LEAD = 3, 3


def check(draft: Checked) -> tuple[Finding, ...]:
    """Point at a text that plainly is in another language than `language`; short texts are let be."""
    wanted = main_language(draft.language)
    if wanted is None:
        return ()
    seen = detect(_without_quotes(draft.text))
    if seen is None or seen == wanted or {seen, wanted} <= {"en", "pcm"}:
        return ()
    return (found_at(RULE, Severity.WARN, f"This seems to be in “{seen}”, and should be in “{wanted}”."),)


def detect(text: str) -> str | None:
    """Return the language that a text plainly is in, or None where it is short or could be several."""
    letters = list(filter(str.isalpha, text))[:60]
    # Latin ends before U+0370; only what lies beyond is looked up by name.
    beyond = [unicodedata.name(letter, "") for letter in letters if letter > "\u0370"]
    if len(beyond) > max(3, len(letters) // 2):
        for language, script in _SCRIPTS.items():
            if sum(script in name for name in beyond) > len(letters) // 2:
                return language
    words = [word.replace("’", "'") for word in _WORD.findall(text.casefold())]
    hits = {language: sum(word in markers for word in words) for language, markers in _MARKERS.items()}
    ranked = sorted(hits, key=lambda language: hits[language], reverse=True)
    best, second = ranked[0], ranked[1]
    return best if hits[best] >= _FEWEST and hits[best] >= hits[second] + _LEAD else None


def _without_quotes(text: str) -> str:
    # The customer's own words may be in any language.
    for start, end in reversed(quoted_spans(text)):
        text = text[:start] + text[end:]
    return text
