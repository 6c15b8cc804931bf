"""Keys that aren't there though something needs them: a source that reads as the account, or the replies from it."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from config.brand.listening import Account, Answering
from config.brand.profile import Profile
from config.brand.sources import OutsideSource
from config.loading import Loaded
from config.secrets import MissingSecret
from domain.errors import EarnestError
from domain.labels import Use
from domain.time import SystemClock
from listener.sources import SourceView
from platforms.allowance import Allowance
from platforms.credentials import MissingCredential
from responders.gate import account_for
from runtime.cli.checkups.finding import Finding, warning, wrong
from runtime.wiring import build_collectors, build_keyring
from storage.database import Database


def look_for_missing_keys(
    loaded: Loaded, database: Database, *, profile: Profile, account: Account, missing: Collection[Use]
) -> Iterator[Finding]:  # fmt: skip
    """Say what an account's missing keys keep from working; nothing where nothing needs them."""
    about = f"{profile.slug} {account.platform}"
    mend = f"Run: earnest connect {account.platform} --brand {profile.slug}"
    told = f"No read keys of {account.handle} are stored"
    for source in _read_as(profile, account) if Use.READ in missing else ():
        if _is_readable(loaded, database, profile, source):
            yield warning(about, f"{told}; {source.id} reads only what needs none.", mend)
        else:
            yield wrong(about, f"{told}, and {source.id} can't be read without.", mend)
    if Use.WRITE in missing and _answers(loaded, profile, account):
        yield warning(about, f"No write keys of {account.handle} are stored, so it is answered by hand.", mend)


def _read_as(profile: Profile, account: Account) -> list[OutsideSource]:
    """Return the enabled sources that read as the account: those that name it, or no other than the first there."""
    first = next(each for each in profile.accounts if each.platform == account.platform)
    ours = {account.handle, None} if first == account else {account.handle}
    return [
        source for source in profile.sources
        if isinstance(source, OutsideSource) and source.type == account.platform and source.enabled
        and not source.credentials and source.account in ours
    ]  # fmt: skip


def _is_readable(loaded: Loaded, database: Database, profile: Profile, source: OutsideSource) -> bool:
    """Say whether a collector can be built without the keys; it connects to nothing."""
    clock = SystemClock()
    keyring = build_keyring(loaded, database, clock, uses=(Use.READ,))
    collectors = replace(
        build_collectors(loaded, database, clock, keyring), allowance_of=lambda _view: Allowance(calls=0)
    )  # fmt: skip
    view = SourceView(
        id=0, brand_id=0, revision_id=0, key=source.id, kind=source.type, settings=source, profile=profile
    )  # fmt: skip
    try:
        collectors(view)
    except (MissingCredential, MissingSecret):
        return False
    except EarnestError:
        return True  # another look complains of that
    finally:
        collectors.fetcher.close()
    return True


def _answers(loaded: Loaded, profile: Profile, account: Account) -> bool:
    if loaded.settings.outbox.to == "file" or profile.use_of(account.platform).answer is not Answering.REVIEWED:
        return False
    return account_for(profile, account.platform) == account.handle
