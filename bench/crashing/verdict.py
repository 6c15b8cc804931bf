"""What is left after the killing: everything once, or what is lost and doubled."""

from collections import Counter
from dataclasses import dataclass, fields

from sqlalchemy import func, select

from bench.crashing.scene import Scene
from domain.states import DraftState, MentionState, ReplyState
from runtime.durable import DurableJobs
from storage.database import Database
from storage.tables import ClassificationRow, Draft, Mention, Person, Reply, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Counts: `FAULTS` must be 0; the others say how much happened, and how often a kill hit something under way."""

    posts: int
    mentions: int
    replies_sent: int
    drafts_rejected: int
    jobs_begun_again: int
    sends_looked_up: int
    jobs_given_up: int
    posts_lost: int
    posts_doubled: int
    mentions_left_behind: int
    sorted_never_or_twice: int
    drafts_doubled: int
    replies_left_behind: int
    replies_lost: int
    replies_doubled: int
    miscounted_collected: int
    miscounted_people: int

    @property
    def faults(self) -> dict[str, int]:
        """Whatever isn't 0 and should be."""
        return {name: getattr(self, name) for name in FAULTS if getattr(self, name)}


FAULTS = tuple(field.name for field in fields(Verdict))[7:]


def judge(scene: Scene) -> Verdict:
    """Count what is in the database against what was written and published."""
    posts, published = Counter(scene.posts()), Counter(scene.published())
    database = Database(scene.load().database_url)
    with database.read() as session:
        mentions = Counter(session.scalars(select(Mention.external_id)))
        moving = session.scalar(select(func.count()).where(Mention.state != MentionState.ROUTED)) or 0
        per_mention = session.execute(
            select(func.count(ClassificationRow.id))
            .select_from(Mention)
            .outerjoin(ClassificationRow, ClassificationRow.mention_id == Mention.id)
            .group_by(Mention.id)
        ).scalars()
        sorted_wrong = sum(1 for number in per_mention if number != 1)
        drafts = session.scalars(select(func.count()).select_from(Draft).group_by(Draft.mention_id))
        doubled = sum(number - 1 for number in drafts)
        sent = Counter(session.scalars(select(Reply.key).where(Reply.state == ReplyState.SENT)))
        unsent = session.scalar(select(func.count()).where(Reply.state != ReplyState.SENT)) or 0
        rejected = session.scalar(select(func.count()).where(Draft.state == DraftState.REJECTED)) or 0
        collected = session.scalar(select(func.sum(Source.collected))) or 0
        people = session.execute(select(func.sum(Person.mentions), func.sum(Person.contacts))).one()
        looked_up = session.scalar(select(func.count()).where(Reply.lookups > 0)) or 0
    jobs = DurableJobs(database)
    # A job that was cut short fifty times is left alone; its rows are the sweep's, and must not be lost for that.
    given_up = len(jobs.failures(limit=1000))
    again = sum((job.recovery_attempts or 0) > 1 for job in jobs.client.list_workflows(load_input=False))
    database.close()
    return Verdict(
        posts=posts.total(),
        mentions=mentions.total(),
        replies_sent=sent.total(),
        drafts_rejected=rejected,
        jobs_begun_again=again,
        sends_looked_up=looked_up,
        posts_lost=(posts - mentions).total(),
        posts_doubled=(mentions - posts).total(),
        mentions_left_behind=moving,
        sorted_never_or_twice=sorted_wrong,
        drafts_doubled=doubled,
        replies_left_behind=unsent,
        replies_lost=(sent - published).total(),
        replies_doubled=(published - sent).total(),
        miscounted_collected=abs(int(collected) - mentions.total()),
        miscounted_people=abs(int(people[0] or 0) - mentions.total()) + abs(int(people[1] or 0) - sent.total()),
        jobs_given_up=given_up,
    )
