"""What can go wrong in this package."""

from domain.errors import EarnestError


class ModelError(EarnestError):
    """A model's folder can't be used; nothing was classified. The text says what is missing and how to mend it."""
