"""Marks of people who are to stay forgotten: keyed hashes, by which a later post of theirs is told and dropped.

A mark says nothing by itself: without the installation's key nobody can try names against it.
"""

import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from secrets import token_hex
from typing import Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.errors import NotFound
from listener.chunks import chunks
from listener.interest import bare_handle
from listener.sieve import Heard
from storage.tables import Installation, Receipt

KIND: Final = "author"
REASON: Final = "asked to be forgotten"


class Account(NamedTuple):
    """Somebody's account on one platform."""

    platform: str
    external_id: str
    handle: str

    @property
    def by_handle_alone(self) -> bool:
        """Whether its handle is all that is known of it, as in many files."""
        return bare_handle(self.external_id) == bare_handle(self.handle)


def add_marks(session: Session, *, brand_id: int, accounts: Iterable[Account], now: datetime) -> int:
    """Mark accounts of people who are to stay forgotten by a brand; return how many marks are new.

    Raises NotFound where the installation has no row yet.
    """
    key = _ensure_key(session)
    digests = {_hash(key, name) for account in accounts for name in _marked_as(account)}
    fresh = sorted(digests - _known(session, brand_id, sorted(digests)))
    session.add_all(
        Receipt(brand_id=brand_id, object_kind=KIND, object_hash=digest, reason=REASON, touched={}, at=now)
        for digest in fresh
    )
    return len(fresh)


def is_marked(session: Session, *, brand_id: int, accounts: Sequence[Account]) -> list[bool]:
    """Say of each account whether it belongs to somebody who is to stay forgotten; one query, none without marks."""
    key = session.scalar(select(Installation.mark_key))
    if not key or not accounts:
        return [False] * len(accounts)
    digests = [{_hash(key, name) for name in _told_by(account)} for account in accounts]
    known = _known(session, brand_id, sorted(set().union(*digests)))
    return [bool(each & known) for each in digests]


def drop_marked(session: Session, *, brand_id: int, heard: Sequence[Heard]) -> list[Heard]:
    """Return the posts that may be kept: those of nobody who is to stay forgotten."""
    accounts = [account_of(one) for one in heard]
    marked = is_marked(session, brand_id=brand_id, accounts=accounts)
    return [one for one, gone in zip(heard, marked, strict=True) if not gone]


def account_of(heard: Heard) -> Account:
    """Return the account that a post was written from."""
    author = heard.post.author
    return Account(heard.post.platform, author.external_id, author.handle)


def keyed(session: Session, name: str) -> str:
    """Return what a receipt calls something by its name, so that names can't be tried without the key."""
    return _hash(_ensure_key(session), name)


def _marked_as(account: Account) -> tuple[str, ...]:
    """An id outlives a handle, and a handle may pass to somebody else: it counts alone only where no id is known."""
    names = (f"id:{account.platform}:{account.external_id}", f"bare:{account.platform}:{bare_handle(account.handle)}")
    if account.by_handle_alone:
        return (*names, f"handle:{account.platform}:{bare_handle(account.handle)}")
    return names


def _told_by(account: Account) -> tuple[str, ...]:
    handle = bare_handle(account.handle)
    names = (f"id:{account.platform}:{account.external_id}", f"handle:{account.platform}:{handle}")
    return (*names, f"bare:{account.platform}:{handle}") if account.by_handle_alone else names


def _ensure_key(session: Session) -> str:
    row = session.scalars(select(Installation).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("This installation has no id yet; run: earnest db upgrade")
    row.mark_key = row.mark_key or token_hex(32)
    return row.mark_key


def _hash(key: str, name: str) -> str:
    return hmac.new(bytes.fromhex(key), name.encode(), sha256).hexdigest()


def _known(session: Session, brand_id: int, digests: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for part in chunks(digests):
        query = select(Receipt.object_hash).where(
            Receipt.brand_id == brand_id, Receipt.object_kind == KIND, Receipt.object_hash.in_(part)
        )
        found.update(session.scalars(query))
    return found
