"""Checks that a budget is in the currency that its platform charges in: in another one it would limit nothing."""

from collections.abc import Iterator

from pydantic_core import PydanticCustomError

from config.brand.raw import Data, entries
from config.checks import Checks
from config.mistakes import Fault
from config.places import read_money

# Where budgets for platforms stand, and which of their keys names the platform.
_PLACES = (("sources", "type"), ("accounts", "platform"))


def find_foreign_budgets(data: Data, checks: Checks) -> Iterator[Fault]:
    """Yield every budget that is in another currency than its platform's prices."""
    for part, key in _PLACES:
        for path, entry in entries(data, part):
            platform = entry.get(key)
            charged = (checks.currencies or {}).get(platform) if isinstance(platform, str) else None
            if charged and _currency_of(entry.get("budget")) not in {None, charged}:
                message = f"What {platform} costs is charged in {charged}."
                yield Fault((*path, "budget"), message, f"Write the budget in {charged}.")


def _currency_of(value: object) -> str | None:
    """Return the currency of money, or None: that a value is none is reported elsewhere."""
    try:
        return None if value is None else read_money(value).currency
    except PydanticCustomError:
        return None
