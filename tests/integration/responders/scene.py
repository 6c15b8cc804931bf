"""A brand with its rows, and short ways to let people write to it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from domain.classification import Classification
from domain.labels import Intent
from domain.ports import Drafter
from domain.posts import RawAuthor
from domain.states import ConversationState, MentionState
from domain.time import ManualClock
from responders import cases
from responders.drafting import CannedDrafter
from responders.routing import RoutingReport, route_mentions
from storage.database import Database
from storage.jobs import MemoryJobs
from storage.queries.brands import RevisionCache, apply_profile
from storage.queries.people import ensure_authors
from storage.tables import Case, ClassificationRow, Conversation, Draft, FindingRow, Mention, Row, User
from tests.unit.responders.makers import classified, make_profile


class Scene:
    """One brand on one database, on a clock that stands still until told."""

    def __init__(self, database: Database, clock: ManualClock, jobs: MemoryJobs, **changes: Any) -> None:
        self.database, self.clock, self.jobs = database, clock, jobs
        self.profile = make_profile(**changes)
        with database.write() as session:
            self.brand_id = apply_profile(session, profile=self.profile, by="test", clock=clock).brand_id
        self.profiles = RevisionCache(database)
        self.drafter: Drafter = CannedDrafter(self.profiles)
        self._numbers = count(1)

    def hear(
        self,
        text: str = "Plover Kettle is great and quiet",
        intent: Intent = Intent.PRAISE,
        *,
        handle: str = "ana",
        name: str | None = "Ana Lopez",
        platform: str = "mastodon",
        conversation: str | None = None,
        ago: timedelta = timedelta(minutes=5),
        counted_only: bool = False,
        followers: int | None = None,
        is_bot: bool = False,
        queries: Sequence[str] = ("brand",),
        **seen: Any,
    ) -> int:
        """Save a classified mention and return its id."""
        at = self.clock.now() - ago
        answer = classified(intent, **seen)
        with self.database.write() as session:
            raw = RawAuthor(external_id=handle, handle=handle, name=name, followers=followers, is_bot=is_bot)
            author = ensure_authors(session, brand_id=self.brand_id, authors=[(platform, raw)], at=at)[platform, handle]
            number = next(self._numbers)
            place = conversation or f"c{number}"
            mention = Mention(
                brand_id=self.brand_id, conversation_id=self._conversation(session, platform, place, at),
                author_id=author.id, platform=platform, external_id=f"m{number}", state=MentionState.CLASSIFIED,
                text=f"@plover@example.social {text}", queries=list(queries), metrics={}, posted_at=at,
                collected_at=self.clock.now(), counted_only=counted_only, intent=answer.intent,
                sentiment=answer.sentiment, urgent=answer.urgent, toxic=answer.toxic, language=answer.language,
            )  # fmt: skip
            session.add(mention)
            session.flush()
            session.add(as_row(mention.id, answer, at))
            return mention.id

    def _conversation(self, session: Any, platform: str, external_id: str, at: datetime) -> int:
        found = session.scalars(select(Conversation).where(Conversation.external_id == external_id)).one_or_none()
        if found is None:
            found = Conversation(
                brand_id=self.brand_id, platform=platform, external_id=external_id, state=ConversationState.OPEN,
                created_at=self.clock.now(), last_mention_at=at, labels=[],
            )  # fmt: skip
            session.add(found)
            session.flush()
        found.last_mention_at = at
        return int(found.id)

    def route(self, *ids: int) -> RoutingReport:
        """Run the stage."""
        return route_mentions(self.database, self.jobs, self.clock, self.drafter, self.profiles, ids)

    def say(self, *words: Any, **more: Any) -> RoutingReport:
        """Hear one mention and route it."""
        return self.route(self.hear(*words, **more))

    def all(self, kind: type[Row], **where: Any) -> list[Any]:
        """Every row of a kind, by id."""
        with self.database.read() as session:
            return list(session.scalars(select(kind).filter_by(**where).order_by(kind.id)))  # type: ignore[attr-defined]

    def case(self) -> Case:
        """The only case."""
        (case,) = self.all(Case)
        assert isinstance(case, Case)
        return case

    def drafts(self, **where: Any) -> list[Draft]:
        """The drafts."""
        return self.all(Draft, **where)

    def rules(self, draft_id: int) -> set[str]:
        """The rules that found something in a draft as it stands."""
        version = self.all(Draft, id=draft_id)[0].version
        return {row.rule for row in self.all(FindingRow, draft_id=draft_id, draft_version=version)}

    def add_user(self, login: str = "sam", *, is_admin: bool = False) -> int:
        """A user's id."""
        with self.database.write() as session:
            user = User(login=login, name=login, password_hash="x", is_admin=is_admin, created_at=self.clock.now())
            session.add(user)
            session.flush()
            return user.id


def as_row(mention_id: int, answer: Classification, at: datetime) -> ClassificationRow:
    """What a model said of a mention, as it is kept."""
    return ClassificationRow(
        mention_id=mention_id, model="test-1", intent=answer.intent, sentiment=answer.sentiment,
        intent_scores=dict(answer.intent_scores), sentiment_scores=dict(answer.sentiment_scores),
        also=[str(each) for each in answer.also], urgency=answer.urgency, toxicity=answer.toxicity,
        urgent=answer.urgent, toxic=answer.toxic, language=answer.language, themes=list(answer.themes), created_at=at,
    )  # fmt: skip


def complain(scene: Scene, **more: object) -> Case:
    """Let somebody complain, and return the newest case."""
    scene.say("the kettle leaks", Intent.COMPLAINT, **{"conversation": "a", "themes": ("quality",), **more})
    case = scene.all(Case)[-1]
    assert isinstance(case, Case)
    return case


def resolve(scene: Scene, case: Case, *, resolution: str = "A new lid was sent.", **more: Any) -> None:
    """Let a colleague resolve a case, as it was read; `more` as `cases.resolve` takes it."""
    with scene.database.write() as session:
        cases.resolve(
            session, case_id=case.id, version=case.version, resolution=resolution, profile=scene.profile, user_id=None,
            at=scene.clock.now(), **more,
        )  # fmt: skip
