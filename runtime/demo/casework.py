"""How the demo's team works its cases: takes them, offers goodwill, resolves them, and looks again."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.brand.profile import Profile
from config.brand.service import Member
from domain.errors import AccessDenied, InvalidInput
from domain.labels import Intent, Priority, Role
from domain.states import ConversationState, FollowUpState
from responders import cases, follow_ups, sla
from responders.gestures import offer_gesture
from responders.opening import add_open_time, opening_for
from runtime.application import Application
from runtime.demo.agenda import Agenda
from runtime.demo.chance import between, draw, pick
from runtime.demo.marks import mark
from runtime.demo.wording import RESOLUTIONS, TAKEN
from storage.tables import Case, FollowUp

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
# In opening hours, from the moment somebody took it until it is solved.
_WORK = {
    Priority.URGENT: (1 * _HOUR, 12 * _HOUR),
    Priority.HIGH: (2 * _HOUR, 24 * _HOUR),
    Priority.MEDIUM: (3 * _HOUR, 34 * _HOUR),
    Priority.LOW: (4 * _HOUR, 60 * _HOUR),
}
# So many cases drag on, and for so many goodwill is offered; so many follow-ups are forgotten.
UNSOLVED, CONSOLED, FORGOTTEN = 0.07, 0.3, 0.15


class Casework:
    """The cases of one brand that were opened before `until`; younger ones are only taken by somebody."""

    def __init__(
        self, parts: Application, agenda: Agenda, *, brand_id: int, profile: Profile, users: dict[str, int],
        until: datetime,
    ) -> None:  # fmt: skip
        self._parts, self._agenda, self._until = parts, agenda, until
        self._brand_id, self._profile, self._users = brand_id, profile, users
        self._seen = 0
        self._asked = 0

    def look(self) -> None:
        """Plan what is done about every case and follow-up that is new since the last look."""
        with self._parts.database.read() as session:
            new = session.scalars(
                select(Case).where(Case.brand_id == self._brand_id, Case.id > self._seen).order_by(Case.id)
            ).all()
            due = session.scalars(
                select(FollowUp.id)
                .where(FollowUp.brand_id == self._brand_id, FollowUp.state == FollowUpState.DUE)
                .where(FollowUp.id > self._asked)
                .order_by(FollowUp.id)
            ).all()
        for case in new:
            self._seen = case.id
            self._plan(case)
        for follow_up_id in due:
            self._asked = follow_up_id
            self._plan_follow_up(follow_up_id)

    def _plan(self, case: Case) -> None:
        about = (self._profile.slug, "case", case.id)
        who = pick(self._people(), "takes", *about)
        taken = self._later(case.opened_at, 5 * _MINUTE, 90 * _MINUTE, "takes", *about)
        self._agenda.plan(taken, lambda: self._take(case.id, who))
        if case.opened_at >= self._until or draw("unsolved", *about) < UNSOLVED:
            return
        solved = self._later(taken, *_WORK[case.priority], "solves", *about)
        if draw("consoles", *about) < CONSOLED:
            self._agenda.plan(taken + (solved - taken) * 0.6, lambda: self._console(case.id, who))
        self._agenda.plan(solved, lambda: self._resolve(case.id, who))

    def _plan_follow_up(self, follow_up_id: int) -> None:
        about = (self._profile.slug, "follow-up", follow_up_id)
        if draw("forgets", *about) < FORGOTTEN:
            return
        at = self._later(self._parts.clock.now(), 10 * _MINUTE, 6 * _HOUR, "asks", *about)
        who = pick(self._people(), "asks", *about)
        self._agenda.plan(at, lambda: self._ask(follow_up_id, who))

    def _later(self, start: datetime, shortest: timedelta, longest: timedelta, *about: object) -> datetime:
        return add_open_time(opening_for(self._profile), start, between(shortest, longest, *about))

    def _people(self) -> list[Member]:
        return [member for member in self._profile.staff.people if Role.SUPPORT in member.roles]

    def _take(self, case_id: int, who: Member) -> None:
        user_id, at = self._users[who.login], self._parts.clock.now()
        with self._parts.database.write() as session:
            case = _open(session, case_id)
            if case is None or case.assignee_id is not None:
                return
            team = who.teams[0] if who.teams else None
            cases.assign(
                session, case_id=case_id, version=case.version, assignee_id=user_id, team=team, user_id=user_id, at=at
            )  # fmt: skip
            cases.add_note(
                session, case_id=case_id, text=pick(TAKEN, self._profile.slug, case_id), user_id=user_id, at=at
            )
        self._mark(case_id, user_id, "taken")

    def _console(self, case_id: int, who: Member) -> None:
        user_id, at = self._users[who.login], self._parts.clock.now()
        offers = [each for each in self._profile.gestures if Intent.COMPLAINT in each.intents and not each.approved_by]
        if not offers:
            return
        gesture = pick(offers, "gesture", self._profile.slug, case_id)
        try:
            with self._parts.database.write() as session:
                case = _open(session, case_id)
                if case is None:
                    return
                offer_gesture(
                    session, case_id=case_id, version=case.version, gesture_id=gesture.id, profile=self._profile,
                    user_id=user_id, at=at,
                )  # fmt: skip
        except (InvalidInput, AccessDenied):
            # A limit is reached: then there is none, as in life.
            return
        self._mark(case_id, user_id, "gesture")

    def _resolve(self, case_id: int, who: Member, *, patience: int = 2) -> None:
        user_id, at = self._users[who.login], self._parts.clock.now()
        with self._parts.database.write() as session:
            case = _open(session, case_id)
            if case is None:
                return
            # Answered first; a case that nobody can answer on its platform is solved all the same.
            waits = patience > 0 and sla.awaits_answer(session, case_id)
            if not waits:
                cases.resolve(
                    session, case_id=case_id, version=case.version, profile=self._profile, user_id=user_id, at=at,
                    resolution=pick(RESOLUTIONS, self._profile.slug, case_id), jobs=self._parts.jobs,
                )  # fmt: skip
        if waits:
            later = self._later(at, _HOUR, 9 * _HOUR, "again", self._profile.slug, case_id, patience)
            self._agenda.plan(later, lambda: self._resolve(case_id, who, patience=patience - 1))
        else:
            self._mark(case_id, user_id, "resolved")

    def _ask(self, follow_up_id: int, who: Member) -> None:
        user_id = self._users[who.login]
        with self._parts.database.write() as session:
            row = session.get_one(FollowUp, follow_up_id)
            if row.state is not FollowUpState.DUE:
                return
            follow_ups.finish(session, follow_up_id=follow_up_id, user_id=user_id, at=self._parts.clock.now())
        mark(
            self._parts, brand_id=self._brand_id, kind="follow_up", object_id=follow_up_id, user_id=user_id, what="done"
        )

    def _mark(self, case_id: int, user_id: int, what: str) -> None:
        mark(self._parts, brand_id=self._brand_id, kind="case", object_id=case_id, user_id=user_id, what=what)


def _open(session: Session, case_id: int) -> Case | None:
    case = session.get_one(Case, case_id)
    return None if case.state is ConversationState.RESOLVED else case
