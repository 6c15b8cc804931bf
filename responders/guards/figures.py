"""Numbers, money and shares that neither the brand's facts and promises nor the customer named."""

import re

from domain.answers import Finding, Severity
from responders.guards.basis import Checked, find_numbers, found_at

RULE = "figures"
_UNIT = re.compile(
    r"\s?(?:%|percent|per cent|prozent|por ciento|pour ?cent|por cento|procent|persent|प्रतिशत)|\s?[€$£₹¥₦]"
    r"|\s?(?:eur|usd|gbp|zar|inr|brl|ngn|kes|euros?|dollars?|pounds?|rand|reais|rupees?)\b"
)
# Digits in a handle are no figure. It begins with a letter here, since “@9am” and “@30 EUR” are figures.
_HANDLE = re.compile(r"(?<![\w@/])(?:@|/?u/)[^\W\d]\w*(?:[.@-][^\W\d]\w*)*", re.IGNORECASE)
_SIGN_BEFORE = re.compile(r"(?:[€$£₹¥₦]|\br|\brs\.?|\b(?:eur|usd|gbp|zar|inr|brl|ngn|kes))\s?$")


def check(draft: Checked) -> tuple[Finding, ...]:
    """Block every number that isn't known; a sum or share must be known as one."""
    findings = []
    heard = frozenset(form for _, _, forms in find_numbers(_without_handles(draft.heard)) for form in forms)
    for start, end, forms in find_numbers(_without_handles(draft.text)):
        if draft.is_stated(start, end) or _belongs_to_name(draft, start, end):
            continue
        whole, is_amount = _with_unit(draft.folded, start, end)
        number = draft.text[start:end]
        if not forms & (draft.knowledge.numbers | heard):
            message = f"No fact or promise of the profile says {number}; cite one, or leave the number out."
            findings.append(found_at(RULE, Severity.BLOCK, message, (start, end)))
        elif is_amount and whole not in draft.knowledge.stated and whole not in draft.heard:
            message = f"No fact or promise of the profile says “{whole.strip()}”; cite one, or leave it out."
            findings.append(found_at(RULE, Severity.BLOCK, message, (start, end)))
    return tuple(findings)


def _without_handles(text: str) -> str:
    """The text with every handle blotted out, and everything else in its place."""
    return _HANDLE.sub(lambda handle: "@" * len(handle.group()), text)


def _with_unit(folded: str, start: int, end: int) -> tuple[str, bool]:
    """The number with its unit of money or share, and whether it has one."""
    after = _UNIT.match(folded, end)
    before = _SIGN_BEFORE.search(folded, 0, start)
    first = before.start() if before else start
    last = after.end() if after else end
    return folded[first:last], bool(before or after)


def _belongs_to_name(draft: Checked, start: int, end: int) -> bool:
    """A number that is part of a product's or the brand's name, written in full."""
    names = [draft.profile.name, *(product.name for product in draft.profile.products)]
    for name in names:
        folded = name.casefold()
        at = draft.folded.find(folded) if folded else -1
        while at >= 0:
            if at <= start and end <= at + len(folded):
                return True
            at = draft.folded.find(folded, at + 1)
    return False
