"""How long a post may be on one instance, and how it counts.

An instance says so at /api/v2/instance (docs.joinmastodon.org/entities/Instance, configuration.statuses). It counts
what people see: graphemes, a link as `characters_reserved_per_url`, a remote handle without its server, and the content
warning along with the text (StatusLengthValidator in Mastodon's source).
"""

import re
from dataclasses import dataclass
from typing import Final

from platforms.counting import count_graphemes

DEFAULT_MOST: Final = 500
DEFAULT_PER_URL: Final = 23
# The most that “@name ” takes in front of a reply: a name has 30 characters, and its server doesn't count.
MENTION: Final = 32

_URL: Final = re.compile(r"https?://\S+?(?=[.,;:!?…)\]}»”’'\"]*(?:\s|$))", re.IGNORECASE)
_REMOTE: Final = re.compile(r"(?<![\w/])(@\w+)@[\w-]+(?:\.[\w-]+)*(?::\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most characters of a post, and what a link counts."""

    most: int = DEFAULT_MOST
    per_url: int = DEFAULT_PER_URL

    def count(self, text: str, warning: str = "") -> int:
        """Return the length of a text and its content warning as the instance counts it."""
        shown = _REMOTE.sub(r"\1", _URL.sub("x" * self.per_url, text))
        return count_graphemes(shown) + count_graphemes(warning)


def read_limits(instance: object) -> Limits:
    """Read the limits from an instance's own description, of either version; what it doesn't say is the default."""
    said = _under(_under(instance, "configuration"), "statuses")
    most = _whole(_under(said, "max_characters")) or _whole(_under(instance, "max_toot_chars"))
    per_url = _whole(_under(said, "characters_reserved_per_url"))
    return Limits(most=most or DEFAULT_MOST, per_url=per_url or DEFAULT_PER_URL)


def count_by_default(text: str) -> int:
    """Return a text's length as an instance with Mastodon's own settings counts it."""
    return Limits().count(text)


def _under(value: object, key: str) -> object:
    return value.get(key) if isinstance(value, dict) else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**31 else None
