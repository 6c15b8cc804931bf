"""Thanks for praise where there may be none: a cheerful answer to a complaint hurts more than silence."""

from collections.abc import Iterator

from domain.answers import Finding, Severity
from domain.classification import Classification
from domain.labels import Intent, Sentiment
from responders.guards.basis import Checked, found_at

RULE = "thanks"
# From this probability on a complaint is likely enough for a person to read the post again.
LIKELY = 0.25


def check(draft: Checked) -> tuple[Finding, ...]:
    """Point at an answer written for praise where the post sounds negative or may be a complaint."""
    if draft.seen is None or not _celebrates(draft):
        return ()
    doubts = " and ".join(_doubts(draft.seen))
    if not doubts:
        return ()
    message = f"This thanks for praise, but the post {doubts}; read it again, and write another answer if it complains."
    return (found_at(RULE, Severity.WARN, message),)


def _celebrates(draft: Checked) -> bool:
    """Whether the text is a canned response for praise; one that answers complaints too celebrates nothing."""
    intents = next((each.intents for each in draft.profile.canned_responses if each.short_code == draft.short_code), ())
    return Intent.PRAISE in intents and Intent.COMPLAINT not in intents


def _doubts(seen: Classification) -> Iterator[str]:
    if seen.sentiment is Sentiment.NEGATIVE:
        yield "sounds negative"
    likely = seen.intent_scores.get(Intent.COMPLAINT, 0.0)
    if likely >= LIKELY:
        yield f"may be a complaint ({likely:.2f})"
