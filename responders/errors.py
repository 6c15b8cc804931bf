"""What a responder refuses to do."""

from domain.answers import Finding, Permission
from domain.errors import EarnestError


class ResponderError(EarnestError):
    """Root of this package's errors."""


class Blocked(ResponderError):
    """A guard blocks the draft; mend the text where the findings point and approve again."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(f"The draft can't be approved: {findings[0].message}")
        self.findings = findings


class NotPermitted(ResponderError):
    """The gate refuses the reply; answer by hand where the permission links to, or leave it."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(permission.reason)
        self.permission = permission


class TooLong(ResponderError):
    """The text doesn't fit one post; shorten it, or approve it as a thread."""


class LimitReached(ResponderError):
    """As many replies went out unattended today as the brand allows; this draft waits for a person."""


class AnotherAccount(ResponderError):
    """Another account answers by now than the one that a reply was approved for; let that one publish again."""
