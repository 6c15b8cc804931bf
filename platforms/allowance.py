"""What a source may still spend: asked before each request, so that a hard limit is never passed."""

from dataclasses import dataclass

from platforms.trouble import Trouble, TroubleKind


@dataclass(slots=True)
class Allowance:
    """Money in micro-units and calls that are left of the period; None where there is no limit."""

    micros: int | None = None
    calls: int | None = None

    def take(self, *, micros: int = 0, calls: int = 1) -> None:
        """Set aside the most that a request may cost; raises Trouble of kind SPENT when that would pass a limit."""
        if self.calls is not None and calls > self.calls:
            raise Trouble("The month's calls for this source are used up.", kind=TroubleKind.SPENT)
        if self.micros is not None and micros > self.micros:
            raise Trouble("The next request could pass the month's budget for this source.", kind=TroubleKind.SPENT)
        if self.calls is not None:
            self.calls -= calls
        if self.micros is not None:
            self.micros -= micros

    def give_back(self, *, micros: int) -> None:
        """Return what a request turned out not to cost."""
        if self.micros is not None:
            self.micros += micros
