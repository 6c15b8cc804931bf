"""Asking a customer for what they already said."""

import re

from domain.answers import Finding, Severity
from responders.guards.basis import Checked, found_at
from responders.texts import fold

RULE = "asking_again"
_ORDER = re.compile(
    r"order (?:number|no|id|#)|your order(?=[^.!\n]*\?)|bestellnummer|auftragsnummer|número de pedido"
    r"|numéro de commande"
    r"|número d[ao] (?:pedido|encomenda)|numero d'ordine|bestelnummer|bestelnommer|ऑर्डर नंबर|رقم الطلب"
    r"|nambari ya oda"
)
_MAIL = re.compile(r"e-?mail|correo|courriel|adresse mail|ईमेल|البريد|barua pepe")
_WHICH = re.compile(
    r"which (?:product|model|one)|welches (?:produkt|modell)|qué (?:producto|modelo)|quel(?:le)? (?:produit|modèle)"
    r"|qual (?:produto|modelo)|quale (?:prodotto|modello)|welk (?:product|model)|watter (?:produk|model)"
    r"|कौन सा उत्पाद"
)
_SAID_ORDER = re.compile(
    r"(?:order|bestell\w*|pedido|commande|encomenda|ordine|bestelling|ऑर्डर"
    r"|طلب)\W{0,3}(?:\w+\W+){0,2}?#?[a-z]*-?\d{4,}"
    r"|#\d{4,}"
)
_SAID_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_REQUEST = re.compile(
    r"\?|send|tell|share|give|let us know|please|bitte|schick|por favor|envía|dinos|merci de|envoyez|s'il|stuur"
    r"|graag|asseblief"
    r"|कृपया|भेज|يرجى|ارسل|tafadhali|abeg"
)
_PAIRS = ((_ORDER, _SAID_ORDER, "an order number"), (_MAIL, _SAID_MAIL, "a mail address"))


def check(draft: Checked) -> tuple[Finding, ...]:
    """Point at a question whose answer stands in the mention or its thread."""
    if not _REQUEST.search(draft.folded):
        return ()
    heard = draft.heard
    findings = []
    for asked, said, what in _PAIRS:
        found = asked.search(draft.folded)
        if found and said.search(heard):
            findings.append(found_at(RULE, Severity.WARN, f"They gave {what} already; don't ask again.", found.span()))
    found = _WHICH.search(draft.folded)
    if found and any(fold(product.name) in heard for product in draft.profile.products):
        findings.append(found_at(RULE, Severity.WARN, "They named the product already; don't ask again.", found.span()))
    return tuple(findings)
