"""Turns a query's tree into a function of the numbers of the terms that a post holds."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from functools import partial

from listener.matching.expression import And, Expression, Field, Filter, Not, Or, Term

Facts = Mapping[Field, str | None]
Condition = Callable[[AbstractSet[int], Facts], bool]


def make_condition(expression: Expression, numbers: Mapping[Term, int]) -> Condition:
    """Return whether `expression` holds, as a function of the numbers found in a post and the facts of the post."""
    match expression:
        case Term():
            return partial(_has, numbers[expression])
        case Filter():
            return partial(_admits, expression)
        case Not(operand):
            return partial(_lacks, make_condition(operand, numbers))
        case And(parts) | Or(parts):
            terms = frozenset(numbers[part] for part in parts if isinstance(part, Term))
            others = tuple(make_condition(part, numbers) for part in parts if not isinstance(part, Term))
            return partial(_all if isinstance(expression, And) else _any, terms, others)


def _has(number: int, found: AbstractSet[int], _facts: Facts) -> bool:
    return number in found


def _admits(condition: Filter, _found: AbstractSet[int], facts: Facts) -> bool:
    return condition.admits(facts[condition.field])


def _lacks(operand: Condition, found: AbstractSet[int], facts: Facts) -> bool:
    return not operand(found, facts)


def _all(terms: frozenset[int], others: tuple[Condition, ...], found: AbstractSet[int], facts: Facts) -> bool:
    return terms <= found and all(holds(found, facts) for holds in others)


def _any(terms: frozenset[int], others: tuple[Condition, ...], found: AbstractSet[int], facts: Facts) -> bool:
    return not terms.isdisjoint(found) or any(holds(found, facts) for holds in others)
