"""The demo's team: decides on drafts and works cases through the desk's own functions, the same way every time."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select

from config.brand.profile import Profile
from config.brand.service import Member
from domain.answers import Severity
from domain.errors import StaleWrite
from domain.labels import Intent, Priority, Role
from domain.states import DraftState
from responders.correction import correct_mention
from responders.errors import Blocked, NotPermitted, ResponderError, TooLong
from responders.opening import add_open_time, opening_for
from runtime.application import Application
from runtime.demo.agenda import Agenda
from runtime.demo.casework import Casework
from runtime.demo.chance import between, draw, pick
from runtime.demo.labels import read_labels
from runtime.demo.marks import mark
from runtime.demo.wording import OTHERWISE, REFUSED, REJECTIONS, SILENT
from storage.tables import Draft, FindingRow, Mention

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
# How long, in opening hours, a draft waits before somebody gets to it.
_WAITS = {
    Priority.URGENT: (4 * _MINUTE, 45 * _MINUTE),
    Priority.HIGH: (15 * _MINUTE, 3 * _HOUR),
    Priority.MEDIUM: (25 * _MINUTE, 7 * _HOUR),
    Priority.LOW: (40 * _MINUTE, 14 * _HOUR),
}
# So many drafts nobody gets to, and so many are rejected; of the others so many are signed by who answers.
OVERLOOKED, REJECTED, EDITED = 0.06, 0.09, 0.35
# How often somebody who reads a mention that the model got wrong says so.
CORRECTED = 0.9
# Of the last days the team has done only what presses, and some of the rest: the others are yours.
RECENTLY = 0.22
# Of what the gate doesn't let through, so much is answered by hand on the platform itself.
BY_HAND = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """Up to when the team has done everything, and up to when at least what presses."""

    everything: datetime
    pressing: datetime

    def takes(self, draft: Draft, chance: float) -> bool:
        """Say whether the team gets to a draft; `chance` is that draft's own."""
        if draft.created_at < self.everything:
            return chance >= OVERLOOKED
        presses = draft.priority in {Priority.URGENT, Priority.HIGH}
        return draft.created_at < self.pressing and (presses or chance < RECENTLY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One draft that somebody has taken."""

    draft_id: int
    key: str
    who: Member
    user_id: int


class Team:
    """The people of one brand. Every decision is the desk's own call, and leaves a mark that the demo made it."""

    def __init__(
        self, parts: Application, agenda: Agenda, *, brand_id: int, profile: Profile, users: dict[str, int],
        horizon: Horizon, ran: Callable[[], object],
    ) -> None:  # fmt: skip
        """`users` gives each login's user id; `ran` lets the jobs run that a decision enqueued."""
        self._parts, self._agenda, self._ran = parts, agenda, ran
        self._brand_id, self._profile, self._users, self._horizon = brand_id, profile, users, horizon
        self._seen = 0
        self._labels = read_labels(profile.slug)
        self._casework = Casework(
            parts, agenda, brand_id=brand_id, profile=profile, users=users, until=horizon.everything
        )  # fmt: skip

    def look(self) -> None:
        """Plan a moment for every draft and case that is new since the last look."""
        with self._parts.database.read() as session:
            query = (
                select(Draft, Mention.external_id, Mention.intent, Mention.language)
                .join(Mention, Mention.id == Draft.mention_id)
                .where(Draft.brand_id == self._brand_id, Draft.id > self._seen)
                .order_by(Draft.id)
            )
            found = list(session.execute(query))
        for draft, key, intent, language in found:
            self._seen = draft.id
            if self._horizon.takes(draft, draw("takes", key)):
                self._plan(draft, key, intent, language)
        self._casework.look()

    def _plan(self, draft: Draft, key: str, intent: Intent | None, language: str | None) -> None:
        shortest, longest = _WAITS[draft.priority]
        wait = between(shortest, longest, "waits", key)
        at = add_open_time(opening_for(self._profile), draft.created_at, wait)
        who = self._answerer(intent, language, key)
        task = Task(draft_id=draft.id, key=key, who=who, user_id=self._users[who.login])
        self._agenda.plan(at, lambda: self._decide(task))

    def _answerer(self, intent: Intent | None, language: str | None, key: str) -> Member:
        role = Role.SUPPORT if intent is Intent.COMPLAINT else Role.COMMUNITY_MANAGER
        people = [member for member in self._profile.staff.people if role in member.roles]
        fluent = [member for member in people if not member.languages or language in member.languages]
        return pick(fluent or people or self._profile.staff.people, "answers", key)

    def _decide(self, task: Task) -> None:
        try:
            done = self._review(task)
        except StaleWrite:
            # The customer wrote again meanwhile, or it expired: what came instead has its own moment.
            return
        if done:
            mark(self._parts, brand_id=self._brand_id, kind="draft", object_id=task.draft_id, user_id=task.user_id,
                 what=done)  # fmt: skip
            self._ran()

    def _review(self, task: Task) -> str | None:
        with self._parts.database.read() as session:
            draft = session.get_one(Draft, task.draft_id)
            mention = session.get_one(Mention, draft.mention_id)
            intent = mention.intent
            blocked = session.scalar(
                select(FindingRow.id)
                .where(FindingRow.draft_id == draft.id, FindingRow.draft_version == draft.version)
                .where(FindingRow.severity == Severity.BLOCK)
                .limit(1)
            )
        if draft.state is not DraftState.PROPOSED:
            return None
        if self._correct(task, mention):
            return "corrected"
        if not draft.text or blocked is not None:
            return self._reject(task, draft, SILENT)
        if draw("rejects", task.key) < REJECTED:
            return self._reject(task, draft, pick(REJECTIONS.get(intent, OTHERWISE) if intent else OTHERWISE, task.key))
        text = self._sign(draft.text, task.who) if draw("edits", task.key) < EDITED else None
        return self._approve(task, draft, text)

    def _correct(self, task: Task, mention: Mention) -> bool:
        """Say what the mention really is, where the model got it wrong; what is drafted anew has its own moment."""
        said = self._labels.get(task.key)
        if said is None or said.intent is mention.intent or draw("corrects", task.key) >= CORRECTED:
            return False
        parts = self._parts
        return correct_mention(
            parts.database, parts.jobs, parts.clock, parts.profiles, brand_id=self._brand_id, mention_id=mention.id,
            verdict=replace(said, language=mention.language), user_id=task.user_id,
        )  # fmt: skip

    def _approve(self, task: Task, draft: Draft, text: str | None) -> str:
        approve = self._parts.reviewer.approve
        try:
            approve(draft_id=draft.id, version=draft.version, user_id=task.user_id, text=text)
        except TooLong:
            return self._split(task, draft)
        except Blocked:
            return self._reject(task, draft, SILENT)
        except NotPermitted:
            return self._answer_by_hand(task, draft, text or draft.text)
        return "approved" if text is None else "edited_and_approved"

    def _answer_by_hand(self, task: Task, draft: Draft, text: str) -> str:
        """Answer on the platform itself what the gate doesn't let through, and record it; or leave it."""
        if draw("by hand", task.key) >= BY_HAND:
            return self._reject(task, draft, REFUSED)
        self._parts.reviewer.record_by_hand(
            draft_id=draft.id, version=draft.version, user_id=task.user_id, text=text, url=None
        )  # fmt: skip
        return "answered_by_hand"

    def _split(self, task: Task, draft: Draft) -> str:
        try:
            self._parts.reviewer.approve(
                draft_id=draft.id, version=draft.version, user_id=task.user_id, split=True
            )  # fmt: skip
        except ResponderError:
            return self._reject(task, draft, REFUSED)
        return "split_and_approved"

    def _reject(self, task: Task, draft: Draft, reason: str) -> str:
        self._parts.reviewer.reject(draft_id=draft.id, version=draft.version, user_id=task.user_id, reason=reason)
        return "rejected"

    def _sign(self, text: str, who: Member) -> str | None:
        """Put the answerer's own name where the brand's sign-off names another; None where it names nobody."""
        sign_off = self._profile.voice.sign_off
        if not sign_off.startswith("^") or not text.endswith(sign_off):
            return None
        return f"{text.removesuffix(sign_off)}^{who.name.split()[0]}"
