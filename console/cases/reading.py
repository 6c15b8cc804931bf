"""Reading cases: the list with what is due, and one case with everything about it."""

from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from sqlalchemy.orm import Session

from config.brand.profile import Profile
from console.shared.people import Known, read_person
from console.shared.threads import Entry, in_order, read_thread
from domain.states import ConversationState, MentionState
from storage.queries.around import (
    Colleague,
    SignedNote,
    clocks_of,
    colleagues,
    due_times,
    gestures_of,
    get_case,
    names_of,
    notes_of,
    openings_of,
)
from storage.queries.casework import (
    Event,
    drafted,
    events_of,
    follow_ups_of,
    living_draft,
    mentions_of_case,
)
from storage.queries.paging import Cursor
from storage.queries.queue import CaseItem, list_cases
from storage.tables import Case, Conversation, Draft, FollowUp, Gesture, Incident, Mention, SlaClock

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One line of the list."""

    item: CaseItem
    who: str
    words: str
    assignee: str | None
    due_at: datetime | None
    missed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseList:
    """A page of the list."""

    lines: list[CaseLine]
    next: Cursor | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDetail:
    """One case with everything about it."""

    case: Case
    conversation: Conversation
    incident: Incident | None
    mentions: list[Mention]
    thread: list[Entry]
    known: Known
    clocks: list[SlaClock]
    notes: list[SignedNote]
    gestures: list[Gesture]
    follow_ups: list[FollowUp]
    events: list[Event]
    colleagues: list[Colleague]
    draft: Draft | None
    answerable: Mention | None

    @property
    def assignee(self) -> str | None:
        """The name of who owns the case."""
        return next((each.name for each in self.colleagues if each.id == self.case.assignee_id), None)

    @property
    def deleted(self) -> int:
        """How many of the case's posts are deleted."""
        return sum(mention.state is MentionState.DELETED for mention in self.mentions)

    @property
    def emptied(self) -> bool:
        """Whether no post of the case is left."""
        return self.deleted == len(self.mentions)


def read_cases(
    session: Session, *, brand_id: int, state: ConversationState | None, assignee_id: int | None,
    after: Cursor | None = None,
) -> CaseList:  # fmt: skip
    """Return a page of the brand's cases, with who owns each and what is due."""
    page = list_cases(session, brand_id=brand_id, state=state, assignee_id=assignee_id, after=after, limit=PAGE)
    names = names_of(session, page.items)
    words = openings_of(session, [item.id for item in page.items])
    due = due_times(session, [item.id for item in page.items])
    owners = {each.id: each.name for each in colleagues(session, brand_id)}
    lines = []
    for item in page.items:
        due_at, missed = due.get(item.id, (None, False))
        lines.append(
            CaseLine(
                item=item, who=names[item.person_id], words=words.get(item.id, ""), due_at=due_at, missed=missed,
                assignee=owners.get(item.assignee_id or 0),
            )
        )  # fmt: skip
    return CaseList(lines=lines, next=page.next)


def read_case(session: Session, *, case_id: int, brand_id: int) -> CaseDetail:
    """Return one case of the brand with everything about it; raises NotFound."""
    case = get_case(session, case_id=case_id, brand_id=brand_id)
    mentions = mentions_of_case(session, case.id)
    ids = [mention.id for mention in mentions]
    conversations = dict.fromkeys((case.conversation_id, *(mention.conversation_id for mention in mentions)))
    thread = in_order(chain.from_iterable(read_thread(session, key) for key in conversations))
    spoken_for = drafted(session, ids)
    free = [mention for mention in mentions if mention.id not in spoken_for and mention.deleted_at is None]
    return CaseDetail(
        case=case, conversation=session.get_one(Conversation, case.conversation_id), mentions=mentions, thread=thread,
        incident=session.get(Incident, case.incident_id) if case.incident_id else None,
        known=read_person(session, case.person_id, besides=ids), clocks=clocks_of(session, case.id),
        notes=notes_of(session, case.conversation_id), gestures=gestures_of(session, case.id),
        follow_ups=follow_ups_of(session, case.id), events=events_of(session, kind="case", object_id=case.id),
        colleagues=colleagues(session, brand_id), draft=living_draft(session, ids),
        answerable=free[-1] if free else None,
    )  # fmt: skip


def offers(profile: Profile, offered: list[Gesture]) -> list[tuple[str, str]]:
    """Return the gestures that may still be offered on a case, by id, with name and cost."""
    kinds = {gesture.kind for gesture in offered}
    return [(each.id, f"{each.name} ({each.cost})") for each in profile.gestures if each.id not in kinds]
