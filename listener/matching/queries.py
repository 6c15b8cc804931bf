"""A brand's query, understood and ready for the matcher."""

from dataclasses import dataclass

from listener.matching.expression import Expression
from listener.matching.parser import parse_query


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledQuery:
    """One query of one brand; `name` is unique within the brand."""

    brand: str
    name: str
    expression: Expression


def compile_query(*, brand: str, name: str, text: str) -> CompiledQuery:
    """Understand a query once, for many posts.

    Raises:
        QueryError: `text` is no query; the error says where and the mend.
    """
    return CompiledQuery(brand=brand, name=name, expression=parse_query(text))
