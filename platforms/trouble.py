"""What may go wrong between us and a platform, in one vocabulary for every client library.

Clients raise `Trouble`; a collector turns it into a signal, a publisher into a send result. What a status means
follows RFC 9110 and 6585, and what the platforms document about theirs.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final

from domain.answers import Outcome, SendResult
from domain.errors import EarnestError
from domain.posts import Signal, SignalKind

# An unpaid bill isn't paid within the hour.
PAYMENT_WAIT: Final = timedelta(hours=6)


class TroubleKind(StrEnum):
    """What kind of trouble it is."""

    REFUSED = "refused"  # 401, 403, 407, 451: a person must mend a key, a right or a setting
    SPENT = "spent"  # 402, or our own budget: nothing more until the period turns
    RATE_LIMITED = "rate_limited"  # 429: certainly not acted on
    GONE = "gone"  # 404, 410: the thing isn't there
    WRONG = "wrong"  # another 4xx: the request itself can't be right
    UNAVAILABLE = "unavailable"  # 5xx, HTML where JSON was due, a cut body, a reset, a time-out


class Trouble(EarnestError):
    """A request that brought nothing usable; the text says what a person does about it, or that it is tried again.

    `reached` is False only where the request certainly never arrived: the name didn't resolve, nobody listened.
    """

    def __init__(
        self, message: str, *, kind: TroubleKind, status: int | None = None, retry_after: timedelta | None = None,
        reached: bool = True,
    ) -> None:  # fmt: skip
        super().__init__(message)
        self.kind, self.status, self.retry_after, self.reached = kind, status, retry_after, reached


_ENDINGS: Final = {
    TroubleKind.REFUSED: "Check the account's keys and what they may do, then run: earnest doctor",
    TroubleKind.SPENT: "Top up there, or wait until the period turns.",
    TroubleKind.RATE_LIMITED: "It is asked again when its limit allows.",
    TroubleKind.GONE: "Check the source's settings.",
    TroubleKind.WRONG: "Check the source's settings.",
    TroubleKind.UNAVAILABLE: "It is tried again.",
}
_AGAIN: Final = "; it is tried again."
# While a person connects an account nothing is tried again by itself, and no source has settings yet.
_BEFORE_CONNECTED: Final = {
    TroubleKind.REFUSED: "Check what you typed and what it may do, and start again.",
    TroubleKind.RATE_LIMITED: "Wait a while, and start again.",
    TroubleKind.GONE: "Check the address, and start again.",
    TroubleKind.WRONG: "Check what you typed, copy a fresh code where there is one, and start again.",
    TroubleKind.UNAVAILABLE: "Check the address and that it runs, and start again.",
}
_SIGNALS: Final = {
    TroubleKind.REFUSED: SignalKind.REFUSED,
    TroubleKind.SPENT: SignalKind.BUDGET_SPENT,
    TroubleKind.RATE_LIMITED: SignalKind.RATE_LIMITED,
    TroubleKind.GONE: SignalKind.MISCONFIGURED,
    TroubleKind.WRONG: SignalKind.MISCONFIGURED,
    TroubleKind.UNAVAILABLE: SignalKind.UNAVAILABLE,
}


def trouble_of_status(
    status: int, headers: Mapping[str, str], *, noun: str, now: datetime, detail: str = ""
) -> Trouble:  # fmt: skip
    """Return what an answer of that status means; `headers` have small letters, `detail` is the platform's reason.

    `noun` is the platform's name. Call it for answers that are no success, and for a success without its body use
    `unreadable`.
    """
    kind = _kind_of(status)
    asked = retry_after(headers.get("retry-after"), now=now)
    said = f": {reason}" if (reason := one_reason(detail)) else ""
    return Trouble(f"{noun} answers {status}{said}. {_ENDINGS[kind]}", kind=kind, status=status, retry_after=asked)


def one_reason(detail: str) -> str:
    """Return a platform's reason as part of our sentence: on one line, not too long, nothing that moves a cursor."""
    shown = "".join(mark if mark.isprintable() else " " for mark in detail[:1_000])
    return " ".join(shown.split())[:200].rstrip(".")


def unreadable(noun: str, *, what: str = "something that isn't JSON") -> Trouble:
    """Return the trouble of a success whose body is cut off, HTML, or of a shape that we don't know."""
    return Trouble(f"{noun} answers with {what}{_AGAIN}", kind=TroubleKind.UNAVAILABLE)


def unreachable(noun: str, reason: str, *, reached: bool) -> Trouble:
    """Return the trouble of a broken connection; `reason` names the error's class, never its text."""
    how = "broke off the connection" if reached else "can't be reached"
    return Trouble(f"{noun} {how} ({reason}){_AGAIN}", kind=TroubleKind.UNAVAILABLE, reached=reached)


def before_connected(trouble: Trouble) -> Trouble:
    """Return a trouble as it is told to a person who connects an account; one with an ending of its own stays."""
    text = str(trouble)
    for ending in (f" {_ENDINGS[trouble.kind]}", _AGAIN):
        if text.endswith(ending) and trouble.kind in _BEFORE_CONNECTED:
            happened = text.removesuffix(ending).rstrip(".")
            return Trouble(
                f"{happened}. {_BEFORE_CONNECTED[trouble.kind]}", kind=trouble.kind, status=trouble.status,
                retry_after=trouble.retry_after, reached=trouble.reached,
            )  # fmt: skip
    return trouble


def as_signal(trouble: Trouble) -> Signal:
    """Return what a trouble means for a source that is read."""
    return Signal(kind=_SIGNALS[trouble.kind], message=str(trouble), retry_after=trouble.retry_after)


def as_result(trouble: Trouble) -> SendResult:
    """Return what a trouble means for a reply: what may have arrived, and isn't a clear no, is unknown."""
    if trouble.kind is TroubleKind.RATE_LIMITED or not trouble.reached:
        return _result(Outcome.REFUSED_BEFORE_ACTING, trouble, trouble.retry_after)
    if trouble.kind is TroubleKind.SPENT:
        return _result(Outcome.REFUSED_BEFORE_ACTING, trouble, trouble.retry_after or PAYMENT_WAIT)
    if trouble.kind is TroubleKind.UNAVAILABLE:
        return _result(Outcome.UNKNOWN, trouble, None)
    return _result(Outcome.REJECTED, trouble, None)


def retry_after(value: str | None, *, now: datetime) -> timedelta | None:
    """Read a Retry-After header, seconds or a date; None when there is none that can be read."""
    if value is None:
        return None
    text = value.strip()
    if text.replace(".", "", 1).isdecimal():
        return timedelta(seconds=min(float(text[:9]), 1e8))
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(moment - now, timedelta())


def until_epoch(value: str | None, *, now: datetime) -> timedelta | None:
    """Read a reset header that gives seconds since 1970; None when there is none that can be read."""
    if value is None or not value.strip().isdecimal():
        return None
    return max(timedelta(seconds=min(int(value.strip()[:12]), 2**33) - now.timestamp()), timedelta(seconds=1))


def _kind_of(status: int) -> TroubleKind:
    if status == 402:
        return TroubleKind.SPENT
    if status == 429:
        return TroubleKind.RATE_LIMITED
    if status in {401, 403, 407, 451}:
        return TroubleKind.REFUSED
    if status in {404, 410}:
        return TroubleKind.GONE
    if 400 <= status < 500 and status not in {408, 421, 425}:
        return TroubleKind.WRONG
    return TroubleKind.UNAVAILABLE


def _result(outcome: Outcome, trouble: Trouble, wait: timedelta | None) -> SendResult:
    return SendResult(outcome=outcome, message=str(trouble), retry_after=wait)
