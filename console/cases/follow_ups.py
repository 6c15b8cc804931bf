"""Follow-ups: the dated promises to look again, and keeping them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from console.services import Services
from console.shared.pages import go, pages_of
from console.shared.rights import Right
from console.shared.visitors import Desk, DeskIn, ServicesIn, allow
from domain.errors import NotFound
from responders import follow_ups
from storage.queries.casework import planned_looks
from storage.tables import FollowUp

router = APIRouter()
WorkerIn = Annotated[Desk, Depends(allow(Right.WORK_CASES))]


@router.get("/follow-ups")
def show_follow_ups(request: Request, desk: DeskIn, services: ServicesIn) -> Response:
    """Show what is due, and what is planned."""
    with services.database.read() as session:
        looks = planned_looks(session, brand_id=desk.brand_id)
    now = services.clock.now()
    return pages_of(request).render(
        request, "cases/templates/follow_ups.html", desk=desk, title="Follow-ups",
        due=[look for look in looks if look.due_at <= now], planned=[look for look in looks if look.due_at > now],
    )  # fmt: skip


@router.post("/follow-ups/{follow_up_id}/done")
def finish(request: Request, desk: WorkerIn, services: ServicesIn, follow_up_id: int) -> Response:
    """Say that somebody looked again."""
    _end(request, services, desk, follow_up_id, cancelled=False)
    return go(f"{desk.base}/follow-ups", said="followed_up")


@router.post("/follow-ups/{follow_up_id}/cancel")
def cancel(request: Request, desk: WorkerIn, services: ServicesIn, follow_up_id: int) -> Response:
    """Drop a follow-up."""
    _end(request, services, desk, follow_up_id, cancelled=True)
    return go(f"{desk.base}/follow-ups", said="follow_up_cancelled")


def _end(request: Request, services: Services, desk: Desk, follow_up_id: int, *, cancelled: bool) -> None:
    with services.database.write() as session:
        row = session.get(FollowUp, follow_up_id)
        if row is None or row.brand_id != desk.brand_id:
            raise NotFound(f"There is no follow-up {follow_up_id}.")
        end = follow_ups.cancel if cancelled else follow_ups.finish
        end(session, follow_up_id=follow_up_id, user_id=desk.user_id, at=services.clock.now())
    request.app.state.counts.forget(desk.brand_id)
