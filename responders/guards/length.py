"""Longer than the platform takes."""

from collections.abc import Callable

from domain.answers import Finding, Severity
from platforms.registry import capabilities_of
from responders.guards.basis import Checked, found_at

RULE = "length"
Measure = Callable[[str, str], tuple[int, int | None]]


def measure_on(platform: str, text: str) -> tuple[int, int | None]:
    """Return a text's length in the platform's own unit and the most that it takes, None for no limit."""
    facts = capabilities_of(platform)
    return facts.count(text), facts.max_length


def unlimited(_platform: str, text: str) -> tuple[int, int | None]:
    """Count characters and know no limit, as where any length will do."""
    return len(text), None


def check(draft: Checked, measure: Measure) -> tuple[Finding, ...]:
    """Block nothing, since a long reply may be split; say by how much it is too long, and block an empty one."""
    if not draft.text.strip():
        return (found_at("empty", Severity.BLOCK, "Nothing is written yet; write an answer or reject the draft."),)
    length, most = measure(draft.platform, draft.text)
    if most is None or length <= most:
        return ()
    message = f"{length - most} characters too long for {draft.platform} ({most} at most); shorten it or split it."
    return (found_at(RULE, Severity.WARN, message),)
