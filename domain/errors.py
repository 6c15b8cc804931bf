"""The root of every error that Earnest raises on purpose, and the few that several packages share."""


class EarnestError(Exception):
    """Root of Earnest's own errors; its text is one sentence that names the place and the mend."""


class InvalidTransition(EarnestError):
    """A state change that the domain does not list; nothing was changed. Reload the object and decide again."""

    def __init__(self, noun: str, current: str, wanted: str) -> None:
        super().__init__(f"A {noun} that is {current} can't become {wanted}; reload it and decide again.")
        self.noun, self.current, self.wanted = noun, current, wanted


class StaleWrite(EarnestError):
    """The row is no longer as it was read; nothing was changed. Reload it and decide again."""


class NotFound(EarnestError):
    """Nothing has that id, or it belongs to a brand that the caller may not see."""


class InvalidInput(EarnestError):
    """A value from outside can't be used; the text names the place and the mend."""


class AccessDenied(EarnestError):
    """The caller's role or brands don't allow this; an admin can grant it."""
