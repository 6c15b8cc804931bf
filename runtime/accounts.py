"""Asks a platform whose keys an account has and what they can do."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from config.brand.listening import Account
from config.brand.profile import Profile
from config.brand.sources import OutsideSource
from domain.labels import Use
from platforms.connecting import Identity, find_connectors
from platforms.credentials import Credentials
from platforms.reach import Reach

# A person waits for it.
PATIENCE = timedelta(seconds=8)


def ask_account(
    credentials: Credentials, *, platform: str, options: Mapping[str, object], reach: Reach
) -> Identity:  # fmt: skip
    """Return whose keys they are; raises Trouble, MissingCredential, and what the vault raises."""
    patient = replace(reach, timeout=min(reach.timeout, PATIENCE))
    return find_connectors()[platform]().check(credentials, options=options, reach=patient)


def account_of(profile: Profile, platform: str, handle: str) -> Account | None:
    """Return the brand's account of that handle, however its @ and capitals are written."""
    wanted = handle.removeprefix("@").casefold()
    ours = (account for account in profile.accounts if account.platform == platform)
    return next((account for account in ours if account.handle.removeprefix("@").casefold() == wanted), None)


def options_of(profile: Profile, platform: str, handle: str) -> Mapping[str, object]:
    """Return what the account's platform is told about it."""
    account = account_of(profile, platform, handle)
    return account.options if account else {}


def names_of(profile: Profile, account: Account, use: Use) -> Mapping[str, str]:
    """Return the secrets that settings name for an account: its own for writing, those of its sources for reading."""
    if use is Use.WRITE:
        return account.credentials
    first = next((each for each in profile.accounts if each.platform == account.platform), None)
    for source in profile.sources:
        if not isinstance(source, OutsideSource) or source.type != account.platform or not source.credentials:
            continue
        if source.account == account.handle or (source.account is None and first == account):
            return source.credentials
    return {}
