"""Says what stands in the way of sending from an account here, before anybody approves something to be sent from it."""

from sqlalchemy.orm import Session

from config.brand.listening import Account
from config.brand.profile import Profile
from domain.labels import Use
from platforms.connecting import find_connectors
from platforms.credentials import Holder
from platforms.registry import capabilities_of
from responders.publishers.installed import find_factories
from runtime.keyring import owner_of
from storage.vault import Vault


class Obstacles:
    """Looks for a publisher, and whether there are write keys; no key is opened for that."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def __call__(self, session: Session, profile: Profile, account: Account, /) -> str | None:
        """Return what is wrong and the mend; None where it can be tried."""
        platform, name = account.platform, capabilities_of(account.platform).name
        if platform not in find_factories():
            return f"Nothing that sends to {name} is installed here; answer by hand."
        # Secrets that settings name count as there; a platform that nothing connects may need no key.
        if account.credentials or platform not in find_connectors():
            return None
        holder = Holder(brand=profile.slug, platform=platform, account=account.handle, use=Use.WRITE)
        if self._vault.holds(session, owner_of(holder)):
            return None
        return (
            f"No write keys of {account.handle} on {name} are stored; answer by hand, or run: earnest connect"
            f" {platform} --brand {profile.slug}"
        )
