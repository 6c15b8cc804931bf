"""Auto-send (decision 5): what may go out without a person, where operator and brand both said so. Off by default."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.brand.answers import AutoSend
from config.operator import AllowedAutoSend
from domain.errors import EarnestError
from domain.states import DraftState
from domain.time import Clock
from responders.errors import LimitReached
from responders.review import Reviewer
from storage.database import Database
from storage.queries.brands import RevisionCache
from storage.queries.mentions import classification_of
from storage.tables import Brand, Draft, FindingRow, Mention, Reply

AUTO = "auto"
DAY = timedelta(days=1)
Refused = Callable[[int, EarnestError], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    draft_id: int
    version: int
    most: int


def send_unattended(
    database: Database,
    clock: Clock,
    profiles: RevisionCache,
    *,
    reviewer: Reviewer,
    allowed: Sequence[AllowedAutoSend],
    draft_ids: Sequence[int],
    refused: Refused,
) -> list[int]:
    """Queue those of fresh drafts that both files let go out unattended; return the replies' ids.

    Any finding of a guard, whatever its severity but info, and any refusal of the gate leaves the draft to a person;
    `refused` is told of the latter.
    """
    if not allowed:
        return []
    sent: list[int] = []
    for draft_id in draft_ids:
        with database.read() as session:
            candidate = _find(session, profiles, allowed, draft_id, now=clock.now())
        if candidate is None:
            continue
        room = partial(_require_room, most=candidate.most, since=clock.now() - DAY)
        try:
            sent += reviewer.approve_unattended(draft_id=candidate.draft_id, version=candidate.version, room=room)
        except EarnestError as error:
            refused(draft_id, error)
    return sent


def _find(
    session: Session, profiles: RevisionCache, allowed: Sequence[AllowedAutoSend], draft_id: int, *, now: datetime
) -> _Candidate | None:
    draft = session.get(Draft, draft_id)
    if draft is None or draft.state is not DraftState.PROPOSED or draft.case_id is not None:
        return None
    mention = session.get_one(Mention, draft.mention_id)
    slug = session.scalars(select(Brand.slug).where(Brand.id == draft.brand_id)).one()
    profile = profiles.current_of(session, draft.brand_id).profile
    by_operator = any(
        (rule.brand, rule.intent, rule.platform) == (slug, mention.intent, mention.platform) for rule in allowed
    )
    rule = next((rule for rule in profile.auto_send if _suits(rule, draft, mention)), None)
    if not by_operator or rule is None or mention.urgent or mention.toxic:
        return None
    if not _is_sure(session, mention, rule) or _has_findings(session, draft):
        return None
    if _sent_lately(session, mention, since=now - DAY) >= rule.max_per_day:
        return None
    return _Candidate(draft_id=draft.id, version=draft.version, most=rule.max_per_day)


def _suits(rule: AutoSend, draft: Draft, mention: Mention) -> bool:
    return (
        (rule.intent, rule.platform) == (mention.intent, mention.platform)
        and (not rule.short_codes or draft.short_code in rule.short_codes)
        and (not rule.languages or draft.language in rule.languages)
    )


def _is_sure(session: Session, mention: Mention, rule: AutoSend) -> bool:
    said = classification_of(session, mention.id)
    if said is None or mention.intent is None:
        return False
    return float(said.intent_scores.get(str(mention.intent), 0.0)) >= rule.min_confidence


def _has_findings(session: Session, draft: Draft) -> bool:
    query = select(FindingRow.id).where(FindingRow.draft_id == draft.id, FindingRow.severity != "info").limit(1)
    return session.scalar(query) is not None


def _require_room(session: Session, draft_id: int, *, most: int, since: datetime) -> None:
    mention = session.scalars(
        select(Mention).join(Draft, Draft.mention_id == Mention.id).where(Draft.id == draft_id)
    ).one()
    # Two that are queued at the same moment must not both be the last one of the day.
    session.scalars(select(Brand.id).where(Brand.id == mention.brand_id).with_for_update(key_share=True)).one()
    if _sent_lately(session, mention, since=since) >= most:
        raise LimitReached(f"{most} such replies went out unattended within a day; approve this one yourself.")


def _sent_lately(session: Session, mention: Mention, *, since: datetime) -> int:
    query = (
        select(func.count())
        .select_from(Reply)
        .join(Mention, Mention.id == Reply.mention_id)
        .where(
            Reply.brand_id == mention.brand_id,
            Reply.origin == AUTO,
            Reply.platform == mention.platform,
            Reply.created_at >= since,
            Mention.intent == mention.intent,
        )
    )
    return session.scalar(query) or 0
