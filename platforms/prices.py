"""What things cost on a platform: its prices as facts with a date, and the operator's own in their place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from domain.errors import InvalidInput
from domain.money import Money
from platforms.capabilities import Capabilities, Price
from platforms.counting import has_link

OPTION: Final = "prices"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """The prices in force for one account or source."""

    prices: tuple[Price, ...] = ()
    own: Mapping[str, Money]

    @property
    def currency(self) -> str:
        """The currency that the platform asks for."""
        return self.prices[0].currency if self.prices else "USD"

    def micros(self, key: str) -> int:
        """Return what the thing of that key costs, in micro-units; zero for one that has no price."""
        if key in self.own:
            return self.own[key].micros
        return next((price.micros for price in self.prices if price.key == key), 0)

    def most_for_reply(self, text: str | None = None) -> int:
        """Return the most that a reply may cost, in micro-units; `text` is what it says, None while that is open."""
        may_link = text is None or has_link(text)
        return max(
            (self.micros(price.key) for price in self.prices if price.of_reply and (may_link or not price.with_link)),
            default=0,
        )


def currency_of(facts: Capabilities) -> str | None:
    """Return the currency that a platform charges in; None for one that costs nothing."""
    return facts.prices[0].currency if facts.prices else None


def prices_of(facts: Capabilities, options: Mapping[str, object]) -> Prices:
    """Return a platform's prices, those under `options: {prices: ...}` first; raises InvalidInput naming a bad one."""
    given = options.get(OPTION) or {}
    known = {price.key: price for price in facts.prices if price.key}
    if not isinstance(given, Mapping):
        raise InvalidInput(f"The prices for {facts.name} aren't a list of names and amounts; see docs/platforms.")
    own = {}
    for key, value in given.items():
        if key not in known:
            raise InvalidInput(f"{facts.name} has no price “{key}”; its prices are: {', '.join(known) or 'none'}.")
        money = value if isinstance(value, Money) else Money.parse(str(value))
        if money.currency != known[key].currency:
            raise InvalidInput(f"{facts.name} charges in {known[key].currency}; write the price “{key}” in it.")
        own[str(key)] = money
    return Prices(prices=facts.prices, own=own)
