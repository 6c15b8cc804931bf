"""How an account is connected: what a person is asked, what came of signing in, and how keys are checked later.

Each platform brings one `Connector`; `earnest connect` talks to the person, shows what would be collected, writes the
brand's file and stores the keys. Read and write keys are kept apart, even where a platform gives one for both.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.metadata import entry_points
from typing import Final, Protocol

from platforms.credentials import Credentials
from platforms.reach import Reach

GROUP: Final = "earnest.connectors"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One thing that a person is asked; `secret` isn't shown while it is typed.

    `fresh` is for what is another at every sign-in, so that no script can know it: it says what a script does instead.
    """

    name: str
    question: str
    hint: str = ""
    secret: bool = False
    default: str | None = None
    fresh: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whose keys they are, and in plain words what they can do."""

    handle: str
    id: str
    can: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """What came of signing in: keys by name for reading and for writing, and what goes into the brand's file.

    `account_options` stand under the account's `options:`, `sources` are whole entries of `sources:` without their
    ids, the recommended ones first; `source_notes` says of each, in the same order, what a person gets by it.
    `expires_at` is when the keys must be renewed, None for never. `records` are
    demands of the platform that were met on the way, by their keys: when and how.
    """

    identity: Identity
    read: Mapping[str, str] = field(repr=False)
    write: Mapping[str, str] = field(default_factory=dict, repr=False)
    account_options: Mapping[str, object] = field(default_factory=dict)
    sources: tuple[Mapping[str, object], ...] = ()
    source_notes: tuple[str, ...] = ()
    expires_at: datetime | None = None
    records: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """How a connector talks to the person in between: `show` prints, `ask` returns what was typed or pasted."""

    show: Callable[[str], None]
    ask: Callable[[Ask], str]


class Connector(Protocol):
    """Connects accounts of one platform."""

    platform: str

    def asks(self) -> Sequence[Ask]:
        """What is asked first, in order."""
        ...

    def sign_in(self, answers: Mapping[str, str], /, *, reach: Reach, talk: Talk) -> Connected:
        """Sign in with the least rights that reading and replying need; raises Trouble or InvalidInput."""
        ...

    def check(self, credentials: Credentials, /, *, options: Mapping[str, object], reach: Reach) -> Identity:
        """Ask the platform whose keys they are; raises Trouble or MissingCredential. `options` are the account's."""
        ...


@cache
def find_connectors() -> Mapping[str, Callable[[], Connector]]:
    """Return what loads each installed connector, by its platform; nothing is imported until it is called."""
    return {point.name: point.load for point in entry_points(group=GROUP)}
