"""What the worlds of the platforms have in common."""


class Unsupported(Exception):
    """A fault that can't exist on a platform."""
