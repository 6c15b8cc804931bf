"""Words that put the blame on the customer, or speak down to them."""

import re

from domain.answers import Finding, Severity
from responders.guards.basis import Checked, found_at

RULE = "blame"
_WORDS = re.compile(
    r"\byou should(?:n't| not)? have\b(?! (?:had|got|been|received|to))|\byour (?:own )?(?:fault|mistake)\b"
    r"|\byou failed\b|\byou didn't (?:read"
    r"|follow|check)\b"
    r"|\bas (?:we|i) (?:already )?(?:told|said|mentioned|explained)\b|\bcalm down\b|\bobviously\b"
    r"|\bif you had\b|\byou must have\b"
    r"|\bsorry (?:if|that) you feel\b|\bsorry you feel\b|\bwith all due respect\b|\bno other customer"
    r"|\bihre eigene schuld\b|\bdein fehler\b|\bihr fehler\b|\bhättest du (?:besser|nur|mal)\b"
    r"|\bhätten sie (?:besser|nur|mal)\b|\bwie (?:bereits"
    r"|schon) (?:gesagt|erwähnt)\b"
    r"|\bberuhigen sie sich\b|\bes (?:tu|su) culpa\b|\bdeberías haber\b|\bcálmate\b"
    r"|\bcomo ya (?:dijimos|te)\b"
    r"|\bvotre faute\b|\bta faute\b|\bvous auriez dû\b|\btu aurais dû\b|\bcalmez-vous\b"
    r"|\bcomme (?:déjà )?(?:dit|indiqué)\b"
    r"|\bculpa sua\b|\bsua culpa\b|\bvocê deveria ter\b|\bacalme-se\b|\bcolpa tua\b|\bavresti dovuto\b"
    r"|\bsi calmi\b"
    r"|\b(?:jouw|uw) (?:eigen )?(?:schuld|fout)\b|\bu had moeten\b|\bje had moeten\b|\brustig aan\b"
    r"|\bjou (?:eie )?(?:skuld|fout)\b"
    r"|आपकी गलती|आपको चाहिए था|خطأك|كان عليك|kosa lako|ungepaswa|\bna your fault\b"
)


def check(draft: Checked) -> tuple[Finding, ...]:
    """Point at blame in any of the languages that are listed here."""
    return tuple(
        found_at(RULE, Severity.WARN, f"“{found.group()}” blames or belittles; say what we do instead.", found.span())
        for found in _WORDS.finditer(draft.folded)
    )
