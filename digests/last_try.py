"""A mail's last try: rather some have it than nobody."""

from dataclasses import dataclass

from domain.mails import Mail


@dataclass(frozen=True, slots=True, kw_only=True)
class LastTry(Mail):
    """A mail that isn't tried again: who can't take it now goes without, so that the others get theirs."""
