"""Facts and promises that have run out."""

from domain.answers import Finding, Severity
from responders.guards.basis import Checked, found_at

RULE = "expiry"


def check(draft: Checked) -> tuple[Finding, ...]:
    """Block a fact or promise whose last day is past."""
    findings = []
    for entry, text in draft.knowledge.expired:
        bare = text.strip().rstrip(".!")
        start = draft.folded.find(bare) if bare else -1
        # The same words may still hold under another id.
        if start >= 0 and bare not in draft.knowledge.stated:
            message = f"“{entry}” ran out; take it out or renew it in the profile."
            findings.append(found_at(RULE, Severity.BLOCK, message, (start, start + len(bare))))
    return tuple(findings)
