"""Where a mention goes: what is drafted, what becomes a case, what is filed and why."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from config.brand.listening import Answering, Purpose
from config.brand.profile import Profile
from domain.answers import Permission
from domain.classification import Classification
from domain.labels import Intent, Priority
from responders.drafting.selection import find_product
from responders.priorities import priority_of
from responders.waiting import Waiting

_ALSO_COMPLAINT = 0.2
# A refusal for these reasons leaves nothing to write; for the others a person answers by hand, with the draft.
_SILENCING = frozenset({"platform_never", "deleted", "too_old", "opted_out", "bot", "answered"})
_NUISANCE = frozenset({"contact_cap"})


class Route(StrEnum):
    """What becomes of a mention."""

    COUNTED = "counted"
    FILED = "filed"
    DRAFT = "draft"
    CASE = "case"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Where a mention goes; `reason` says why nothing is written, `drafts` whether something is."""

    route: Route
    priority: Priority
    drafts: bool = False
    idea: bool = False
    reason: str = ""
    hint: str = ""


def decide(waiting: Waiting, profile: Profile, ask_gate: Callable[[], Permission]) -> Decision:
    """Return where a mention goes, by its classification, its author, the gate and the brand's settings.

    The gate is asked only about what would be answered.
    """
    seen = waiting.classification
    priority = priority_of(seen, tier=waiting.tier, followers=waiting.followers, complaints_before=waiting.complaints)
    if waiting.counted_only:
        return Decision(route=Route.COUNTED, priority=priority, reason="too_old")
    idea = seen.intent is Intent.SUGGESTION or Intent.SUGGESTION in seen.also
    reason = _why_filed(waiting, profile)
    if reason:
        return Decision(route=Route.FILED, priority=priority, reason=reason)
    permission = ask_gate()
    silent = _why_silent(waiting, profile, permission)
    if seen.intent is Intent.COMPLAINT:
        return _decide_complaint(priority, silent, permission, idea=idea)
    if silent:
        return Decision(route=Route.FILED, priority=priority, idea=idea, reason=silent)
    hint = "" if permission.allowed else permission.reason
    return Decision(route=Route.DRAFT, priority=priority, drafts=True, idea=idea, hint=hint)


def _decide_complaint(priority: Priority, silent: str, permission: Permission, *, idea: bool) -> Decision:
    # Who asked not to be contacted isn't; but a danger is dealt with, whoever reports it.
    if silent == "opted_out" and priority is not Priority.URGENT:
        return Decision(route=Route.FILED, priority=priority, idea=idea, reason=silent)
    if silent in {"bot", "platform_never"}:
        return Decision(route=Route.FILED, priority=priority, idea=idea, reason=silent)
    hint = "" if permission.allowed else permission.reason
    return Decision(route=Route.CASE, priority=priority, drafts=not silent, idea=idea, reason=silent, hint=hint)


def _why_filed(waiting: Waiting, profile: Profile) -> str:
    """Why nobody needs to see it; empty when somebody does."""
    seen = waiting.classification
    if is_own(profile, waiting.platform, waiting.handle, waiting.author_external_id):
        return "own_account"
    if is_watched_only(profile, waiting.queries):
        return "watch_only"
    if profile.use_of(waiting.platform).answer is Answering.NEVER:
        return "platform_never"
    if seen.toxic and not seen.urgent and _is_trolling(waiting, profile):
        return "toxic"
    if seen.intent is Intent.OTHER and not _may_be_danger(seen):
        return "other"
    return ""


def _is_trolling(waiting: Waiting, profile: Profile) -> bool:
    """Abuse without a matter; a rude customer with a broken machine is a customer."""
    seen = waiting.classification
    if seen.intent in {Intent.OTHER, Intent.ABSTAINED}:
        return True
    return not seen.themes and not find_product(profile, waiting.text) and not waiting.thread


def _may_be_danger(seen: Classification) -> bool:
    """Urgent, and perhaps a complaint after all: a person looks."""
    return seen.urgent and not seen.toxic and seen.intent_scores.get(Intent.COMPLAINT, 0.0) >= _ALSO_COMPLAINT


def _why_silent(waiting: Waiting, profile: Profile, permission: Permission) -> str:
    """Why nothing is written although somebody looked; empty when something is."""
    # Two bots never answer each other more than once, and a proposal counts.
    if waiting.said_before and is_known_bot(profile, waiting):
        return "bot"
    if waiting.answered_at is not None:
        return "answered"
    if waiting.superseded:
        return "superseded"
    if permission.allowed:
        return ""
    if permission.rule in _SILENCING:
        return permission.rule
    # Thanking somebody too often is a nuisance; answering what they ask isn't.
    praising = waiting.classification.intent in {Intent.PRAISE, Intent.SUGGESTION}
    return permission.rule if permission.rule in _NUISANCE and praising else ""


def is_own(profile: Profile, platform: str, handle: str, external_id: str) -> bool:
    """Say whether an author is one of the brand's own accounts."""
    bare = handle.removeprefix("@").casefold()
    return any(
        account.platform == platform
        and (account.handle.removeprefix("@").casefold() == bare or account.id == external_id)
        for account in profile.accounts
    )


def is_known_bot(profile: Profile, waiting: Waiting) -> bool:
    """Say whether an author is a bot, by the platform's word or the brand's."""
    bare = waiting.handle.removeprefix("@").casefold()
    return waiting.is_bot or any(
        bot.platform == waiting.platform and bot.handle.removeprefix("@").casefold() == bare
        for bot in profile.known_bots
    )


def is_watched_only(profile: Profile, queries: tuple[str, ...]) -> bool:
    """Say whether every query that matched only counts: those of rivals, and those marked to watch."""
    known = {query.name: query for query in profile.queries}
    matched = [known[name] for name in queries if name in known]
    return bool(matched) and all(query.purpose is Purpose.WATCH or query.rival for query in matched)
