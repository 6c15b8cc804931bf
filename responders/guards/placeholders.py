"""Gaps left open: {name}, [product], <order>, TODO, lorem ipsum."""

import re

from domain.answers import Finding, Severity
from responders.guards.basis import Checked, found_at

RULE = "placeholders"
_GAP = re.compile(
    r"\{\{?[^{}\n]{0,60}\}?\}|\[(?:name|your|customer|product|brand|insert|link|date|order)[^\]\n]{0,40}\]"
    r"|<(?:name|customer|product|brand|link|date|order)[^>\n]{0,40}>|%\w+%|\$\{\w+\}|lorem ipsum|\bxxx+\b"
    r"|\btodo\b|\btbd\b",
    re.IGNORECASE,
)


def check(draft: Checked) -> tuple[Finding, ...]:
    """Block what was to be filled in and wasn't."""
    return tuple(
        found_at(RULE, Severity.BLOCK, f"“{found.group()}” is still to be filled in.", found.span())
        for found in _GAP.finditer(draft.text)
    )
