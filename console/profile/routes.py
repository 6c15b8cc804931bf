"""The brand's profile at the desk (decision 10): an edit is checked as a file is, and makes a revision too."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from config.brand.profile import Profile
from config.brand.reach import find_new_reach
from config.checks import Checks
from config.export import export_profile
from config.loading import read_brand
from config.mistakes import ConfigError
from console.services import Services
from console.shared.pages import go, pages_of
from console.shared.rights import Right
from console.shared.visitors import Desk, DeskIn, ServicesIn, allow
from domain.errors import InvalidInput, StaleWrite
from listener.checks import check_query
from storage.queries.brands import Revision, apply_profile, current_revision

router = APIRouter()
SettlerIn = Annotated[Desk, Depends(allow(Right.SETTLE))]
Text = Annotated[str, Form()]


@router.get("/profile")
def show_profile(request: Request, desk: DeskIn, services: ServicesIn) -> Response:
    """Show the profile in force, as the YAML that a brand file holds."""
    revision = services.profiles.current(desk.brand_id)
    return _show(request, desk, revision, text=export_profile(revision.profile))


@router.post("/profile")
def save_profile(
    request: Request, desk: SettlerIn, services: ServicesIn, text: Text = "", number: Text = ""
) -> Response:  # fmt: skip
    """Store an edited profile as the next revision, or show every mistake beside the text that was typed."""
    revision = services.profiles.current(desk.brand_id)
    try:
        profile = read_brand(text, name="profile", checks=Checks(expression=check_query))
        _store(services, desk, profile, number=number)
    except ConfigError as error:
        return _show(request, desk, revision, text=text, mistakes=[str(each) for each in error.mistakes], status=422)
    except (InvalidInput, StaleWrite) as error:
        return _show(request, desk, revision, text=text, mistakes=[str(error)], status=409)
    return go(f"{desk.base}/profile", said="profile_saved")


def _store(services: Services, desk: Desk, profile: Profile, *, number: str) -> None:
    if profile.slug != desk.slug:
        raise InvalidInput(f"The slug never changes: write slug: {desk.slug} again.")
    with services.database.write() as session:
        # Looked at inside the write transaction: two edits at once can't both follow the same revision.
        current = current_revision(session, desk.brand_id)
        if str(current.number) != number:
            raise StaleWrite(
                f"Revision {current.number} came in while you edited {number}; take what is new into your text."
            )
        if not desk.visitor.access.is_admin:
            _refuse_new_reach(profile, known=current.profile)
        apply_profile(
            session, profile=profile, by=desk.visitor.access.login, clock=services.clock, user_id=desk.user_id
        )  # fmt: skip


def _refuse_new_reach(profile: Profile, *, known: Profile) -> None:
    """Files of the server and other brands' secrets are the operator's to give (decision 25)."""
    places = find_new_reach(profile, known=known)
    if places:
        raise InvalidInput(
            f"{', '.join(places)}: where posts come from, which keys are used and where they go is the operator's to"
            " change; leave these as they are in force, or ask an administrator of the whole installation."
        )


def _show(
    request: Request, desk: Desk, revision: Revision, *, text: str, mistakes: list[str] | None = None, status: int = 200
) -> Response:
    return pages_of(request).render(
        request, "profile/templates/profile.html", desk=desk, status=status, title="Profile", revision=revision,
        text=text, mistakes=mistakes or [],
    )  # fmt: skip
