"""The words that point to each theme, by language, read from `lexicons/` (its format: `en.toml`)."""

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "lexicons"
_SHORTEST = 3  # letters of a word's beginning or end that may stand for it
_DEFAULT = "en"


@dataclass(frozen=True, slots=True)
class Cue:
    """One or more words in a row, each perhaps cut (`deliver*`, `*lieferung`), that point to a theme."""

    words: tuple[str, ...]
    theme: str

    def stands_at(self, place: int, words: Sequence[str]) -> bool:
        """Whether the words from `place` on are this cue's."""
        own = words[place : place + len(self.words)]
        return len(own) == len(self.words) and all(map(_fits, self.words, own))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """One language's cues, and what it takes to find a noun where no cue stands.

    `determiners` come before a noun. A phrase never holds a word of `stop`, never begins with one of `passed_over`
    (adjectives that say nothing about the thing) and never is one of `empty` (times, persons, "way"). `clitics` are
    written as one with the word behind them; `plural` is the end that makes most nouns plural. `spoken` are the
    language's own commonest words, `others` the lexicons of languages that its speakers mix in.
    """

    own: tuple[Cue, ...] = ()
    others: tuple["Lexicon", ...] = ()
    spoken: frozenset[str] = frozenset()
    determiners: frozenset[str] = frozenset()
    stop: frozenset[str] = frozenset()
    passed_over: frozenset[str] = frozenset()
    empty: frozenset[str] = frozenset()
    clitics: tuple[str, ...] = ()
    plural: str = ""
    _whole: dict[str, list[Cue]] = field(default_factory=dict)
    _cut: dict[str, list[Cue]] = field(default_factory=dict)
    _ends: dict[str, list[Cue]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for cue in self.own:
            first = cue.words[0]
            if first.startswith("*"):
                self._ends.setdefault(first[1:], []).append(cue)
            elif first.endswith("*"):
                self._cut.setdefault(first[:-1], []).append(cue)
            else:
                self._whole.setdefault(first, []).append(cue)

    @property
    def cues(self) -> tuple[Cue, ...]:
        """Every cue, those of the other languages too."""
        return (*self.own, *(cue for other in self.others for cue in other.cues))

    def find(self, words: Sequence[str]) -> Iterator[tuple[int, Cue]]:
        """Every place where a cue stands, with the cue."""
        for other in self.others:
            yield from other.find(words)
        for place, word in enumerate(words):
            for cue in self._beginning_with(word):
                # The first word fits already, and most cues have no other.
                if len(cue.words) == 1 or cue.stands_at(place, words):
                    yield place, cue

    def _beginning_with(self, word: str) -> Iterator[Cue]:
        yield from self._whole.get(word, ())
        for size in range(_SHORTEST, len(word) + 1):
            yield from self._cut.get(word[:size], ())
            yield from self._ends.get(word[-size:], ())


def _fits(cue: str, word: str) -> bool:
    if cue.startswith("*"):
        return word.endswith(cue[1:])
    return word.startswith(cue[:-1]) if cue.endswith("*") else word == cue


@cache
def read_lexicon(language: str) -> Lexicon:
    """The lexicon of a language and of those that its file names in `also`; an empty one where there is none."""
    path = FOLDER / f"{language}.toml"
    if not path.is_file():
        return Lexicon()
    known = tomllib.loads(path.read_text(encoding="utf-8"))
    words = {name: frozenset(text.split()) for name, text in known.get("words", {}).items()}
    others = tuple(read_lexicon(other) for other in known.get("also", ()))
    return Lexicon(
        own=tuple(_cues(known["themes"])),
        others=others,
        spoken=words.get("stop", frozenset()) | words.get("determiners", frozenset()),
        determiners=_joined(words, others, "determiners"),
        stop=_joined(words, others, "stop"),
        passed_over=_joined(words, others, "passed_over"),
        empty=_joined(words, others, "empty"),
        clitics=tuple(known.get("clitics", ())),
        plural=known.get("plural", ""),
    )


def guess_lexicon(words: Collection[str]) -> Lexicon:
    """The lexicon of the language whose commonest words occur most, English where none stands out."""
    spoken = frozenset(words)
    found = {language: len(spoken & read_lexicon(language).spoken) for language in languages()}
    best = max(found, key=lambda language: (found[language], language == _DEFAULT))
    return read_lexicon(best if found[best] else _DEFAULT)


@cache
def languages() -> tuple[str, ...]:
    """Codes of the languages that have a lexicon."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def theme_names() -> list[str]:
    """The themes of the closed list; every language calls them by their English names."""
    return sorted({cue.theme for cue in read_lexicon("en").cues})


def _joined(words: Mapping[str, frozenset[str]], others: Iterable[Lexicon], name: str) -> frozenset[str]:
    return words.get(name, frozenset()).union(*(getattr(other, name) for other in others))


def _cues(themes: Mapping[str, str]) -> Iterator[Cue]:
    for theme, text in themes.items():
        for cue in text.split():
            yield Cue(tuple(cue.split("_")), theme)
