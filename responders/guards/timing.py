"""Promises of time: by tomorrow, within two hours, right away."""

import re

from domain.answers import Finding, Severity
from responders.guards.basis import Checked, found_at

RULE = "timing"
_COUNT = r"(?:\d+|a|an|one|two|three|four|five|six|seven|ten|few|couple of|the next(?: \w+)?|the)"
_DAYS = r"tomorrow|tonight|today|noon|monday|tuesday|wednesday|thursday|friday|saturday|sunday|next week|end of"
_ANY = re.compile(
    rf"\b(?:by|until|before|no later than) (?:{_DAYS}|\d)\w*"
    rf"|\bwithin {_COUNT} (?:\w+ )?(?:minute|hour|day|week|month)s?\b|\bwithin (?:minute|hour|day)s\b"
    rf"|\bin {_COUNT} (?:\w+ )?(?:minute|hour|day|week)s?\b(?! ago)"
    r"|\b(?:you'?ll|we'?ll|will) [^.!?\n]{0,60}\b(?:tomorrow|tonight|today|next week|by \w+day)\b"
    r"|\bimmediately\b|\bright away\b|\bstraight ?away\b|\binstantly\b|\bin no time\b|\bfirst thing (?:tomorrow"
    r"|in the morning|on \w+day)\b"
    r"|\bbis (?:morgen|heute|übermorgen|spätestens|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag"
    r"|ende)\b"
    r"|\binnerhalb (?:von )?(?:der |eines? |einer )?\S+ ?(?:minuten?|stunden?|tag\w*|werktag\w*|wochen?)?"
    r"|\bin (?:\d+|ein\w+|zwei|drei|wenigen|kürze) ?(?:minuten?|stunden?|tagen?|werktagen|wochen?)\b"
    r"|\bumgehend\b|\bsofort\b"
    r"|\b(?:antes del?|para el|a más tardar) (?:mañana|lunes|martes|miércoles|jueves|viernes|sábado|domingo|hoy)\b"
    r"|\b(?:en|dentro de) (?:menos de )?(?:\d+|un[ao]?|dos|tres|pocos) (?:minutos?|horas?|días?|semanas?)\b"
    r"|\binmediatamente\b"
    r"|\b(?:d'ici|avant|sous|dans) (?:les? |un[e]? |deux |trois |\d+ ?)*(?:demain|lundi|mardi|mercredi|jeudi"
    r"|vendredi|minutes?"
    r"|heures?|jours?|semaines?|ce soir)\b|\bimmédiatement\b|\btout de suite\b"
    r"|\b(?:até|em|dentro de) (?:menos de )?(?:\d+ |um |uma |dois |duas |poucos )?(?:amanhã|segunda|terça"
    r"|quarta|quinta|sexta|hoje"
    r"|minutos?|horas?|dias?|semanas?)\b|\bimediatamente\b"
    r"|\b(?:entro|tra) (?:domani|oggi|lunedì|martedì|mercoledì|giovedì|venerdì|(?:\d+|un|una|due|tre"
    r"|pochi) (?:minuti|or[ae]"
    r"|giorn[oi]|settiman[ae]))\b|\bsubito\b"
    r"|\b(?:binnen|voor|uiterlijk) (?:\d+ |een |twee |enkele )?(?:morgen|vandaag|maandag|vrijdag|minuten|uur"
    r"|dagen|werkdagen|weken)\b"
    r"|\bbinne (?:\d+ |'n |twee |drie )?(?:minute|uur|dae|werksdae|weke)\b|\bteen môre\b|\bonmiddellijk\b"
    r"|\bonmiddellik\b|\bdadelik\b"
    r"|(?:कल|आज|सोमवार|शुक्रवार) तक|(?:घंटे|घंटों|मिनट|दिन|दिनों) (?:में|के भीतर|के अंदर)|तुरंत"
    r"|(?:خلال|في غضون) \S+|(?:قبل|بحلول) (?:الغد|غد)|فورا"
    r"|ndani ya \S+|kufikia kesho|mara moja|\bbefore tomorrow\b|\bsharp sharp\b"
)


def check(draft: Checked) -> tuple[Finding, ...]:
    """Block a time that no fact or promise of the profile gives."""
    findings = []
    for found in _ANY.finditer(draft.folded):
        words = found.group().strip()
        if draft.is_stated(*found.span()) or words in draft.knowledge.stated:
            continue
        message = f"“{words}” promises a time that the profile doesn't; cite a promise, or leave it out."
        findings.append(found_at(RULE, Severity.BLOCK, message, found.span()))
    return tuple(findings)
