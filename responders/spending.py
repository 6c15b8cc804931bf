"""What answering costs: one ledger entry a try, and whether the month's budget of an account allows another."""

from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.brand.listening import Account
from config.brand.profile import Profile
from domain.answers import Outcome, SendResult
from domain.errors import InvalidInput
from domain.money import Money
from domain.states import ReplyState
from platforms.prices import Prices, prices_of
from platforms.registry import capabilities_of
from storage.tables import Brand, LedgerEntry, Reply
from storage.upserts import insert_into

# The same as for listening: to a budget it is one spending.
KIND: Final = "platform_calls"
_PREFIX: Final = "reply:"


def note_sending(session: Session, *, reply: Reply, attempt: int, result: SendResult, now: datetime) -> None:
    """Write a try's requests and cost into the ledger; the same try twice stands once, as it was told last."""
    if not result.requests and not result.cost_micros:
        return
    statement = insert_into(session, LedgerEntry).values(
        brand_id=reply.brand_id, source_id=None, kind=KIND, micros=result.cost_micros, currency=result.currency,
        reference=f"{_PREFIX}{reply.id}:{attempt}", seconds=0, calls=result.requests, at=now,
    )  # fmt: skip
    told = {name: getattr(statement.excluded, name) for name in ("micros", "currency", "calls")}
    session.execute(
        statement.on_conflict_do_update(index_elements=["brand_id", "kind", "reference"], set_=told)
    )  # fmt: skip


def note_lost(session: Session, *, reply: Reply, profile: Profile, now: datetime) -> None:
    """Write down the most that a try may have cost whose process died: its request may have gone out."""
    key = (reply.platform, reply.account)
    account = next((each for each in profile.accounts if (each.platform, each.handle) == key), None)
    try:
        prices = prices_of(capabilities_of(reply.platform), account.options if account else {})
    except InvalidInput:
        prices = prices_of(capabilities_of(reply.platform), {})
    result = SendResult(
        outcome=Outcome.UNKNOWN, message="", cost_micros=prices.most_for_reply(reply.text), currency=prices.currency
    )  # fmt: skip
    note_sending(session, reply=reply, attempt=reply.attempts, result=result, now=now)


def why_too_dear(
    session: Session, *, brand_id: int, account: Account, zone: ZoneInfo, at: datetime, reply: Reply | None
) -> str | None:
    """Say why the account's budget allows no other reply this month; None where it does, or has no limit.

    `reply` is the one asked about; without it, its text is taken to be the dearest.
    """
    if account.budget is None:
        return None
    facts = capabilities_of(account.platform)
    try:
        prices = prices_of(facts, account.options)
    except InvalidInput as error:
        return str(error)
    price = prices.most_for_reply(reply.text if reply else None)
    if not price:
        return None
    if prices.currency != account.budget.currency:
        return f"{facts.name} charges in {prices.currency}; write the budget of {account.handle} in it."
    if reply is not None and reply.state is ReplyState.SENDING:
        # Two that are sent at the same moment must not both take the last of the budget.
        session.scalars(select(Brand.id).where(Brand.id == brand_id).with_for_update(key_share=True)).one()
    spent = _spent(session, brand_id, account, at=at, zone=zone) + _under_way(session, brand_id, account, prices, reply)
    if spent + price <= account.budget.micros:
        return None
    left = Money(micros=max(account.budget.micros - spent, 0), currency=prices.currency)
    cost = Money(micros=price, currency=prices.currency)
    return f"A reply may cost {cost}, and of this month's budget of {account.handle} {left} is left; answer by hand."


def _spent(session: Session, brand_id: int, account: Account, *, at: datetime, zone: ZoneInfo) -> int:
    """Return what the account's replies cost this month; a try belongs to the account that its reply went out from."""
    query = select(LedgerEntry.reference, LedgerEntry.micros).where(
        LedgerEntry.brand_id == brand_id, LedgerEntry.kind == KIND, LedgerEntry.at >= _month_start(at, zone),
        LedgerEntry.micros > 0, LedgerEntry.reference.startswith(_PREFIX),
    )  # fmt: skip
    tries = [(int(reference.split(":")[1]), micros) for reference, micros in session.execute(query)]
    if not tries:
        return 0
    first, last = min(tries)[0], max(tries)[0]
    ours = select(Reply.id).where(
        Reply.brand_id == brand_id, Reply.platform == account.platform, Reply.account == account.handle,
        Reply.id.between(first, last),
    )  # fmt: skip
    ids = set(session.scalars(ours))
    return sum(micros for reply_id, micros in tries if reply_id in ids)


def _under_way(session: Session, brand_id: int, account: Account, prices: Prices, reply: Reply | None) -> int:
    """Return the most that replies which are being sent this moment may cost."""
    texts = select(Reply.text).where(
        Reply.brand_id == brand_id, Reply.platform == account.platform, Reply.account == account.handle,
        Reply.state == ReplyState.SENDING, Reply.id != (reply.id if reply else 0),
    )  # fmt: skip
    return sum(prices.most_for_reply(text) for text in session.scalars(texts))


def _month_start(at: datetime, zone: ZoneInfo) -> datetime:
    day: date = at.astimezone(zone).date().replace(day=1)
    return datetime.combine(day, time(), zone).astimezone(UTC)
