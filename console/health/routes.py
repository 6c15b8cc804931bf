"""The health of one brand's listening and sending, and the buttons that mend it."""

from collections.abc import Collection, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from console.services import Services
from console.shared.links import safe_url
from console.shared.pages import go, pages_of
from console.shared.rights import Right
from console.shared.visitors import Desk, DeskIn, ServicesIn, allow, revision_of
from domain.errors import InvalidInput
from domain.states import ReplyState, SourceState
from listener.condition import restart_source
from listener.notices import list_untold
from listener.outlook import outlooks_of
from listener.overdue import count_overdue
from platforms.registry import capabilities_of
from storage import audit
from storage.jobs import Job, JobKind
from storage.queries.condition import (
    count_letters,
    gaps_of,
    get_reply,
    get_source,
    letters_of,
    sources_of,
    troubled_replies,
)
from storage.tables import Source

_TROUBLED = frozenset({ReplyState.FAILED, ReplyState.UNKNOWN})
# What waits can still be called back; to send it again would send it twice.
_RECALLABLE = _TROUBLED | {ReplyState.QUEUED}

router = APIRouter()
MenderIn = Annotated[Desk, Depends(allow(Right.MEND))]


@router.get("/health")
def show_health(request: Request, desk: DeskIn, services: ServicesIn) -> Response:
    """Show what is well and what is not."""
    with services.database.read() as session:
        sources = sources_of(session, desk.brand_id)
        gaps = gaps_of(session, desk.brand_id, at=services.clock.now())
        letters, count = letters_of(session, desk.brand_id), count_letters(session, desk.brand_id)
        replies = troubled_replies(session, desk.brand_id)
        overdue = _overdue(session, services, desk, sources)
        untold = list_untold(session, brand_id=desk.brand_id)
        profile = revision_of(services, desk).profile
        spent = outlooks_of(session, brand_id=desk.brand_id, profile=profile, now=services.clock.now())
    return pages_of(request).render(
        request, "health/templates/health.html", desk=desk, title="Health", sources=sources, gaps=gaps,
        letters=letters, letter_count=count, replies=replies, engine=services.engine(), version=services.version,
        model=services.model, keys={source.id: source.key for source in sources},
        certain={reply.platform: capabilities_of(reply.platform).absence_is_certain for reply in replies},
        troubled=[source for source in sources if source.enabled and source.state is not SourceState.ACTIVE],
        overdue=overdue, spent=spent, untold=untold,
    )  # fmt: skip


def _overdue(session: Session, services: Services, desk: Desk, sources: Sequence[Source]) -> dict[int, int]:
    """Return how many posts of each source weren't looked at again in time, where there are any."""
    profile, now = revision_of(services, desk).profile, services.clock.now()
    counts = {source.id: count_overdue(session, source, profile, now=now) for source in sources}
    return {source_id: count for source_id, count in counts.items() if count}


@router.post("/sources/{source_id}/restart")
def restart(desk: MenderIn, services: ServicesIn, source_id: int) -> Response:
    """Let a source be read at once, after whatever was wrong is mended."""
    now = services.clock.now()
    with services.database.write() as session:
        source = get_source(session, source_id=source_id, brand_id=desk.brand_id)
        restart_source(session, source_id=source.id, now=now)
        audit.record(
            session, at=now, action="source.restarted", object_kind="source", object_id=source.id,
            brand_id=desk.brand_id, user_id=desk.user_id,
        )  # fmt: skip
    return go(f"{desk.base}/health", said="source_on")


@router.post("/replies/{reply_id}/look-up")
def look_up(desk: MenderIn, services: ServicesIn, reply_id: int) -> Response:
    """Ask the platform once more whether the reply is there."""
    now = services.clock.now()
    with services.database.write() as session:
        reply = get_reply(session, reply_id=reply_id, brand_id=desk.brand_id)
        if reply.state is not ReplyState.UNKNOWN:
            raise InvalidInput(f"This reply is {reply.state}, so there is nothing to look up.")
        key = f"look_up:{reply.id}:{reply.attempts}.{reply.lookups}.asked.{int(now.timestamp())}"
        services.jobs.enqueue(session, Job(kind=JobKind.LOOK_UP, key=key, ids=(reply.id,)))
        audit.record(
            session, at=now, action="reply.look_up_asked", object_kind="reply", object_id=reply.id,
            brand_id=desk.brand_id, user_id=desk.user_id,
        )  # fmt: skip
    return go(f"{desk.base}/health", said="looked_up")


@router.post("/replies/{reply_id}/sent")
def confirm_sent(
    request: Request, desk: MenderIn, services: ServicesIn, reply_id: int, url: Annotated[str, Form()] = ""
) -> Response:
    """Take a person's word that the reply is out."""
    if url.strip() and not safe_url(url):
        raise InvalidInput("The address of the reply must begin with https://; correct it or leave it empty.")
    _require(services, desk, reply_id, _TROUBLED)
    services.unknown.decide_sent(reply_id=reply_id, user_id=desk.user_id, url=safe_url(url))
    request.app.state.counts.forget(desk.brand_id)
    return go(f"{desk.base}/health", said="recorded")


@router.post("/replies/{reply_id}/resend")
def resend(request: Request, desk: MenderIn, services: ServicesIn, reply_id: int) -> Response:
    """Send again, because a person looked and it isn't there, or what failed is mended."""
    _require(services, desk, reply_id, _TROUBLED)
    services.unknown.decide_resend(reply_id=reply_id, user_id=desk.user_id)
    request.app.state.counts.forget(desk.brand_id)
    return go(f"{desk.base}/health", said="requeued")


@router.post("/replies/{reply_id}/withdraw")
def withdraw(request: Request, desk: MenderIn, services: ServicesIn, reply_id: int) -> Response:
    """Never send the reply."""
    _require(services, desk, reply_id, _RECALLABLE)
    services.unknown.withdraw(reply_id=reply_id, user_id=desk.user_id)
    request.app.state.counts.forget(desk.brand_id)
    return go(f"{desk.base}/health", said="withdrawn")


def _require(services: Services, desk: Desk, reply_id: int, states: Collection[ReplyState]) -> None:
    with services.database.read() as session:
        reply = get_reply(session, reply_id=reply_id, brand_id=desk.brand_id)
    if reply.state not in states:
        raise InvalidInput(f"This reply is {reply.state} now; reload the page and look again.")
