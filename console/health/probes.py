"""What machines ask: alive, ready, counts; and the operator's word that this installation may send."""

from ipaddress import ip_address
from secrets import compare_digest
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from sqlalchemy.exc import OperationalError
from starlette.responses import JSONResponse, Response

from console.shared.links import local_path
from console.shared.pages import go
from console.shared.visitors import ServicesIn, VisitorIn, check_form
from domain.errors import AccessDenied
from responders.unknown import look_up_doubted
from storage.instance import confirm_sending
from storage.migration import Version, version

router = APIRouter(include_in_schema=False)
CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"


@router.get("/healthz")
def say_alive() -> Response:
    """Say that the process answers."""
    return JSONResponse({"alive": True})


@router.get("/readyz")
def say_ready(services: ServicesIn) -> Response:
    """Say whether the database is of this version and the engine works; 503 when not."""
    try:
        current = version(services.database) is Version.CURRENT
    except OperationalError:
        current = False
    alive = current and services.engine().alive
    found = {"database": current, "engine": alive}
    return JSONResponse({"ready": all(found.values()), **found}, status_code=200 if all(found.values()) else 503)


@router.get("/metrics")
def show_metrics(request: Request, services: ServicesIn) -> Response:
    """Return OpenMetrics to this machine, or to whoever has the token."""
    if not _may_measure(request, services.metrics_token):
        raise AccessDenied(
            "Counts are for this machine alone; ask from it, or send the secret of server.metrics_secret as a bearer."
        )
    return Response(services.metrics(), media_type=CONTENT_TYPE)


@router.post("/sending/confirm", dependencies=[Depends(check_form)])
def confirm(visitor: VisitorIn, services: ServicesIn, back: Annotated[str, Form()] = "/") -> Response:
    """Turn sending on, because an admin says that this is the installation that answers (decision 13)."""
    if not visitor.access.is_admin:
        raise AccessDenied("Only an admin can say that this installation may send; ask one of them.")
    with services.database.write() as session:
        confirm_sending(session, data_dir=services.data_dir, clock=services.clock, user_id=visitor.id)
        look_up_doubted(session, services.jobs, at=services.clock.now())
    return go(local_path(back), said="sending_on")


def _may_measure(request: Request, token: str | None) -> bool:
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if token and compare_digest(given.encode(), token.encode()):
        return True
    # A reverse proxy on this machine passes strangers on, and says so.
    if {"x-forwarded-for", "forwarded"} & set(request.headers):
        return False
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False
