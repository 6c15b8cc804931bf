"""Everything that a brand's parts can say wrongly of each other, found in plain data before it is a Profile."""

from collections.abc import Iterator

from config.brand.budgets import find_foreign_budgets
from config.brand.citations import find_wrong_citations
from config.brand.consistency import (
    find_closed_brand,
    find_doubles,
    find_wrong_figures,
    find_wrong_people,
    find_wrong_platforms,
)
from config.brand.outside import (
    find_unknown_platforms,
    find_unknown_themes,
    find_wrong_expressions,
    find_wrong_sources,
)
from config.brand.raw import Data
from config.checks import NO_CHECKS, Checks
from config.mistakes import Fault


def find_faults(data: Data, *, checks: Checks = NO_CHECKS) -> Iterator[Fault]:
    """Yield every fault between the parts of a brand; the shape of each part is the models' affair."""
    yield from find_doubles(data)
    yield from find_wrong_citations(data)
    yield from find_wrong_people(data)
    yield from find_wrong_figures(data)
    yield from find_closed_brand(data)
    yield from find_wrong_platforms(data)
    yield from find_wrong_expressions(data, checks)
    yield from find_unknown_platforms(data, checks)
    yield from find_unknown_themes(data, checks)
    yield from find_wrong_sources(data, checks)
    yield from find_foreign_budgets(data, checks)
