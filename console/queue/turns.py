"""One request to the queue: what it asks for, the page that answers it, and going on after a decision."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.responses import Response

from config.brand.profile import Profile
from console.queue import deciding
from console.queue.canned import suiting
from console.queue.reading import Detail, Listing, Wanted, read_detail, read_list
from console.services import Services
from console.shared.choices import choose, choose_name
from console.shared.errors import status_of
from console.shared.pages import go, pages_of
from console.shared.threads import ask_for_threads
from console.shared.visitors import Desk, DeskIn, ServicesIn, revision_of
from domain.answers import Finding
from domain.errors import AccessDenied, EarnestError, NotFound, StaleWrite
from domain.labels import Intent
from domain.states import DraftState
from platforms.registry import capabilities_of
from responders.preparation import GATE
from storage.queries.paging import Cursor
from storage.tables import FindingRow

HEADINGS = {
    DraftState.PROPOSED: "Queue",
    DraftState.APPROVED: "Approved",
    DraftState.REJECTED: "Rejected",
    DraftState.EXPIRED: "Expired",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Who asks, at which brand, and what the list is narrowed to."""

    request: Request
    desk: Desk
    services: Services
    wanted: Wanted

    @property
    def profile(self) -> Profile:
        """The brand's profile in force."""
        return revision_of(self.services, self.desk).profile

    def read_listing(self, after: Cursor | None = None) -> Listing:
        """Return a page of the list."""
        with self.services.database.read() as session:
            return read_list(
                session, brand_id=self.desk.brand_id, user_id=self.desk.user_id, wanted=self.wanted,
                at=self.services.clock.now(), after=after,
            )  # fmt: skip

    def read_detail(self, draft_id: int) -> Detail:
        """Return one draft with all around it; raises NotFound."""
        with self.services.database.read() as session:
            return read_detail(
                session, draft_id=draft_id, brand_id=self.desk.brand_id, profile=self.profile,
                ask_gate=lambda mention: self.services.reviewer.ask_gate(session, mention=mention),
            )  # fmt: skip

    def show(
        self,
        *,
        draft_id: int | None,
        listing: Listing | None = None,
        picked: bool = True,
        text: str | None = None,
        error: EarnestError | None = None,
        focus: str = "",
    ) -> Response:
        """Return the page: the list, and one draft beside it with `text` in its editor."""
        profile = self.profile
        detail = self.read_detail(draft_id) if draft_id is not None else None
        if detail and detail.open and picked and error is None:
            ask_for_threads(self.services, self.desk, conversation_ids=[detail.draft.conversation_id])
        name = (detail.mention.author_name or detail.mention.handle) if detail and picked else ""
        return pages_of(self.request).render(
            self.request, "queue/templates/queue.html", desk=self.desk, status=status_of(error) if error else 200,
            title=f"{name} · Queue" if name else "Queue", heading=HEADINGS[self.wanted.state],
            listing=listing or self.read_listing(), detail=detail, wanted=self.wanted, picked=picked, error=error,
            focus=focus, stale=isinstance(error, StaleWrite), findings=self.findings(detail, text) if detail else [],
            may_review=detail is not None and _may_review(self.desk, detail),
            canned=suiting(profile, mention=detail.mention) if detail else [], language=profile.first_language,
            **_form(detail, text), **_choices(profile),
        )  # fmt: skip

    def findings(self, detail: Detail, text: str | None) -> Sequence[Finding | FindingRow]:
        """What was kept about the draft as it was proposed; of a text that a person wrote, what is said of it now."""
        shown = detail.draft.text if text is None else text.strip()
        if not detail.open or (shown == detail.draft.text == detail.draft.original_text):
            # What the gate said at the time; what it says now stands above the text.
            return [each for each in detail.findings if not detail.open or each.rule != GATE]
        return self.judge(detail.draft.id, shown)

    def judge(self, draft_id: int, text: str) -> list[Finding]:
        """Return what the guards say of a text now, each thing once however often it occurs."""
        found = self.services.guard(draft_id, text) if text else ()
        return list({(finding.rule, finding.message): finding for finding in found}.values())

    def decide(
        self, draft_id: int, act: Callable[[], str], *, text: str | None = None, stay: bool = False
    ) -> Response:  # fmt: skip
        """Do what a button says and go on to the next draft; show the draft again, text kept, when that fails."""
        try:
            deciding.require_review(self.services, self.desk, draft_id)
            following = draft_id if stay else self.read_listing().after(draft_id)
            said = act()
        except (AccessDenied, NotFound):
            raise
        except EarnestError as error:
            return self.show(draft_id=draft_id, text=text or None, error=error)
        self.request.app.state.counts.forget(self.desk.brand_id)
        return go(f"{self.desk.base}/queue{f'/{following}' if following else ''}{self.wanted.query}", said=said)

    def keep_text(self, draft_id: int, version: int, text: str) -> int:
        """Save an edit that came along with another decision, so that it isn't lost; return the version then."""
        if not text.strip():
            return version
        draft = deciding.require_review(self.services, self.desk, draft_id)
        return deciding.save(self.services, self.desk, draft=draft, version=version, text=text)


def read_turn(
    *,
    request: Request,
    desk: DeskIn,
    services: ServicesIn,
    state: str = "",
    intent: str = "",
    platform: str = "",
    language: str = "",
    mine: str = "",
    snoozed: str = "",
) -> Turn:
    """Return the request with what its address narrows the list to; what it doesn't know narrows nothing."""
    wanted = Wanted(
        state=choose(DraftState, state) or DraftState.PROPOSED, intent=choose(Intent, intent),
        platform=choose_name(platform), language=choose_name(language.lower()), mine=mine == "1",
        snoozed=snoozed == "1",
    )  # fmt: skip
    return Turn(request=request, desk=desk, services=services, wanted=wanted)


TurnIn = Annotated[Turn, Depends(read_turn)]


def _form(detail: Detail | None, text: str | None) -> dict[str, Any]:
    """What the editor holds: the draft's text, or the one that a person was about to send."""
    if detail is None:
        return {"text": "", "length": 0, "thread": [], "current": None}
    shown = detail.draft.text if text is None else text.replace("\r\n", "\n")
    return {
        "text": shown, "length": detail.capabilities.count(shown.strip()), "thread": detail.thread,
        "current": detail.mention.id,
    }  # fmt: skip


def _choices(profile: Profile) -> dict[str, Any]:
    return {
        "states": [(state, HEADINGS[state] if state is not DraftState.PROPOSED else "Waiting") for state in DraftState],
        "intents": [(intent, "not sure" if intent is Intent.ABSTAINED else intent) for intent in Intent],
        "platforms": [(name, capabilities_of(name).name) for name in profile.platforms],
    }  # fmt: skip


def _may_review(desk: Desk, detail: Detail) -> bool:
    return desk.may("REVIEW") or (detail.draft.case_id is not None and desk.may("REVIEW_CASES"))
