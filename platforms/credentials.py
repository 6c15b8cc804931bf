"""Keys and tokens of an account, asked for by what they are; read and write ones are never the same set."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from config.secrets import MissingSecret, Secrets
from domain.errors import EarnestError
from domain.labels import Use

__all__ = [
    "Credentials", "Holder", "Keyring", "MemoryCredentials", "MissingCredential", "NamedSecrets", "Use", "secrets_only",
]  # fmt: skip


class MissingCredential(EarnestError):
    """An account has no such key; connect the platform, or name a secret for it under `credentials:`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whose credentials: of which brand, on which platform, of which account (empty for none), for what."""

    brand: str
    platform: str
    account: str
    use: Use

    def missing(self, name: str) -> MissingCredential:
        """Return the error for a key that is nowhere."""
        return MissingCredential(
            f"{self.brand} has no {self.use} “{name}” for {self.platform} {self.account or 'sources'}; "
            f"run: earnest connect {self.platform} --brand {self.brand}"
        )


class Credentials(Protocol):
    """One holder's credentials."""

    def get(self, name: str, /) -> str:
        """Return a key or token; raises MissingCredential when it is nowhere."""
        ...

    def find(self, name: str, /) -> str | None:
        """Return it, None when it is nowhere."""
        ...

    def keep(self, name: str, value: str, /, *, expires_at: datetime | None = None) -> None:
        """Keep what the platform has renewed, so that the next process goes on with it."""
        ...


# Finds a holder's credentials; the mapping gives names of secrets that settings state for some of them.
Keyring = Callable[[Holder, Mapping[str, str]], Credentials]


@dataclass(slots=True)
class MemoryCredentials:
    """Credentials in memory, for tests and for trying."""

    values: dict[str, str] = field(default_factory=dict, repr=False)
    holder: Holder = Holder(brand="demo", platform="memory", account="", use=Use.READ)

    def get(self, name: str, /) -> str:
        """Return a key or token."""
        if name not in self.values:
            raise self.holder.missing(name)
        return self.values[name]

    def find(self, name: str, /) -> str | None:
        """Return it, or None."""
        return self.values.get(name)

    def keep(self, name: str, value: str, /, *, expires_at: datetime | None = None) -> None:  # noqa: ARG002 - the port's
        """Keep it."""
        self.values[name] = value


class NamedSecrets:
    """Credentials that stand in the environment or the secrets file; what a platform renews is kept in memory only."""

    def __init__(self, holder: Holder, *, secrets: Secrets, names: Mapping[str, str]) -> None:
        """`names` gives the secret's name for each credential's."""
        self._holder, self._secrets, self._names = holder, secrets, names
        self._renewed: dict[str, str] = {}

    def get(self, name: str, /) -> str:
        """Return a key or token."""
        value = self.find(name)
        if value is None:
            if name in self._names:
                raise MissingSecret(self._names[name])
            raise self._holder.missing(name)
        return value

    def find(self, name: str, /) -> str | None:
        """Return it, or None."""
        if name in self._renewed:
            return self._renewed[name]
        secret = self._names.get(name)
        return self._secrets.get(secret).get_secret_value() if secret and secret in self._secrets else None

    def keep(self, name: str, value: str, /, *, expires_at: datetime | None = None) -> None:  # noqa: ARG002 - the port's
        """Keep it until the process ends."""
        self._renewed[name] = value


def secrets_only(secrets: Secrets) -> Keyring:
    """Return a keyring that knows nothing but named secrets."""
    return lambda holder, names: NamedSecrets(holder, secrets=secrets, names=names)
