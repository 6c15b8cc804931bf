"""Private data in a reply that others can read: mail addresses, telephone, card, account and order numbers."""

import re

from domain.answers import Finding, Severity
from responders.guards.basis import Checked, found_at

RULE = "privacy"
# A handle of another server, “@ada@social.example”, is none.
_MAIL = re.compile(r"(?<![@\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w/.-])(?:\+|00)?\d[\d\s()/.-]{6,18}\d(?![\w/])")
_IBAN = re.compile(r"\b[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){3,7}(?: ?[a-z0-9]{1,3})?\b")
_ORDER = re.compile(
    r"(?:\b(?:order|ticket|case|invoice|account|customer|bestell\w*|auftrag\w*|kunden\w*|pedido|commande"
    r"|encomenda|ordine"
    r"|bestelling|bestelnommer|ऑर्डर|طلب|oda)\W{0,3}(?:no\.?|number|nr\.?|nummer|número|numéro|numero|id"
    r"|#)?\W{0,3}|#)"
    r"(?=[a-z0-9-]*\d)[a-z0-9][a-z0-9-]{3,}",
)
_STREET = re.compile(
    r"\b\d{1,5}[a-z]? (?:[\w'-]+ ){1,3}(?:street|st\.|road|rd\.|avenue|ave\.|lane|drive|square)\b"
    r"|\b[\w-]+(?:straße|strasse|weg|platz|allee|straat|laan) \d{1,4}[a-z]?\b"
    r"|\b(?:rue|calle|rua|via|avenida) (?:[\w'-]+ ){1,4}\d{1,4}\b"
)
_KINDS = (
    (_MAIL, "a mail address"), (_IBAN, "an account number"), (_STREET, "an address"), (_ORDER, "an order number"),
    (_PHONE, "a telephone, card or account number"),
)  # fmt: skip


def check(draft: Checked) -> tuple[Finding, ...]:
    """Block private data that isn't the brand's own, even where the customer wrote it first."""
    findings: list[Finding] = []
    taken: list[tuple[int, int]] = []
    for pattern, what in _KINDS:
        for found in pattern.finditer(draft.folded):
            if _is_ours(draft, found.group()) or any(overlap(found.span(), each) for each in taken):
                continue
            if pattern is _PHONE and not _is_long(found.group()):
                continue
            taken.append(found.span())
            message = f"This looks like {what}; never write one where others can read it."
            findings.append(found_at(RULE, Severity.BLOCK, message, found.span()))
    return tuple(findings)


def overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Say whether two stretches share a character."""
    return one[0] < other[1] and other[0] < one[1]


def _is_ours(draft: Checked, words: str) -> bool:
    return words.strip() in draft.knowledge.own


def _is_long(number: str) -> bool:
    return sum(letter.isdigit() for letter in number) >= 8
