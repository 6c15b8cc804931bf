"""The weekly digests: the list of weeks, each as a page, and its mail."""

from collections import OrderedDict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, Response

from console.services import Services
from console.shared.pages import go, pages_of
from console.shared.rights import Right
from console.shared.visitors import Desk, DeskIn, ServicesIn, allow
from digests.building import build_digest, read_figures
from digests.page import Charts, draw_charts, render_page
from digests.sending import mail_of, resend_mail
from digests.texts import load_texts
from domain.errors import InvalidInput
from domain.states import MailState
from domain.time import Week
from storage.queries.condition import digests_of, get_digest, mails_of
from storage.tables import Digest, DigestMail

router = APIRouter()
KEPT = 16
# The digest brings its own styles and pictures, and may do nothing else.
PAGE_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; "
        "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
    ),
    "x-frame-options": "SAMEORIGIN",
}


@router.get("/digests")
def show_digests(request: Request, desk: DeskIn, services: ServicesIn) -> Response:
    """Show the weeks there are, and how their mails went."""
    with services.database.read() as session:
        digests, mails = digests_of(session, desk.brand_id), mails_of(session, desk.brand_id)
    again = {mail.id for mail in mails.values() if _is_troubled(mail)}
    return pages_of(request).render(
        request, "digests/templates/list.html", desk=desk, title="Digests", digests=digests, mails=mails, again=again,
        running=Week.of(services.clock.now(), desk.zone),
    )  # fmt: skip


@router.get("/digests/{week}")
def show_digest(request: Request, desk: DeskIn, services: ServicesIn, week: str) -> Response:
    """Show one week inside the desk."""
    row, partial = _find(services, desk, week)
    with services.database.read() as session:
        mail = mails_of(session, desk.brand_id).get(row.id or 0)
    return pages_of(request).render(
        request, "digests/templates/digest.html", desk=desk, title=f"Digest {row.week}", digest=row, mail=mail,
        partial=partial, may_resend=mail is not None and _is_troubled(mail),
    )  # fmt: skip


@router.get("/digests/{week}/page")
def show_page(request: Request, desk: DeskIn, services: ServicesIn, week: str) -> Response:
    """Return the digest by itself, as it was mailed; what was erased since is left out."""
    row, _ = _find(services, desk, week)
    figures = read_figures(row)
    with services.database.read() as session:
        texts = load_texts(session, figures)
    gallery: Gallery = request.app.state.gallery
    address = f"{services.settings.server.address}{desk.base}/digests/{row.week}"
    return HTMLResponse(render_page(figures, texts, pictures=gallery.of(row), desk=address), headers=PAGE_HEADERS)


@router.post("/digests/{week}/resend")
def resend(desk: Annotated[Desk, Depends(allow(Right.MAIL))], services: ServicesIn, week: str) -> Response:
    """Mail a digest again, because a person looked and it didn't arrive."""
    with services.database.write() as session:
        row = get_digest(session, week=week, brand_id=desk.brand_id)
        mail = mail_of(session, row.id)
        if mail is None or not _is_troubled(mail):
            raise InvalidInput("This digest's mail isn't failed or unknown, so it isn't sent again.")
        resend_mail(session, services.jobs, mail_id=mail.id, user_id=desk.user_id, at=services.clock.now())
    return go(f"{desk.base}/digests", said="mail_again")


def _find(services: Services, desk: Desk, week: str) -> tuple[Digest, bool]:
    """Return the kept digest, or the running week's as it stands now, and whether it is that."""
    wanted = Week.parse(week)
    if wanted == Week.of(services.clock.now(), desk.zone):
        return build_digest(services.database, services.clock, brand_id=desk.brand_id, week=wanted), True
    with services.database.read() as session:
        return get_digest(session, week=str(wanted), brand_id=desk.brand_id), False


def _is_troubled(mail: DigestMail) -> bool:
    return mail.state in {MailState.FAILED, MailState.UNKNOWN}


class Gallery:
    """The pictures of the digests that were looked at last: drawing them takes a second."""

    def __init__(self) -> None:
        self._drawn: OrderedDict[tuple[int, datetime], Charts] = OrderedDict()

    def of(self, row: Digest) -> Charts:
        """Return a digest's pictures; those of a running week are drawn each time."""
        if not row.id:
            return draw_charts(read_figures(row))
        key = (row.id, row.created_at)
        if key not in self._drawn:
            self._drawn[key] = draw_charts(read_figures(row))
            while len(self._drawn) > KEPT:
                self._drawn.popitem(last=False)
        return self._drawn[key]
