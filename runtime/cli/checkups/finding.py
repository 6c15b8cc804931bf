"""What a look finds."""

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How something stands: `wrong` fails the check-up, `warning` wants a look, `note` explains."""

    WELL = "well"
    NOTE = "note"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at, how it stands, and what to do about it."""

    about: str
    health: Health
    message: str
    mend: str = ""

    @property
    def is_wrong(self) -> bool:
        """True when the check-up fails for it."""
        return self.health is Health.WRONG


def well(about: str, message: str) -> Finding:
    """All is as it should be."""
    return Finding(about=about, health=Health.WELL, message=message)


def note(about: str, message: str, mend: str = "") -> Finding:
    """Nothing is wrong, but people should know."""
    return Finding(about=about, health=Health.NOTE, message=message, mend=mend)


def warning(about: str, message: str, mend: str) -> Finding:
    """It works, and wants a look."""
    return Finding(about=about, health=Health.WARNING, message=message, mend=mend)


def wrong(about: str, message: str, mend: str) -> Finding:
    """It doesn't work."""
    return Finding(about=about, health=Health.WRONG, message=message, mend=mend)
