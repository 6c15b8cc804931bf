"""Cases: the list, one case, and what people do about it."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from console.cases.reading import offers, read_case, read_cases
from console.cases.working import CaseWork
from console.services import Services
from console.shared.choices import choose, choose_number, must_choose
from console.shared.errors import status_of
from console.shared.pages import go, pages_of
from console.shared.rights import Right
from console.shared.threads import ask_for_threads
from console.shared.visitors import Desk, DeskIn, ServicesIn, allow, revision_of
from domain.errors import AccessDenied, EarnestError, NotFound
from domain.labels import Priority
from domain.states import ConversationState
from responders import cases
from responders.gestures import offer_gesture
from storage.queries.around import get_case
from storage.queries.paging import Cursor
from storage.queries.queue import QUEUE_SHAPE, REPLY_SHAPE

router = APIRouter()
Text = Annotated[str, Form()]
Version = Annotated[int, Form()]
WorkerIn = Annotated[Desk, Depends(allow(Right.WORK_CASES))]


@router.get("/cases")
def show_cases(
    *, request: Request, desk: DeskIn, services: ServicesIn, state: str = "open", mine: str = "", after: str = ""
) -> Response:
    """Show the brand's cases, the most urgent first, or all with the newest first."""
    chosen = choose(ConversationState, state)
    shape = QUEUE_SHAPE if chosen else REPLY_SHAPE
    with services.database.read() as session:
        listing = read_cases(
            session, brand_id=desk.brand_id, state=chosen, assignee_id=desk.user_id if mine == "1" else None,
            after=Cursor.decode(after, shape=shape) if after else None,
        )  # fmt: skip
    return pages_of(request).render(
        request, "cases/templates/list.html", desk=desk, title="Cases", listing=listing, state=chosen,
        mine=mine == "1", states=list(ConversationState),
    )  # fmt: skip


@router.get("/cases/{case_id}")
def show_case(request: Request, desk: DeskIn, services: ServicesIn, case_id: int) -> Response:
    """Show one case."""
    with services.database.read() as session:
        case = get_case(session, case_id=case_id, brand_id=desk.brand_id)
    ask_for_threads(services, desk, conversation_ids=[case.conversation_id])
    return _page(request, services, desk, case_id)


class CaseForm:
    """A form that somebody sent about one case."""

    def __init__(
        self, *, request: Request, desk: WorkerIn, services: ServicesIn, case_id: int, version: Version
    ) -> None:  # fmt: skip
        """Take what every such form carries."""
        self.request, self.desk, self.services = request, desk, services
        self.case_id, self.version = case_id, version

    def do(self, act: Callable[[CaseWork], object], *, said: str, **kept: str) -> Response:
        """Do it and show the case; when that fails show it with the reason, and with what was written."""
        try:
            with self.services.database.write() as session:
                act(CaseWork(session, self.services, self.desk, self.case_id, self.version))
        except (AccessDenied, NotFound):
            raise
        except EarnestError as error:
            return _page(self.request, self.services, self.desk, self.case_id, error=error, kept=kept)
        self.request.app.state.counts.forget(self.desk.brand_id)
        return go(f"{self.desk.base}/cases/{self.case_id}", said=said)


FormIn = Annotated[CaseForm, Depends()]


@router.post("/cases/{case_id}/assign")
def assign(form: FormIn, assignee: Text = "") -> Response:
    """Give the case to somebody."""
    return form.do(lambda work: work.assign(choose_number(assignee)), said="assigned")


@router.post("/cases/{case_id}/priority")
def set_priority(form: FormIn, priority: Text = "") -> Response:
    """Change how soon the case must be answered."""

    def act(work: CaseWork) -> None:
        cases.set_priority(
            work.session, case_id=work.case_id, version=work.version, profile=work.profile,
            priority=must_choose(Priority, priority, what="priority"), user_id=form.desk.user_id, at=work.at,
        )  # fmt: skip

    return form.do(act, said="state_changed")


@router.post("/cases/{case_id}/state")
def change_state(form: FormIn, state: Text = "", until: Text = "") -> Response:
    """Park, snooze or open the case."""

    def act(work: CaseWork) -> None:
        work.change_state(must_choose(ConversationState, state, what="state"), until)

    return form.do(act, said="state_changed")


@router.post("/cases/{case_id}/resolve")
def resolve(form: FormIn, resolution: Text = "", follow_up: Text = "", follow_up_on: Text = "") -> Response:
    """Resolve the case with a word on how, and plan to look again."""

    def act(work: CaseWork) -> None:
        work.resolve(resolution, follow_up=follow_up == "1", follow_up_on=follow_up_on)

    return form.do(act, said="resolved", resolution=resolution)


@router.post("/cases/{case_id}/note")
def add_note(form: FormIn, note: Text = "") -> Response:
    """Keep a private note."""

    def act(work: CaseWork) -> None:
        cases.add_note(work.session, case_id=work.case_id, text=note, user_id=form.desk.user_id, at=work.at)

    return form.do(act, said="noted", note=note)


@router.post("/cases/{case_id}/labels")
def set_labels(form: FormIn, labels: Text = "") -> Response:
    """Replace the labels."""
    return form.do(lambda work: work.label(labels), said="labelled", labels=labels)


@router.post("/cases/{case_id}/gesture")
def offer(form: FormIn, gesture: Text = "") -> Response:
    """Record goodwill that is offered, with its cost."""

    def act(work: CaseWork) -> None:
        offer_gesture(
            work.session, case_id=work.case_id, version=work.version, gesture_id=gesture, profile=work.profile,
            user_id=form.desk.user_id, at=work.at,
        )  # fmt: skip

    return form.do(act, said="gesture_offered")


@router.post("/cases/{case_id}/draft")
def draft_reply(form: FormIn, mention: Text = "", text: Text = "") -> Response:
    """Put an answer into the queue, and go there."""
    made: list[int] = []
    answer = form.do(lambda work: made.append(work.draft(choose_number(mention) or 0, text)), said="drafted", text=text)
    return go(f"{form.desk.base}/queue/{made[0]}", said="drafted") if made else answer


def _page(
    request: Request, services: Services, desk: Desk, case_id: int, *, error: EarnestError | None = None,
    kept: dict[str, Any] | None = None,
) -> Response:  # fmt: skip
    with services.database.read() as session:
        detail = read_case(session, case_id=case_id, brand_id=desk.brand_id)
    profile = revision_of(services, desk).profile
    follow_up_on = (services.clock.now() + profile.follow_up_after).astimezone(desk.zone).date()
    return pages_of(request).render(
        request, "cases/templates/case.html", desk=desk, status=status_of(error) if error else 200,
        title=f"Case {case_id}", detail=detail, error=error, kept=kept or {}, priorities=list(Priority),
        offers=offers(profile, detail.gestures), plans={each.id: each.name for each in profile.gestures},
        follow_up_on=follow_up_on, thread=detail.thread, current=None,
    )  # fmt: skip
