"""Matching: the query language, and one automaton for all brands' queries (docs/queries.md).

matcher = Matcher([compile_query(brand="demo", name="brand", text='earnest OR "earnest coffee"')])
matcher.match(text="I love Earnest!")
"""

from listener.matching.matcher import Match, Matcher
from listener.matching.parser import check_expression, parse_query
from listener.matching.problems import Problem, QueryError, Severity
from listener.matching.queries import CompiledQuery, compile_query
from listener.matching.spans import locate

__all__ = [
    "CompiledQuery",
    "Match",
    "Matcher",
    "Problem",
    "QueryError",
    "Severity",
    "check_expression",
    "compile_query",
    "locate",
    "parse_query",
]
