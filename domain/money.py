"""Money in integer micro-units of one currency: 1 USD is 1,000,000."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from domain.errors import InvalidInput

MICROS = 1_000_000
# Below this a sum that isn't whole cents is written in full: 0.00 would say that nothing was spent.
_SMALL = MICROS // 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount that is exact; two currencies never add up."""

    micros: int
    currency: str

    @classmethod
    def parse(cls, text: str) -> "Money":
        """Read `12.50 EUR`; raises InvalidInput for anything else."""
        amount, _, currency = text.strip().partition(" ")
        try:
            exact = Decimal(amount) * MICROS
            micros = int(exact)
        except (InvalidOperation, OverflowError, ValueError):
            raise InvalidInput(f"“{text}” isn't an amount of money; write it like 12.50 EUR.") from None
        if micros != exact:
            raise InvalidInput(f"“{text}” is finer than a millionth; write it like 12.50 EUR.")
        if len(currency) != 3 or not (currency.isascii() and currency.isalpha() and currency.isupper()):
            raise InvalidInput(f"“{text}” names no currency; write it like 12.50 EUR.")
        return cls(micros=micros, currency=currency)

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise InvalidInput(f"{self.currency} and {other.currency} can't be added; keep one currency in a budget.")
        return Money(micros=self.micros + other.micros, currency=self.currency)

    def __str__(self) -> str:
        return f"{Decimal(self.micros) / MICROS:.{decimals_of(self.micros)}f} {self.currency}"


def decimals_of(micros: int) -> int:
    """Return with how many decimals a sum is written: two, or up to six for a small one that isn't whole cents."""
    if abs(micros) >= _SMALL or micros % 10_000 == 0:
        return 2
    return 6 - next(zeros for zeros in range(4, -1, -1) if micros % 10**zeros == 0)
