"""Signs that a post's orders to a machine, or markup, found their way into a reply."""

import re

from domain.answers import Finding, Severity
from responders.guards.basis import Checked, found_at

RULE = "injection"
_SIGNS = re.compile(
    r"\b(?:ignore|disregard|forget) (?:all |any |the |your |my )*(?:previous|prior|above"
    r"|earlier)?\s*(?:instructions?|prompts?|rules)\b"
    r"|\bsystem prompt\b|\bdeveloper mode\b|\bas an ai\b|\blanguage model\b|\byou are now\b|\bjailbreak\b"
    r"|<\|?(?:system|assistant|user)"
    r"|\[/?inst\]|</?(?:script|iframe|img|svg|a|style|object)\b"
    r"|javascript:|onerror\s*=|\bignoriere? (?:alle"
    r"|die|deine) (?:vorherigen |bisherigen )?anweisungen"
    r"|\bignora (?:todas )?(?:las|tus) instrucciones|\bignorez? (?:toutes )?(?:les|tes) instructions"
    r"|\bignore (?:todas )?as instruções"
    r"|\bnegeer (?:alle|de|jouw) (?:vorige |eerdere )?instructies|निर्देशों को (?:अनदेखा|नज़रअंदाज़)"
    r"|تجاهل (?:كل )?التعليمات"
)
_HIDDEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\x00-\x08\x0b-\x1f\x7f]")


def check(draft: Checked) -> tuple[Finding, ...]:
    """Block orders to a machine and markup; point at invisible letters."""
    findings = [
        found_at(RULE, Severity.BLOCK, "This reads like an order to a machine or like markup; remove it.", found.span())
        for found in _SIGNS.finditer(draft.folded)
    ]
    if hidden := _HIDDEN.search(draft.text):
        findings.append(found_at(RULE, Severity.WARN, "An invisible character stands here; remove it.", hidden.span()))
    return tuple(findings)
