"""Competitors named in a reply, and above all run down."""

import re

from domain.answers import Finding, Severity
from responders.guards.basis import Checked, found_at
from responders.texts import fold

RULE = "rivals"
_BASHING = re.compile(
    r"better than|worse|unlike|inferior|cheap|terrible|awful|overpriced|scam|bad|besser als|schlechter|billig"
    r"|mejor que|peor|meilleur que|pire"
    r"|melhor (?:do )?que|pior|meglio di|peggio|beter dan|slechter|beter as|slegter|बेहतर|खराब|أفضل من|أسوأ"
    r"|bora kuliko|mbaya"
)
_NEAR = 60


def check(draft: Checked) -> tuple[Finding, ...]:
    """Block running a competitor down; point at one that is only named."""
    findings = []
    for rival in {query.rival for query in draft.profile.queries if query.rival}:
        for found in re.finditer(rf"(?<!\w){re.escape(fold(rival))}(?!\w)", draft.folded):
            around = draft.folded[max(0, found.start() - _NEAR) : found.end() + _NEAR]
            bashing = _BASHING.search(around) is not None
            mend = "never run it down, and speak of what we do." if bashing else "need it be named?"
            message = f"{rival} is a competitor; {mend}"
            findings.append(found_at(RULE, Severity.BLOCK if bashing else Severity.WARN, message, found.span()))
    return tuple(sorted(findings, key=lambda finding: finding.start or 0))
