"""Log in, log out, and the way to one's brands."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from console.access.logins import LoginRefused, log_in, log_out
from console.access.throttle import Throttle
from console.shared.cookies import clear_cookie, set_cookie
from console.shared.links import local_path
from console.shared.pages import go, pages_of
from console.shared.security import refuse_other_sites
from console.shared.visitors import ServicesIn, Visitor, VisitorIn, check_form, find_visitor
from domain.errors import AccessDenied

router = APIRouter(include_in_schema=False)
FORM_COOKIE = "earnest_login"


@router.get("/")
def show_home(request: Request, visitor: VisitorIn) -> Response:
    """Go to the only brand's queue, or show the visitor's brands side by side."""
    if len(visitor.brands) == 1:
        return go(f"/b/{visitor.brands[0].slug}/queue")
    counts = {brand.id: request.app.state.counts.of(brand.id) for brand in visitor.brands}
    return pages_of(request).render(
        request, "access/templates/brands.html", visitor=visitor, title="Brands", brand_counts=counts
    )


@router.get("/login")
def show_login(
    request: Request,
    services: ServicesIn,
    visitor: Annotated[Visitor | None, Depends(find_visitor)],
    next: str = "/",  # noqa: A002 - the name that people know from addresses
) -> Response:
    """Show the form; somebody who is logged in goes on."""
    if visitor is not None:
        return go(local_path(next))
    return _show_form(request, services, next_path=local_path(next))


@router.post("/login")
def send_login(
    *,
    request: Request,
    services: ServicesIn,
    login: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    csrf: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002 - as above
) -> Response:
    """Open a session and go on, or show the form again with the reason."""
    refuse_other_sites(request, address=services.settings.server.address)
    # The form and a cookie carry the same word, so that nobody is logged in as somebody else unawares.
    if not csrf or not secrets.compare_digest(request.cookies.get(FORM_COOKIE, "").encode(), csrf.encode()):
        raise AccessDenied("The log-in form is out of date; open it again, with cookies allowed.")
    throttle: Throttle = request.app.state.throttle
    address = request.client.host if request.client else "unknown"
    try:
        opened = log_in(services, throttle, login=login, password=password, address=address)
    except LoginRefused as refusal:
        status = 429 if refusal.retry_after else 401
        return _show_form(
            request, services, next_path=local_path(next), login=login, sentence=str(refusal), status=status,
            retry_after=refusal.retry_after,
        )  # fmt: skip
    answer = go(local_path(next))
    set_cookie(answer, services.settings, opened.secret)
    answer.delete_cookie(FORM_COOKIE, path="/login")
    return answer


@router.post("/logout", dependencies=[Depends(check_form)])
def send_logout(services: ServicesIn, visitor: VisitorIn) -> Response:
    """End the session."""
    log_out(services, visitor.session_id, user_id=visitor.access.user_id)
    answer = go("/login", said="logged_out")
    clear_cookie(answer, services.settings)
    return answer


def _show_form(
    request: Request,
    services: ServicesIn,
    *,
    next_path: str,
    login: str = "",
    sentence: str = "",
    status: int = 200,
    retry_after: int | None = None,
) -> Response:
    word = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(24)
    headers = {"retry-after": str(retry_after)} if retry_after else {}
    page = pages_of(request).render(
        request, "access/templates/login.html", title="Log in", status=status, headers=headers, word=word, login=login,
        sentence=sentence, next_path=next_path,
    )  # fmt: skip
    page.set_cookie(
        FORM_COOKIE, word, max_age=3600, path="/login", httponly=True, samesite="strict",
        secure=services.settings.server.cookies_are_secure,
    )  # fmt: skip
    return page
