"""Guarantees, refunds, gifts and the like that no fact or promise of the profile holds."""

import re

from domain.answers import Finding, Severity
from responders.guards.basis import Checked, found_at

RULE = "commitments"
_CONCEPTS = {
    "a guarantee": (
        r"guarantee\w*|garant(?:ie|ier|iz|iza|ía|ia)\w*|gegarandeer\w*|waarborg\w*|\bwe promise|\bi promise|we swear"
        r"|versprechen wir|wir versprechen|\bprometemos|nous promettons|on vous promet|promettiamo|we beloven"
        r"|ons belowe"
        r"|गारंटी|वादा करते|نضمن|ضمان|tunaahidi|tunahakikisha|we dey promise"
    ),
    "a refund": (
        r"refund\w*|money back|reimburs\w*|rückerstatt\w*|erstatt(?:en|ung)\w*|geld zurück|reembols\w*"
        r"|devolvemos el dinero"
        r"|rembours\w*|rimbors\w*|terugbetal\w*|geld terug|रिफंड|पैसे वापस|استرداد|نعيد لك المبلغ|kurejeshewa"
        r"|tutarudisha pesa"
    ),
    "a gift or something free": (
        r"(?<!feel )(?<!-)\bfree(?: of charge)\b|\bfor free\b|(?<!feel )(?<!-)(?<!\w)free (?!to\b|time\b|of\b"
        r"|from\b)\w+"
        r"|on the house|complimentary|\bgift card|kostenlos\w*|gratis\b|gratuit\w*|umsonst|geschenkt"
        r"|\bgratuito\w*|मुफ्त|मुफ़्त"
        r"|مجان\w*|\bbure\b"
    ),
    "a discount or voucher": (
        r"discount\w*|voucher\w*|coupon\w*|promo code|store credit|rabatt\w*|gutschein\w*|descuento\w*|vale de"
        r"|remise\b"
        r"|bon d'achat|desconto\w*|sconto|buono sconto|korting\w*|afslag\b|kortingsbon|छूट|خصم|punguzo"
    ),
    "compensation": (
        r"compensat\w*|make it up to you|entschädig\w*|schadenersatz|indemni\w*|dédommag\w*|risarci\w*"
        r"|schadevergoeding"
        r"|vergoed\w*|skadevergoeding|मुआवज़ा|मुआवजा|تعويض|fidia"
    ),
    "a replacement": (
        r"(?:send|ship|get|give)(?:ing)? you (?:a|another) (?:new|replacement)|replace (?:it|them|your)"
        r"|\breplacement\b"
        r"|ersatzgerät|ersatzlieferung|wir ersetzen|reemplaz\w*|(?:le|te|vous) remplace\w*|substituiremos"
        r"|sostituiremo"
        r"|vervangen we|ons vervang|बदल देंगे|نستبدل"
    ),
    "a certainty": (
        r"100 ?%|never (?:happen|again)|won't happen again|nie wieder vor|nunca más|plus jamais|nunca mais|mai più"
        r"|nooit meer|nooit weer|always works?|risk[- ]free|legally|we are liable|फिर कभी नहीं|لن يتكرر"
        r"|haitatokea tena"
    ),
}
_PATTERNS = {concept: re.compile(words) for concept, words in _CONCEPTS.items()}
_ANY = re.compile("|".join(_CONCEPTS.values()))


def check(draft: Checked) -> tuple[Finding, ...]:
    """Block what commits the brand beyond its profile; what the customer spoke of first is only pointed at."""
    if not _ANY.search(draft.folded):
        return ()
    findings = []
    for concept, pattern in _PATTERNS.items():
        known, heard = pattern.search(draft.knowledge.stated), pattern.search(draft.heard)
        for found in pattern.finditer(draft.folded):
            if known or draft.is_stated(*found.span()):
                continue
            severity = Severity.WARN if heard else Severity.BLOCK
            message = f"This speaks of {concept}, and no fact or promise of the profile does; cite one, or reword it."
            findings.append(found_at(RULE, severity, message, found.span()))
    return tuple(findings)
