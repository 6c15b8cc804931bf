"""What is connected: listed, looked at anew, taken away."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Final

from domain.errors import EarnestError, NotFound
from domain.labels import Use
from domain.time import Clock, SystemClock
from platforms.connecting import find_connectors
from platforms.credentials import Holder
from runtime.accounts import ask_account, options_of
from runtime.cli.connecting.plain import plain
from runtime.cli.connecting.saving import ABOUT, describe, read_about
from runtime.cli.printing import print_table
from runtime.cli.workplace import Workplace, open_workplace
from runtime.keyring import keyring_of
from runtime.wiring import build_vault, reach_of
from storage import audit
from storage.queries.brands import find_brand
from storage.vault import Entry, Owner, Vault

_BEFORE_HANDLE: Final = re.compile(r"^(@|/?u/)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountKeys:
    """One account's keys for one use: what they can do, when that was last seen, and when they end."""

    brand: str
    platform: str
    account: str
    use: Use
    keys: tuple[str, ...]
    can: tuple[str, ...]
    checked_at: datetime | None
    expires_at: datetime | None
    problem: str | None


def list_accounts(
    config: Path | None, *, brand: str | None, platform: str | None, check: bool
) -> list[AccountKeys]:  # fmt: skip
    """Return what is connected; with `check` the platforms are asked, and their answers kept."""
    clock = SystemClock()
    with open_workplace(config) as place:
        vault = build_vault(place.loaded, place.database, clock)
        with place.database.read() as session:
            entries = vault.entries(session)
        groups = [
            (owner, group)
            for owner, group in by_owner(entries)
            if brand in {None, owner.brand} and platform in {None, owner.platform}
        ]
        return [_look(place, vault, owner, group, clock=clock, check=check) for owner, group in groups]


def show_accounts(rows: list[AccountKeys]) -> None:
    """Print a line for each account and use."""
    columns = ("brand", "platform", "account", "keys", "can", "as of", "until")
    print_table(
        f"{len(rows)} sets of keys",
        columns,
        (
            (row.brand, row.platform, row.account, row.use, row.problem or "; ".join(row.can),
             row.checked_at and f"{row.checked_at:%Y-%m-%d}", row.expires_at and f"{row.expires_at:%Y-%m-%d %H:%M}")
            for row in rows
        ),
    )  # fmt: skip


def disconnect_account(config: Path | None, *, platform: str, brand: str | None, account: str | None) -> str:
    """Remove an account's keys and say what follows; raises NotFound naming what is connected."""
    clock = SystemClock()
    with open_workplace(config) as place:
        vault = build_vault(place.loaded, place.database, clock)
        with place.database.write() as session:
            owner = _wanted([owner for owner, _ in by_owner(vault.entries(session))], platform, brand, account)
            for use in Use:
                vault.remove(session, owner.of(use))
            brand_id = find_brand(session, owner.brand).id
            audit.record(
                session, at=clock.now(), action="account.disconnected", object_kind="brand", object_id=brand_id,
                brand_id=brand_id, details={"platform": platform, "by": "earnest disconnect"},
            )  # fmt: skip
    return (
        f"Removed the keys of {owner}. What reads or answers with them stops; take the account and its sources out of"
        f" {owner.brand}'s file if they aren't to come back, and revoke the keys on {platform} too."
    )


def by_owner(entries: Iterable[Entry]) -> Iterator[tuple[Owner, list[Entry]]]:
    """Yield the entries of each owner."""
    for owner, group in groupby(entries, key=lambda entry: entry.owner):
        yield owner, list(group)


def _wanted(owners: list[Owner], platform: str, brand: str | None, account: str | None) -> Owner:
    found = {
        owner.of(Use.READ)
        for owner in owners
        if owner.platform == platform
        and brand in {None, owner.brand}
        and (account is None or _bare(owner.account) == _bare(account))
    }
    if len(found) == 1:
        return found.pop()
    known = ", ".join(sorted({f"{owner.account} on {owner.platform} for {owner.brand}" for owner in owners}))
    if found:
        raise NotFound(f"Several accounts fit; say which with --account and --brand: {known}.")
    wanted = f"{account} on {platform}" if account else platform
    of_brand = f" for {brand}" if brand else ""
    raise NotFound(f"{wanted} isn't connected{of_brand}; there are: {known or 'none'}.")


def _bare(handle: str) -> str:
    """Return a handle as it is compared, without the @ or u/ that people write before it."""
    return _BEFORE_HANDLE.sub("", handle).casefold()


def _look(
    place: Workplace, vault: Vault, owner: Owner, group: list[Entry], *, clock: Clock, check: bool
) -> AccountKeys:  # fmt: skip
    can: tuple[str, ...] = ()
    at, problem = None, None
    try:
        if check and owner.platform in find_connectors():
            _ask_again(place, vault, owner, clock)
        kept = vault.find(owner, ABOUT)
        about = read_about(kept.value) if kept else {}
        can = tuple(plain(str(word)) for word in about.get("can", ()))
        at = datetime.fromisoformat(about["at"]) if "at" in about else None
    except EarnestError as error:
        problem = plain(str(error))
    ends = [entry.expires_at for entry in group if entry.expires_at is not None]
    return AccountKeys(
        brand=owner.brand, platform=owner.platform, account=owner.account, use=owner.use,
        keys=tuple(entry.name for entry in group if entry.name != ABOUT), can=can, checked_at=at,
        expires_at=min(ends, default=None), problem=problem,
    )  # fmt: skip


def _ask_again(place: Workplace, vault: Vault, owner: Owner, clock: Clock) -> None:
    holder = Holder(brand=owner.brand, platform=owner.platform, account=owner.account, use=owner.use)
    brand = place.loaded.brands.get(owner.brand)
    identity = ask_account(
        keyring_of(vault, secrets=place.loaded.secrets)(holder, {}),
        platform=owner.platform,
        options=options_of(brand.profile, owner.platform, owner.account) if brand else {},
        reach=reach_of(place.loaded, owner.platform),
    )
    vault.keep(owner, ABOUT, describe(identity, clock))
