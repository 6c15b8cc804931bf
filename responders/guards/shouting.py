"""Capitals and rows of exclamation marks, which sound like shouting, and more emoji than the voice likes."""

import re

from config.brand.voice import Emoji
from domain.answers import Finding, Severity
from responders.guards.basis import Checked, found_at

RULE = "shouting"
_CAPITALS = re.compile(r"\b[^\W\d_]{3,}(?:\W{1,3}[^\W\d_]{2,})+\b")
_MARKS = re.compile(r"[!?！？]{2,}")
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf\u2b50\u2b55](?:\ufe0f|[\U0001f3fb-\U0001f3ff])?")


def check(draft: Checked) -> tuple[Finding, ...]:
    """Point at two or more words in capitals, at “!!”, and at too many emoji."""
    findings = [
        found_at(RULE, Severity.WARN, "Capitals sound like shouting; write it in ordinary letters.", found.span())
        for found in _CAPITALS.finditer(draft.text)
        if found.group().isupper() and found.group() not in draft.knowledge.profile.name
    ]
    findings += [
        found_at(RULE, Severity.WARN, "One mark is enough.", found.span()) for found in _MARKS.finditer(draft.text)
    ]
    return (*findings, *_check_emoji(draft))


def _check_emoji(draft: Checked) -> tuple[Finding, ...]:
    most = {Emoji.NEVER: 0, Emoji.SPARING: 1, Emoji.FREE: 99}[draft.profile.voice.emoji]
    found = list(_EMOJI.finditer(draft.text))
    if len(found) <= most:
        return ()
    message = "The voice uses no emoji." if most == 0 else "The voice uses one emoji at most."
    return (found_at("emoji", Severity.WARN, message, found[most].span()),)
