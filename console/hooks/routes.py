"""POST /hooks/{brand}: signed deliveries of posts from other systems."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from config.brand.sources import WebhookSource
from console.services import Services
from console.shared.visitors import ServicesIn
from domain.errors import InvalidInput, NotFound
from listener.collectors.webhook import HookResult, receive
from listener.intake import Intake
from storage.tables import Brand, Source

router = APIRouter(prefix="/hooks", include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """Where a delivery goes, and what it must be signed with; None where the operator hasn't set the secret."""

    source_id: int
    secret: str | None


def find_hook(services: ServicesIn, brand: str, source: str = "") -> Hook:
    """Return the brand's webhook source; `source` chooses where it has several. NotFound says nothing of brands."""
    missing = NotFound("There is no hook at this address; look at the brand's sources of type webhook.")
    with services.database.read() as session:
        brand_id = session.scalar(select(Brand.id).where(Brand.slug == brand, Brand.active))
        if brand_id is None:
            raise missing
        profile = services.profiles.current_of(session, brand_id).profile
        hooks = [each for each in profile.sources if isinstance(each, WebhookSource) and each.enabled]
        chosen = [each for each in hooks if source in {"", each.id}]
        if not chosen:
            raise missing
        if len(chosen) > 1:
            raise InvalidInput("This brand has several hooks; add ?source= and the id of one to the address.")
        source_id = session.scalar(
            select(Source.id).where(Source.brand_id == brand_id, Source.key == chosen[0].id, Source.enabled)
        )
    if source_id is None:
        raise missing
    return Hook(source_id=source_id, secret=services.hook_secret(chosen[0].signing_secret))


@router.post("/{brand}")
async def take_delivery(
    request: Request, services: ServicesIn, hook: Annotated[Hook, Depends(find_hook)]
) -> Response:  # fmt: skip
    """Verify and save one delivery."""
    if hook.secret is None:
        return JSONResponse({"error": "The hook's secret isn't set on this machine; its operator sets it."}, 503)
    body = await request.body()
    result = await run_in_threadpool(_receive, services, request, hook.source_id, hook.secret, body)
    if result.status >= 400:
        return JSONResponse({"error": result.message}, result.status)
    done = {"new": result.posts.new, "rejected": result.posts.rejected} if result.posts else {}
    return JSONResponse({"message": result.message, **done}, result.status)


def _receive(services: Services, request: Request, source_id: int, secret: str, body: bytes) -> HookResult:
    intake: Intake = request.app.state.intake
    return receive(
        services.database, intake, services.clock, source_id=source_id, secret=secret, headers=request.headers,
        body=body,
    )  # fmt: skip
