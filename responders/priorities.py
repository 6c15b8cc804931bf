"""How soon a mention must be answered.

| Mention | Starts at |
|---|---|
| a complaint that is urgent (danger, an outage, the law) | urgent |
| a question or suggestion that is urgent | high |
| a complaint with an urgency of a half or more, or of somebody who complained twice before | high |
| any other complaint, a question, an abstention | medium |
| praise, a suggestion | low |

A platinum or gold customer, and an author whom ten thousand people follow, raise it by one step, once, and never above
high: urgent is kept for what can't wait.
"""

from domain.classification import Classification
from domain.labels import Intent, Priority, Tier

MANY_FOLLOWERS = 10_000
_RAISING_TIERS = frozenset({Tier.PLATINUM, Tier.GOLD})
_STARTS = {
    Intent.COMPLAINT: Priority.MEDIUM,
    Intent.QUESTION: Priority.MEDIUM,
    Intent.ABSTAINED: Priority.MEDIUM,
    Intent.PRAISE: Priority.LOW,
    Intent.SUGGESTION: Priority.LOW,
    Intent.OTHER: Priority.LOW,
}


def priority_of(
    classification: Classification, *, tier: Tier, followers: int | None, complaints_before: int
) -> Priority:  # fmt: skip
    """Return how soon a mention must be answered, by the table above."""
    intent = classification.intent
    if classification.urgent and intent is Intent.COMPLAINT:
        return Priority.URGENT
    start = _STARTS[intent]
    if classification.urgent or (
        intent is Intent.COMPLAINT and (classification.urgency >= 0.5 or complaints_before >= 2)
    ):
        start = max(start, Priority.HIGH, key=lambda priority: priority.rank)
    raised = tier in _RAISING_TIERS or (followers or 0) >= MANY_FOLLOWERS
    order = list(Priority)
    return order[min(start.rank + 1, Priority.HIGH.rank)] if raised and start.rank < Priority.HIGH.rank else start
