"""What settings ask of the listener: whether a query can be read, and which types of source there are."""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from typing import Final

from pydantic import BaseModel

from config.brand.sources import BUILT_IN
from config.checks import Problem
from listener.context import GROUP as COLLECTORS
from listener.matching import Severity, check_expression
from platforms.prices import currency_of
from platforms.registry import installed


def check_query(text: str) -> list[Problem]:
    """Return what is wrong with a query's expression, with the mend and the place in it."""
    return [
        Problem(message=found.message, mend=found.mend, offset=found.start, warning=found.severity is Severity.WARNING)
        for found in check_expression(text)
    ]


OPTIONS: Final = "earnest.options"


@cache
def source_types() -> Mapping[str, type[BaseModel] | None]:
    """Return the types of source beyond those of the settings themselves, each with the model of its options."""
    models = {point.name: point for point in entry_points(group=OPTIONS)}
    names = {point.name for point in entry_points(group=COLLECTORS)} - set(BUILT_IN)
    return {name: models[name].load() if name in models else None for name in sorted(names)}


def currencies() -> Mapping[str, str]:
    """Return what each platform that costs money charges in, by its name."""
    charged = {name: currency_of(facts) for name, facts in sorted(installed().items())}
    return {name: currency for name, currency in charged.items() if currency}
