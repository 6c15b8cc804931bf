"""A name that isn't one, or the hole where a name should be."""

import re

from domain.answers import Finding, Severity
from responders.guards.basis import Checked, found_at

RULE = "personalisation"
_NO_NAME = re.compile(
    r"^(?:hi|hello|hey|dear|hallo|liebe[rs]?|hola|querid[oa]|bonjour|chère?|olá|oi|prezad[oa]|ciao|car[oa]"
    r"|beste|liewe"
    r"|नमस्ते|प्रिय|مرحبا|عزيزي|habari|mpendwa)[ ,]*\s(?:none|null|nan|undefined|unknown|user|customer|n/a"
    r"|\(?anonymous\)?)\b",
    re.IGNORECASE | re.MULTILINE,
)
_HOLE = re.compile(
    r"\b(?:dear|liebe[rs]?|querid[oa]|chère?|prezad[oa]|beste|liewe|mpendwa)\s*[,!:]|[ ,],(?!\d)|,\s*[!?]",
    re.IGNORECASE,
)
_HANDLE = re.compile(
    r"^(?:hi|hello|hey|dear|hallo|hola|bonjour|olá|ciao|beste|liewe)[ ,]+@?(\w*(?:\d\w*|_\w+))", re.IGNORECASE
)


def check(draft: Checked) -> tuple[Finding, ...]:
    """Block “Hi null”; point at “Dear ,” and at a handle used as a name."""
    findings = [
        found_at(RULE, Severity.BLOCK, f"“{found.group().strip()}” addresses nobody; use a name or none.", found.span())
        for found in _NO_NAME.finditer(draft.text)
    ]
    findings += [
        found_at(RULE, Severity.WARN, "Something seems to be missing here, such as a name.", found.span())
        for found in _HOLE.finditer(draft.text)
    ]
    if handle := _HANDLE.search(draft.text):
        message = f"“{handle[1]}” looks like a handle, not a name."
        findings.append(found_at(RULE, Severity.WARN, message, handle.span(1)))
    return tuple(findings)
