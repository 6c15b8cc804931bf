"""Words that the brand's voice never uses."""

import re
from functools import lru_cache

from domain.answers import Finding, Severity
from responders.guards.basis import Checked, found_at
from responders.texts import fold

RULE = "avoided"


def check(draft: Checked) -> tuple[Finding, ...]:
    """Block every word or phrase of `voice.avoid`."""
    pattern = _pattern(draft.profile.voice.avoid)
    if pattern is None:
        return ()
    return tuple(
        found_at(RULE, Severity.BLOCK, f"The voice avoids “{found.group()}”; say it another way.", found.span())
        for found in pattern.finditer(draft.folded)
    )


@lru_cache(maxsize=256)
def _pattern(avoided: tuple[str, ...]) -> re.Pattern[str] | None:
    words = sorted({fold(word.strip()) for word in avoided if word.strip()}, key=len, reverse=True)
    if not words:
        return None
    return re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words))
