"""The API's reading half: who calls, the queue, cases, mentions, digests."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from console.api.models import (
    BrandOut,
    CaseOut,
    CasePage,
    DigestOut,
    DraftOut,
    EntryOut,
    FindingOut,
    MentionPage,
    QueuePage,
    ReplyOut,
    SessionOut,
)
from console.cases.reading import read_case
from console.mentions.routes import MentionSearch
from console.queue.turns import TurnIn
from console.shared.choices import choose
from console.shared.visitors import DeskIn, ServicesIn, VisitorIn
from domain.states import ConversationState
from storage.queries.condition import digests_of, get_digest, mails_of
from storage.queries.mentions import CURSOR_SHAPE, MentionView, get_mention, list_mentions
from storage.queries.paging import Cursor
from storage.queries.queue import QUEUE_SHAPE, REPLY_SHAPE, list_cases, list_queue

whoami = APIRouter(tags=["session"])
router = APIRouter()
Limit = Annotated[int, Query(ge=1, le=200)]


@whoami.get("/session")
def read_session(visitor: VisitorIn) -> SessionOut:
    """Say who is calling, for which brands, and the token for changes."""
    brands = [
        BrandOut(slug=brand.slug, name=brand.name, roles=sorted(visitor.access.roles[brand.id]))
        for brand in visitor.brands
    ]
    access = visitor.access
    return SessionOut(login=access.login, name=access.name, csrf_token=visitor.csrf_token, brands=brands)


@router.get("/queue", tags=["drafts"])
def read_queue(turn: TurnIn, after: str = "", limit: Limit = 50) -> QueuePage:
    """List drafts: the most urgent first, then the oldest."""
    wanted = turn.wanted
    with turn.services.database.read() as session:
        page = list_queue(
            session, brand_id=turn.desk.brand_id, state=wanted.state, limit=limit,
            filters=wanted.narrow(at=turn.services.clock.now(), user_id=turn.desk.user_id),
            after=Cursor.decode(after, shape=QUEUE_SHAPE) if after else None,
        )  # fmt: skip
    return QueuePage(items=list(page.items), next=page.next.encode() if page.next else None)


@router.get("/drafts/{draft_id}", tags=["drafts"])
def read_draft(turn: TurnIn, draft_id: int) -> DraftOut:
    """Return one draft with all that a decision needs."""
    detail = turn.read_detail(draft_id)
    draft, facts = detail.draft, detail.capabilities
    return DraftOut(
        id=draft.id, state=draft.state, priority=draft.priority, text=draft.text, language=draft.language,
        account=draft.account, version=draft.version, case_id=draft.case_id, assignee_id=draft.assignee_id,
        snoozed_until=draft.snoozed_until, mention=detail.mention, confidence=detail.confidence,
        thread=[EntryOut.model_validate(entry) for entry in detail.thread],
        findings=[FindingOut.model_validate(finding) for finding in turn.findings(detail, None)],
        replies=[ReplyOut.model_validate(reply) for reply in detail.replies],
        length=facts.count(draft.text), most=facts.max_length, allowed=detail.permission.allowed,
        refusal=detail.permission.reason or None,
    )  # fmt: skip


@router.get("/cases", tags=["cases"])
def read_cases(
    *, desk: DeskIn, services: ServicesIn, state: str = "", mine: bool = False, after: str = "", limit: Limit = 50
) -> CasePage:
    """List cases: in one state the most urgent first, otherwise the newest first."""
    chosen = choose(ConversationState, state)
    with services.database.read() as session:
        page = list_cases(
            session, brand_id=desk.brand_id, state=chosen, assignee_id=desk.user_id if mine else None, limit=limit,
            after=Cursor.decode(after, shape=QUEUE_SHAPE if chosen else REPLY_SHAPE) if after else None,
        )  # fmt: skip
    return CasePage(items=list(page.items), next=page.next.encode() if page.next else None)


@router.get("/cases/{case_id}", tags=["cases"])
def read_one_case(desk: DeskIn, services: ServicesIn, case_id: int) -> CaseOut:
    """Return one case with its clocks and what was said."""
    with services.database.read() as session:
        detail = read_case(session, case_id=case_id, brand_id=desk.brand_id)
    plain = {name: getattr(detail.case, name) for name in CaseOut.model_fields if hasattr(detail.case, name)}
    return CaseOut.model_validate({
        **plain, "clocks": detail.clocks, "thread": [EntryOut.model_validate(entry) for entry in detail.thread],
    })  # fmt: skip


@router.get("/mentions", tags=["mentions"])
def read_mentions(
    *, desk: DeskIn, services: ServicesIn, search: Annotated[MentionSearch, Depends()], after: str = "",
    limit: Limit = 50,
) -> MentionPage:  # fmt: skip
    """List mentions, newest first; `q` searches their words."""
    with services.database.read() as session:
        page = list_mentions(
            session, brand_id=desk.brand_id, filters=search.filters(desk), limit=limit,
            after=Cursor.decode(after, shape=CURSOR_SHAPE) if after else None,
        )  # fmt: skip
    return MentionPage(items=list(page.items), next=page.next.encode() if page.next else None)


@router.get("/mentions/{mention_id}", tags=["mentions"])
def read_mention(desk: DeskIn, services: ServicesIn, mention_id: int) -> MentionView:
    """Return one mention."""
    with services.database.read() as session:
        return get_mention(session, mention_id=mention_id, brand_ids=frozenset({desk.brand_id}))


@router.get("/digests", tags=["digests"])
def read_digests(desk: DeskIn, services: ServicesIn) -> list[DigestOut]:
    """List the weekly digests, the newest first."""
    with services.database.read() as session:
        mails = mails_of(session, desk.brand_id)
        return [
            DigestOut(week=row.week, created_at=row.created_at, mail=mails[row.id].state if row.id in mails else None)
            for row in digests_of(session, desk.brand_id)
        ]


@router.get("/digests/{week}", tags=["digests"])
def read_digest(desk: DeskIn, services: ServicesIn, week: str) -> dict[str, object]:
    """Return one week's figures, as they stood."""
    with services.database.read() as session:
        row = get_digest(session, week=week, brand_id=desk.brand_id)
    return {"week": row.week, "created_at": row.created_at, "model": row.model, "figures": row.figures}
