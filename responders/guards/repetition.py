"""The same words to many people lately: thanks that everybody gets are worth little."""

from domain.answers import Finding, Severity
from responders.guards.basis import Checked, found_at
from responders.texts import letters_of

RULE = "repetition"
MOST = 3


def check(draft: Checked) -> tuple[Finding, ...]:
    """Point at a text that went, but for the name, to three or more others; `recent` holds skeletons."""
    own = skeleton_of(draft.text, draft.author_name) if draft.recent else ""
    same = draft.recent.count(own) if own else 0
    if same < MOST:
        return ()
    message = f"Answers to {same} others lately have the same words; say something of their own to this person."
    return (found_at(RULE, Severity.WARN, message),)


def skeleton_of(text: str, name: str | None) -> str:
    """Return the letters of a text without the person's name, to compare texts by."""
    return letters_of(text.replace(name, "") if name else text)
