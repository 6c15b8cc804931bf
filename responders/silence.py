"""Posts that ask not to be answered or contacted: a person records the wish, and nothing is written meanwhile."""

import re

from responders.texts import fold

_WISHES = re.compile(
    r"(?<!you )(?<!they )(?<!we )(?<!i )\b(?:do not|don't|dont|please no|stop|never|quit) (?:ever )?(?:reply"
    r"|contact|message|messag\w+|contacting"
    r"|replying|dm|mail"
    r"|email|e-mail|call|calling|write to|writing to)(?:ing)?\b(?! (?:\w+ )?(?:before|until|unless|if))"
    r"|\bleave me alone\b|\btake me off (?:your|the) list\b|\bopt(?:ing)? out of (?:all|any) (?:contact"
    r"|messages|mails)"
    r"|\bkeine? (?:antwort|nachrichten|mails|kontakt\w*) (?:mehr|bitte)\b|\bkontaktier\w* mich nicht\b"
    r"|\blasst mich in ruhe\b"
    r"|\bschreibt? mir nicht (?:mehr)?|\bno me (?:contact\w+|escrib\w+|respond\w+|llam\w+)\b|\bdejadme en paz\b"
    r"|\bne (?:me|m') ?(?:contact\w+|écriv\w+|répond\w+|appel\w+) (?:plus|pas)\b|\blaissez-moi tranquille\b"
    r"|\bnão me (?:contact\w+|escrev\w+|respond\w+|lig\w+)\b|\bdeixem-me em paz\b|\bnon (?:contattatemi"
    r"|scrivetemi|rispondetemi)\b"
    r"|\blaat me met rust\b|\b(?:neem|zoek) geen contact\b|\bstuur me niets meer\b|\blos my uit\b"
    r"|\bmoenie my (?:kontak|bel|skryf)\w*"
    r"|मुझे (?:संपर्क|कॉल|मैसेज|मेसेज) (?:न|मत|ना) कर|जवाब (?:न|मत) द|لا تتواصلوا معي|لا ترد|usinipigie|msiniandikie"
)


def asks_for_silence(text: str) -> bool:
    """Say whether a post plainly asks not to be answered or contacted, in one of a dozen languages."""
    return _WISHES.search(fold(text)) is not None
