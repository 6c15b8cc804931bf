"""Capitals and rows of exclamation marks, which sound like shouting, and more emoji than the voice likes."""

import re
from collections.abc import Iterator

from config.brand.voice import Emoji
from domain.answers import Finding, Severity
from responders.guards.basis import Checked, found_at

RULE = "shouting"
_WORD = re.compile(r"[^\W\d_]{2,}")
_FEWEST_LETTERS = 6
_MARKS = re.compile(r"[!?！？]{2,}")
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf\u2b50\u2b55](?:\ufe0f|[\U0001f3fb-\U0001f3ff])?")


def check(draft: Checked) -> tuple[Finding, ...]:
    """Point at two or more words in capitals, at “!!”, and at too many emoji."""
    findings = [
        found_at(RULE, Severity.WARN, "Capitals sound like shouting; write it in ordinary letters.", span)
        for span in _shouted(draft.text)
        if draft.folded[span[0] : span[1]] not in draft.knowledge.own
    ]
    findings += [
        found_at(RULE, Severity.WARN, "One mark is enough.", found.span()) for found in _MARKS.finditer(draft.text)
    ]
    return (*findings, *_check_emoji(draft))


def _shouted(text: str) -> Iterator[tuple[int, int]]:
    """Where two or more words in a row, of six letters or more together, stand in capitals."""
    run: list[re.Match[str]] = []
    for word in (*_WORD.finditer(text), None):
        if word is not None and word.group().isupper():
            run.append(word)
            continue
        if len(run) > 1 and sum(len(each.group()) for each in run) >= _FEWEST_LETTERS:
            yield run[0].start(), run[-1].end()
        run = []


def _check_emoji(draft: Checked) -> tuple[Finding, ...]:
    most = {Emoji.NEVER: 0, Emoji.SPARING: 1, Emoji.FREE: 99}[draft.profile.voice.emoji]
    found = list(_EMOJI.finditer(draft.text))
    if len(found) <= most:
        return ()
    message = "The voice uses no emoji." if most == 0 else "The voice uses one emoji at most."
    return (found_at("emoji", Severity.WARN, message, found[most].span()),)
