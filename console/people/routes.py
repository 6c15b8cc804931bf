"""One page a person: who they are to the brand, what they wrote, what we answered, and their wishes."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from console.services import Services
from console.shared.choices import must_choose
from console.shared.pages import go, pages_of
from console.shared.people import read_person
from console.shared.rights import Right
from console.shared.visitors import Desk, DeskIn, ServicesIn, allow
from domain.labels import Tier
from people.consent import opt_in, opt_out
from storage import audit
from storage.queries.around import get_person
from storage.queries.casework import events_of, replies_to_person

router = APIRouter()
KnowerIn = Annotated[Desk, Depends(allow(Right.KNOW))]


@router.get("/people/{person_id}")
def show_person(request: Request, desk: DeskIn, services: ServicesIn, person_id: int) -> Response:
    """Show one person."""
    with services.database.read() as session:
        get_person(session, person_id=person_id, brand_id=desk.brand_id)
        known = read_person(session, person_id, limit=40)
        replies = replies_to_person(session, person_id)
        events = events_of(session, kind="person", object_id=person_id)
    return pages_of(request).render(
        request, "people/templates/person.html", desk=desk, title=known.name, known=known, replies=replies,
        events=events, tiers=list(Tier),
    )  # fmt: skip


@router.post("/people/{person_id}/opt-out")
def send_opt_out(desk: KnowerIn, services: ServicesIn, person_id: int) -> Response:
    """Record that the person asked not to be contacted."""
    _require(services, desk, person_id)
    with services.database.write() as session:
        opt_out(session, person_id=person_id, at=services.clock.now(), user_id=desk.user_id)
    return go(f"{desk.base}/people/{person_id}", said="opted_out")


@router.post("/people/{person_id}/opt-in")
def send_opt_in(desk: KnowerIn, services: ServicesIn, person_id: int) -> Response:
    """Take an opt-out back, because the person said so."""
    _require(services, desk, person_id)
    with services.database.write() as session:
        opt_in(session, person_id=person_id, at=services.clock.now(), user_id=desk.user_id)
    return go(f"{desk.base}/people/{person_id}", said="opted_in")


@router.post("/people/{person_id}/tier")
def send_tier(
    desk: KnowerIn, services: ServicesIn, person_id: int, tier: Annotated[str, Form()] = ""
) -> Response:  # fmt: skip
    """Say of what value the person is to the brand; platinum is only ever given by a person."""
    chosen = must_choose(Tier, tier, what="tier")
    with services.database.write() as session:
        person = get_person(session, person_id=person_id, brand_id=desk.brand_id)
        audit.record(
            session, at=services.clock.now(), action="person.tier", object_kind="person", object_id=person.id,
            brand_id=desk.brand_id, user_id=desk.user_id, details={"from": person.tier, "to": chosen},
        )  # fmt: skip
        person.tier = chosen
    return go(f"{desk.base}/people/{person_id}", said="tier_changed")


def _require(services: Services, desk: Desk, person_id: int) -> None:
    with services.database.read() as session:
        get_person(session, person_id=person_id, brand_id=desk.brand_id)
