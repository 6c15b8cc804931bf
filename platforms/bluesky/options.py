"""What a source of this platform wants to know."""

from config.base import Part


class Options(Part):
    """Its settings under `options:`."""
