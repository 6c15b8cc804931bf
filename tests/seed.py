"""A desk with something on it: two brands, users of every role, and the demo's mentions routed by the real stage."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from config.brand.profile import Profile
from config.loading import load_brand
from config.operator import Settings
from config.relative import resolve_at
from console.services import EngineSnapshot, Services
from domain.labels import Intent, PostKind, Role, Sentiment
from domain.posts import RawAuthor
from domain.states import ConversationState, MentionState
from domain.time import ManualClock
from responders.checking import DraftGuard
from responders.drafting.canned import CannedDrafter
from responders.guards import measure_on
from responders.outbox import Outbox
from responders.publishers.finding import PublishersByPlatform
from responders.review import Reviewer
from responders.routing import route_mentions
from responders.unknown import UnknownReplies
from storage.database import Database
from storage.instance import ensure_installation
from storage.jobs import MemoryJobs
from storage.queries.brands import Revision, RevisionCache, apply_profile
from storage.queries.people import ensure_authors
from storage.queries.users import add_user, grant_role
from storage.tables import ClassificationRow, Conversation, Mention

DEMO = Path(__file__).parents[1] / "config" / "examples" / "demo"
SECOND = Path(__file__).parents[1] / "config" / "examples" / "second" / "cap-aubray.yaml"
PASSWORD = "correct horse battery"
# The weakest hash there is: tests log in often.
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PEOPLE = (
    ("maite", "Maite Ibarra", (Role.COMMUNITY_MANAGER,)), ("sipho", "Sipho Dube", (Role.SUPPORT,)),
    ("ruth", "Ruth Adler", (Role.MARKETING,)),
)  # fmt: skip


@dataclass(kw_only=True)
class Seeded:
    """What was put into the database."""

    home: Revision
    foreign: Revision
    users: dict[str, int]
    mentions: list[int] = field(default_factory=list)


def seed(database: Database, clock: ManualClock, *, data_dir: Path, days: int = 7, most: int = 400) -> Seeded:
    """Fill a database with the demo's last `days`: brands, users, mentions, drafts and cases.

    Users log in with `PASSWORD`: maite (community manager), sipho (support), ruth (marketing), ada (admin), and eve,
    who works for the other brand alone.
    """
    with database.write() as session:
        ensure_installation(session, data_dir=data_dir, clock=clock)
        home = apply_profile(session, profile=load_brand(DEMO / "ploverday.yaml"), by="test", clock=clock)
        foreign = apply_profile(session, profile=load_brand(SECOND), by="test", clock=clock)
        users = _add_users(session, clock, home, foreign)
    seeded = Seeded(home=home, foreign=foreign, users=users)
    rows = _read_demo(home.profile, clock, days)[-most:]
    profiles = RevisionCache(database)
    drafter = CannedDrafter(profiles, measure=measure_on)
    jobs = MemoryJobs(clock)
    for start in range(0, len(rows), 64):
        with database.write() as session:
            ids = _add_mentions(session, home, rows[start : start + 64])
        route_mentions(database, jobs, clock, drafter, profiles, ids)
        seeded.mentions += ids
    return seeded


def make_services(database: Database, clock: ManualClock, *, data_dir: Path, **changes: Any) -> Services:
    """Return what the desk is given, with the in-memory engine and the real reviewer."""
    profiles, jobs = RevisionCache(database), MemoryJobs(clock)
    guard = DraftGuard(database=database, clock=clock, profiles=profiles)
    reviewer = Reviewer(database=database, jobs=jobs, clock=clock, profiles=profiles, guard=guard)
    outbox = Outbox(
        database=database, jobs=jobs, clock=clock, profiles=profiles, publishers=PublishersByPlatform({}),
        on_sent=lambda *_: None,
    )  # fmt: skip
    unknown = UnknownReplies(database=database, jobs=jobs, clock=clock, outbox=outbox)
    values: dict[str, Any] = {
        "database": database, "jobs": jobs, "clock": clock, "profiles": profiles, "reviewer": reviewer,
        "guard": guard, "unknown": unknown,
        "settings": Settings(), "data_dir": data_dir, "engine": lambda: EngineSnapshot(alive=True, waiting={"send": 2}),
        "metrics": lambda: b"# EOF\n",
        "hook_secret": {"HOOK": "a secret of both sides"}.get, "version": "0.1.0", "model": "test-model 1",
    }  # fmt: skip
    return Services(**{**values, **changes})


def _add_users(session: Session, clock: ManualClock, home: Revision, foreign: Revision) -> dict[str, int]:
    password_hash = QUICK.hash(PASSWORD)
    users: dict[str, int] = {}
    for login, name, roles in PEOPLE:
        users[login] = add_user(session, login=login, name=name, password_hash=password_hash, clock=clock).id
        for role in roles:
            grant_role(session, user_id=users[login], brand_id=home.brand_id, role=role)
    users["ada"] = add_user(
        session, login="ada", name="Ada Okoye", password_hash=password_hash, clock=clock, is_admin=True
    ).id
    users["eve"] = add_user(session, login="eve", name="Eve Roy", password_hash=password_hash, clock=clock).id
    for role in (Role.COMMUNITY_MANAGER, Role.ADMIN):
        grant_role(session, user_id=users["eve"], brand_id=foreign.brand_id, role=role)
    return users


def _read_demo(profile: Profile, clock: ManualClock, days: int) -> list[dict[str, Any]]:
    labels = {row["external_id"]: row for row in _read_lines("expected.jsonl")}
    own = {account.handle.removeprefix("@") for account in profile.accounts}
    since = clock.now() - timedelta(days=days)
    rows = []
    for row in _read_lines("mentions.jsonl"):
        posted = resolve_at(row["at"], now=clock.now(), zone=profile.zone)
        if since < posted <= clock.now() and row["author"] not in own and row["external_id"] in labels:
            rows.append({**row, "posted": posted, "label": labels[row["external_id"]]})
    return sorted(rows, key=lambda row: row["posted"])


def _read_lines(name: str) -> Iterable[dict[str, Any]]:
    return [json.loads(line) for line in (DEMO / name).read_text(encoding="utf-8").splitlines() if line]


def _add_mentions(session: Session, home: Revision, rows: list[dict[str, Any]]) -> list[int]:
    raw = [
        (row["platform"], RawAuthor(external_id=row["author"], handle=row["author"], name=row["author_name"]))
        for row in rows
    ]
    authors = ensure_authors(session, brand_id=home.brand_id, authors=raw, at=rows[0]["posted"])
    ids = []
    for row in rows:
        mention = _add_mention(session, home, row, authors[row["platform"], row["author"]].id)
        session.add(_classification(mention, row))
        ids.append(mention.id)
    return ids


def _add_mention(session: Session, home: Revision, row: dict[str, Any], author_id: int) -> Mention:
    label, posted = row["label"], row["posted"]
    key = row["conversation_id"] or row["external_id"]
    conversation = (
        session.query(Conversation)
        .filter_by(brand_id=home.brand_id, platform=row["platform"], external_id=key)
        .one_or_none()
    )
    if conversation is None:
        conversation = Conversation(
            brand_id=home.brand_id, platform=row["platform"], external_id=key, state=ConversationState.OPEN,
            created_at=posted, last_mention_at=posted,
        )  # fmt: skip
        session.add(conversation)
        session.flush()
    mention = Mention(
        brand_id=home.brand_id, conversation_id=conversation.id, author_id=author_id, platform=row["platform"],
        external_id=row["external_id"], kind=PostKind(row["kind"]), state=MentionState.CLASSIFIED, title=row["title"],
        text=row["text"], url=row["url"], in_reply_to=row["in_reply_to"], queries=["brand"], posted_at=posted,
        collected_at=posted + timedelta(minutes=2), intent=Intent(label["intent"]),
        sentiment=Sentiment(label["sentiment"]), urgent=label["urgent"], language=label["language"],
    )  # fmt: skip
    session.add(mention)
    session.flush()
    return mention


def _classification(mention: Mention, row: dict[str, Any]) -> ClassificationRow:
    label = row["label"]
    # Believable and the same every time: 70 to 97 % sure.
    sure = 0.7 + (mention.id * 37 % 28) / 100
    rest = (1 - sure) / 4
    scores = {str(intent): rest for intent in Intent if intent not in {Intent.ABSTAINED, label["intent"]}}
    return ClassificationRow(
        mention_id=mention.id, model="test-model 1", intent=Intent(label["intent"]),
        sentiment=Sentiment(label["sentiment"]), intent_scores={**scores, label["intent"]: sure},
        sentiment_scores={label["sentiment"]: sure}, urgency=0.9 if label["urgent"] else 0.1, toxicity=0.02,
        urgent=label["urgent"], toxic=False, language=label["language"], themes=[], created_at=mention.collected_at,
    )  # fmt: skip
