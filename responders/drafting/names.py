"""The name to call somebody by, taken from what they call themselves; None where it isn't plainly a person's name."""

import re
import unicodedata

_TITLES = "dr mr mrs ms mx miss prof sir herr frau sr sra srta señor señora mme m mlle dhr mevr mnr mev sig"
_NOT_NAMES = (
    "the official admin team news shop store coffee café cafe kaffee magazine club bot user guest customer anonymous "
    "anon deleted account page group company media studio agency gmbh ltd inc llc plc ag sa bv pty foundation society "
    "university blog podcast radio daily weekly fan fans lover world city life online support service help verified "
    "someone nobody none null unknown test reader member owner mum mom dad a an my your our mein el la le un"
)
_TITLE_WORDS, _OTHER_WORDS = frozenset(_TITLES.split()), frozenset(_NOT_NAMES.split())
_LONGEST = 20


def first_name(author_name: str | None) -> str | None:
    """Return the first name in a display name such as `Dr Ana López 🌱`, or None: handles and firms aren't names."""
    if not author_name or any(mark in author_name for mark in "@_/\\|{}<>[]=+#&") or "http" in author_name.lower():
        return None
    if any(letter.isdigit() for letter in author_name):
        return None
    words = _words_of(author_name)
    if not words or any(word.casefold() in _OTHER_WORDS for word in words):
        return None
    while words and words[0].casefold().rstrip(".") in _TITLE_WORDS:
        words = words[1:]
    # Behind a title alone stands a family name.
    if not words or (len(words) == 1 and len(_words_of(author_name)) > 1):
        return None
    return _as_name(words[0])


def _words_of(name: str) -> list[str]:
    kept = "".join(letter if _belongs(letter) else " " for letter in unicodedata.normalize("NFC", name))
    return kept.split()


def _belongs(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LM" or letter in "'’-."


def _as_name(word: str) -> str | None:
    bare = word.strip("'’-")
    letters = [letter for letter in bare if letter.isalpha()]
    if "." in bare or len(letters) < 2 or len(bare) > _LONGEST or _is_cjk(bare):
        return None
    if not letters[0].isupper() and not letters[0].islower():
        return bare  # a script without case
    if len(letters) > 2 and bare.isupper():
        bare = "-".join(part.capitalize() for part in bare.split("-"))
    parts = re.split(r"['’-]", bare)
    return bare if all(_is_titled(part) for part in parts if part) else None


def _is_titled(part: str) -> bool:
    # McKay and DeShawn are names; CoffeeLover and maria_x are not worth the risk.
    if part[:2] in {"Mc", "De", "La", "Le"} and part[2:].istitle():
        return True
    return part.istitle()


def _is_cjk(word: str) -> bool:
    # Family names come first there, and a bare given name is too close.
    return any("\u3040" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7af" for letter in word)
