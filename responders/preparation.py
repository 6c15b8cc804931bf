"""Between routing's two transactions: asking the drafter for each mention that is to get a draft."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from config.brand.profile import Profile
from domain.answers import DraftRequest, Finding, Severity
from domain.classification import Classification
from domain.labels import Intent, Sentiment
from domain.ports import Drafter
from domain.time import as_utc
from responders.drafting.names import first_name
from responders.guards.repetition import MOST as MOST_ALIKE
from responders.guards.repetition import RULE, skeleton_of
from responders.proposals import Proposal, empty_proposal, propose
from responders.rules import Decision, Route, is_known_bot
from responders.silence import asks_for_silence
from responders.waiting import Waiting
from storage.queries.brands import Revision

# The rule of a finding that repeats what the permission gate said when the draft was made.
GATE = "gate"
SILENCE = Finding(
    rule="no_contact", severity=Severity.BLOCK,
    message="They seem to ask not to be contacted; record that they opted out, and reject the draft.",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A mention with where it goes and, where something is to be written, what."""

    waiting: Waiting
    revision: Revision
    decision: Decision
    proposal: Proposal | None

    @property
    def profile(self) -> Profile:
        """The brand's profile that everything was decided under."""
        return self.revision.profile


def prepare(
    decided: Sequence[tuple[Waiting, Revision, Decision]],
    *,
    drafter: Drafter,
    recent: Mapping[int, Sequence[str]],
    now: datetime,
) -> Iterator[Prepared]:
    """Yield each mention with its draft; what is drafted for one counts as said before for the next.

    `recent` holds, for each brand, the skeletons of its latest texts.
    """
    said: defaultdict[int, list[str]] = defaultdict(list)
    alike: defaultdict[int, list[str]] = defaultdict(list, {brand: list(texts) for brand, texts in recent.items()})
    for waiting, revision, decision in decided:
        if decision.drafts and said[waiting.person_id] and is_known_bot(revision.profile, waiting):
            decision = Decision(route=Route.FILED, priority=decision.priority, reason="bot")  # noqa: PLW2901
        if not decision.drafts:
            yield Prepared(waiting=waiting, revision=revision, decision=decision, proposal=None)
            continue
        current = replace(waiting, said_before=(*said[waiting.person_id], *waiting.said_before))
        proposal = _draft(current, revision, decision, drafter=drafter, recent=alike[waiting.brand_id], now=now)
        if proposal.text:
            said[waiting.person_id].insert(0, proposal.text)
            alike[waiting.brand_id].append(skeleton_of(proposal.text, _name_of(waiting)))
        yield Prepared(waiting=waiting, revision=revision, decision=decision, proposal=proposal)


def as_request(waiting: Waiting, revision: Revision, now: datetime) -> DraftRequest:
    """Return what a drafter is told of a mention; a handle is not passed off as a name."""
    return DraftRequest(
        text=waiting.text, author_name=_display_name(waiting), platform=waiting.platform,
        classification=waiting.classification, revision_id=revision.id, thread=waiting.thread,
        thanked_before=waiting.contacts > 0, said_before=waiting.said_before, variant=waiting.id,
        today=as_utc(now).astimezone(revision.profile.zone).date(), parent=waiting.parent,
    )  # fmt: skip


def _draft(
    waiting: Waiting, revision: Revision, decision: Decision, *, drafter: Drafter, recent: Sequence[str], now: datetime
) -> Proposal:  # fmt: skip
    if asks_for_silence(waiting.text):
        return empty_proposal(SILENCE, language=waiting.classification.language)
    proposed = drafter.draft(as_request(waiting, revision, now))
    extra = [*_doubts(waiting.classification), *_hints(decision)]
    if proposed is not None:
        same = list(recent).count(skeleton_of(proposed.text, _name_of(waiting)))
        if same >= MOST_ALIKE:
            message = f"Answers to {same} others lately have the same words; say something of their own to this person."
            extra.append(Finding(rule=RULE, severity=Severity.WARN, message=message))
    return propose(proposed, language=waiting.classification.language, extra=extra)


def _doubts(seen: Classification) -> Iterator[Finding]:
    if seen.abstained:
        ranked = sorted(seen.intent_scores.items(), key=lambda item: item[1], reverse=True)[:2]
        scores = ", ".join(f"{intent} {score:.2f}" for intent, score in ranked)
        torn = seen.leaning is Intent.PRAISE and seen.sentiment is Sentiment.NEGATIVE
        message = f"The model wasn't sure: {scores}{', in a negative tone' if torn else ''}."
        yield Finding(rule="unsure", severity=Severity.WARN, message=message)
    if seen.toxic:
        message = "The post is abusive; answer its matter and not its tone, or reject the draft."
        yield Finding(rule="toxic", severity=Severity.WARN, message=message)


def _hints(decision: Decision) -> Iterator[Finding]:
    if decision.hint:
        yield Finding(rule=GATE, severity=Severity.INFO, message=decision.hint)


def _display_name(waiting: Waiting) -> str | None:
    name = waiting.author_name
    return None if name is None or name.removeprefix("@") == waiting.handle.removeprefix("@") else name


def _name_of(waiting: Waiting) -> str | None:
    return first_name(_display_name(waiting))
