"""The keyring: what settings name as a secret goes before what the vault holds, and what is renewed is kept there."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

import structlog

from config.secrets import MissingSecret, Secrets
from platforms.credentials import Credentials, Holder, Keyring
from storage.database import StorageError
from storage.vault import Owner, Vault

_log = structlog.get_logger(__name__)


class KeptCredentials:
    """One holder's credentials out of secrets and vault."""

    def __init__(self, holder: Holder, *, names: Mapping[str, str], secrets: Secrets, vault: Vault) -> None:
        """`names` gives the secret's name for each credential that settings state."""
        self._holder, self._names, self._secrets, self._vault = holder, names, secrets, vault
        self._owner = owner_of(holder)

    def get(self, name: str, /) -> str:
        """Return a key or token; raises MissingSecret, MissingCredential, and what the vault raises."""
        value = self.find(name)
        if value is not None:
            return value
        if name in self._names:
            raise MissingSecret(self._names[name])
        raise self._holder.missing(name)

    def find(self, name: str, /) -> str | None:
        """Return it, or None.

        What the platform renewed goes before the secret that it grew from, and not before another one: an operator
        who changes the secret is heard.
        """
        stated = self._stated(name)
        if stated is None:
            kept = self._vault.find(self._owner, name)
            return kept.value if kept else None
        try:
            kept = self._vault.find(self._owner, name)
        except StorageError as error:
            _log.warning("a renewed token can't be opened; its secret is used", error=type(error).__name__)
            return stated
        return kept.value if kept and kept.origin == _origin(stated) else stated

    def keep(self, name: str, value: str, /, *, expires_at: datetime | None = None) -> None:
        """Keep it in the vault, in a transaction of its own."""
        stated = self._stated(name)
        origin = _origin(stated) if stated is not None else ""
        self._vault.keep(self._owner, name, value, expires_at=expires_at, origin=origin)

    def _stated(self, name: str) -> str | None:
        secret = self._names.get(name)
        return self._secrets.get(secret).get_secret_value() if secret and secret in self._secrets else None


def keyring_of(vault: Vault, *, secrets: Secrets) -> Keyring:
    """Return what finds every holder's credentials."""

    def find(holder: Holder, names: Mapping[str, str]) -> Credentials:
        return KeptCredentials(holder, names=names, secrets=secrets, vault=vault)

    return find


def owner_of(holder: Holder) -> Owner:
    """Return the vault's name for a holder."""
    return Owner(brand=holder.brand, platform=holder.platform, account=holder.account, use=holder.use)


def _origin(secret: str) -> str:
    """Return what tells one secret from another; it is kept sealed."""
    return sha256(secret.encode()).hexdigest()
