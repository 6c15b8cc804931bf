"""Web addresses that aren't the brand's."""

from domain.answers import Finding, Severity
from responders.guards.basis import Checked, find_links, found_at, host_of

RULE = "links"


def check(draft: Checked) -> tuple[Finding, ...]:
    """Block a link whose host the profile doesn't name in a product, fact, promise or sign-off."""
    findings = []
    for start, end, address in find_links(draft.text):
        host = host_of(address)
        if host and any(host == own or host.endswith(f".{own}") for own in draft.knowledge.hosts):
            continue
        message = f"“{host or address}” isn't a place of the brand's; link only what the profile names."
        findings.append(found_at(RULE, Severity.BLOCK, message, (start, end)))
    return tuple(findings)
