"""What a button on a case does: each takes the version that the person saw."""

from datetime import datetime, time

from sqlalchemy.orm import Session

from config.brand.profile import Profile
from console.services import Services
from console.shared.choices import choose_day, choose_instant
from console.shared.drafts import begin_draft
from console.shared.visitors import Desk
from domain.errors import InvalidInput
from domain.states import ConversationState
from responders import cases
from storage.queries.around import colleagues, get_case
from storage.tables import Case, Conversation, Mention

MOST_LABELS, LONGEST_LABEL = 20, 40


class CaseWork:
    """The changes to one case, inside one write transaction."""

    def __init__(self, session: Session, services: Services, desk: Desk, case_id: int, version: int) -> None:
        """Raises NotFound for a case of another brand."""
        get_case(session, case_id=case_id, brand_id=desk.brand_id)
        self.session, self.services, self.desk = session, services, desk
        self.case_id, self.version = case_id, version
        self.profile: Profile = services.profiles.current_of(session, desk.brand_id).profile
        self.at = services.clock.now()

    def assign(self, assignee_id: int | None) -> None:
        """Give the case to somebody of the brand, or to nobody."""
        if assignee_id is not None and assignee_id not in {
            each.id for each in colleagues(self.session, self.desk.brand_id)
        }:
            raise InvalidInput(f"Nobody of {self.desk.name} has that number; choose from the list.")
        cases.assign(
            self.session, case_id=self.case_id, version=self.version, assignee_id=assignee_id,
            user_id=self.desk.user_id, at=self.at,
        )  # fmt: skip

    def change_state(self, wanted: ConversationState, until: str) -> None:
        """Park, snooze or open the case again."""
        if wanted is ConversationState.OPEN and self._is_resolved():
            case = cases.claim(self.session, self.case_id, self.version)
            cases.reopen(self.session, case, profile=self.profile, at=self.at, user_id=self.desk.user_id)
            return
        cases.set_state(
            self.session, case_id=self.case_id, version=self.version, wanted=wanted, profile=self.profile,
            user_id=self.desk.user_id, at=self.at, snoozed_until=choose_instant(until, self.desk.zone),
        )  # fmt: skip

    def resolve(self, resolution: str, *, follow_up: bool, follow_up_on: str) -> None:
        """Resolve the case, and plan to ask how things are."""
        cases.resolve(
            self.session, case_id=self.case_id, version=self.version, resolution=resolution, profile=self.profile,
            user_id=self.desk.user_id, at=self.at, follow_up=follow_up, jobs=self.services.jobs,
            follow_up_at=self._day(follow_up_on),
        )  # fmt: skip

    def label(self, text: str) -> None:
        """Replace the conversation's labels with those in a comma-separated text."""
        labels = list(dict.fromkeys(filter(None, (each.strip().lower() for each in text.split(",")))))
        if len(labels) > MOST_LABELS or any(len(each) > LONGEST_LABEL for each in labels):
            raise InvalidInput(f"At most {MOST_LABELS} labels of {LONGEST_LABEL} letters; leave some out.")
        case = cases.claim(self.session, self.case_id, self.version)
        conversation = self.session.get_one(Conversation, case.conversation_id)
        conversation.labels, conversation.version = labels, conversation.version + 1
        cases.record(
            self.session, case, "case.labelled", at=self.at, user_id=self.desk.user_id,
            details={"labels": len(labels)},
        )  # fmt: skip

    def draft(self, mention_id: int, text: str) -> int:
        """Put an answer to one of the case's posts into the queue; return the draft's id."""
        case = cases.claim(self.session, self.case_id, self.version)
        mention = self.session.get(Mention, mention_id)
        if mention is None or mention.case_id != case.id:
            raise InvalidInput("That post isn't part of this case; reload the page and choose again.")
        row = begin_draft(
            self.session, mention=mention, case_id=case.id, assignee_id=case.assignee_id, text=text, at=self.at,
            priority=case.priority, revision=self.services.profiles.current_of(self.session, self.desk.brand_id),
        )  # fmt: skip
        cases.record(
            self.session, case, "case.drafted", at=self.at, user_id=self.desk.user_id, details={"draft": row.id}
        )
        return row.id

    def _is_resolved(self) -> bool:
        return self.session.get_one(Case, self.case_id).state is ConversationState.RESOLVED

    def _day(self, value: str) -> datetime | None:
        day = choose_day(value, self.desk.zone, at=time(9))
        if day is not None and day <= self.at:
            raise InvalidInput("A follow-up can't lie in the past; choose a later date.")
        return day
