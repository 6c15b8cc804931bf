"""Finds, in one pass over a post, the queries of all brands that it matches."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from listener.matching.conditions import Condition, Facts, make_condition
from listener.matching.expression import Field, Kind, Term
from listener.matching.occurrence import occurrences, stands
from listener.matching.queries import CompiledQuery
from listener.matching.terms import all_terms, anchors, wanted_terms
from listener.matching.text import JOINS, fold, normalise

# Between a title and its text: no phrase reaches across, since no term holds it.
SEAM: Final = " \x00 "


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A post matched this query of this brand by these terms, which are written as in a query and in its order."""

    brand: str
    query: str
    terms: tuple[str, ...]


class _Needle(NamedTuple):
    """The numbers of the terms that one needle may mean: a word, a word's beginning, or what needs a closer look."""

    words: tuple[int, ...]
    beginnings: tuple[int, ...]
    others: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """One query made ready: its condition, and the numbers of the terms that speak for it, with their text."""

    brand: str
    query: str
    condition: Condition
    terms: tuple[tuple[int, str], ...]

    def apply(self, found: AbstractSet[int], facts: Facts) -> Match | None:
        if not self.condition(found, facts):
            return None
        terms = tuple([text for number, text in self.terms if number in found])
        return Match(brand=self.brand, query=self.query, terms=terms)


class Matcher:
    """All brands' queries in one automaton. Immutable: threads may share it, and pickling builds it anew."""

    def __init__(self, queries: Sequence[CompiledQuery]) -> None:
        self._queries = tuple(queries)
        numbers: dict[Term, int] = {}
        triggers: defaultdict[int, list[int]] = defaultdict(list)
        for index, query in enumerate(self._queries):
            for term in all_terms(query.expression):
                numbers.setdefault(term, len(numbers))
            for term in anchors(query.expression) or ():
                triggers[numbers[term]].append(index)
        self._terms = tuple(numbers)
        self._rules = tuple(_make_rule(query, numbers) for query in self._queries)
        self._triggers = tuple(tuple(triggers[number]) for number in range(len(numbers)))
        self._exact = frozenset(number for number, term in enumerate(self._terms) if term.exact)
        needles = _needles(self._terms)
        self._needles = tuple(needles.values())
        self._automaton = AhoCorasick(needles, matchkind=MatchKind.Standard, store_patterns=False)

    def __reduce__(self) -> tuple[type["Matcher"], tuple[tuple[CompiledQuery, ...]]]:
        return Matcher, (self._queries,)

    def __len__(self) -> int:
        return len(self._queries)

    def match(
        self, *, text: str, title: str | None = None, language: str | None = None, platform: str | None = None
    ) -> tuple[Match, ...]:
        """Return the matches of one post, in the queries' order; any text will do.

        `language` is a code such as `en` or `pt-BR`, None where unknown: then no language filter lets it pass.
        """
        post = normalise(text) if title is None else f"{normalise(title)}{SEAM}{normalise(text)}"
        found = self._find(post)
        candidates = sorted({index for number in found for index in self._triggers[number]})
        if not candidates:
            return ()
        facts = {Field.LANGUAGE: language, Field.PLATFORM: platform}
        matches = (self._rules[index].apply(found, facts) for index in candidates)
        return tuple(match for match in matches if match is not None)

    def _find(self, post: str) -> set[int]:
        """Return the numbers of the terms that stand in a normalised post."""
        folded = fold(post)
        last = len(folded)
        found: set[int] = set()
        refused: set[int] = set()
        for number, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if start and JOINS[folded[start - 1]] and JOINS[folded[start]]:
                continue
            words, beginnings, others = self._needles[number]
            if words and (end == last or not (JOINS[folded[end - 1]] and JOINS[folded[end]])):
                found.update(words)
            if beginnings:
                found.update(beginnings)
            for other in others:
                if other in found or other in refused:
                    continue
                if other in self._exact:
                    # One look at the unfolded text settles it, however often the folded needle is met.
                    (found if any(occurrences(self._terms[other], post)) else refused).add(other)
                elif stands(self._terms[other], folded, start, end):
                    found.add(other)
        return found


def _make_rule(query: CompiledQuery, numbers: Mapping[Term, int]) -> _Rule:
    condition = make_condition(query.expression, numbers)
    terms = tuple((numbers[term], str(term)) for term in wanted_terms(query.expression))
    return _Rule(brand=query.brand, query=query.name, condition=condition, terms=terms)


def _needles(terms: Iterable[Term]) -> dict[str, _Needle]:
    """Return what each text that the automaton looks for may mean."""
    meanings: defaultdict[str, tuple[list[int], list[int], list[int]]] = defaultdict(lambda: ([], [], []))
    for number, term in enumerate(terms):
        for needle in term.needles:
            words, beginnings, others = meanings[fold(needle)]
            if term.kind is not Kind.TEXT or term.exact:
                others.append(number)
            else:
                (beginnings if term.prefix else words).append(number)
    return {
        text: _Needle(tuple(words), tuple(beginnings), tuple(others))
        for text, (words, beginnings, others) in meanings.items()
    }
