"""A desk whose every corner holds one planted word, and looks for it in every table and every byte."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from config.loading import load
from domain.answers import OutgoingReply, Severity
from domain.labels import Intent, Priority, Sentiment
from domain.posts import Batch, RawAuthor, RawPost, Reject
from domain.states import ConversationState, DraftState, FollowUpState, ReplyState
from domain.time import Clock
from listener.importing import ensure_source
from listener.rejects import write_rejects
from responders.publishers.file import FilePublisher
from runtime.application import Application
from runtime.cli.workplace import known_parts
from runtime.wiring import build
from storage.jobs import Job, JobKind
from storage.tables import (
    Author,
    Case,
    ClassificationRow,
    Conversation,
    DeadLetter,
    Draft,
    FindingRow,
    FollowUp,
    Idea,
    Mention,
    Note,
    Person,
    Reply,
    Review,
    SpecialDay,
    ThreadPost,
)
from tests.e2e.commands import Home, copy_home, make_home

WORD = "zqplanted"
# What platforms call posts and accounts: a deleted post's id stays, so that it is known when it is seen again.
IDENTITY = "zqidentity"
SLUG = "cap-aubray"
HANDLE = f"{WORD}handle"


@dataclass(kw_only=True)
class Planted:
    """The desk, its parts and who was planted into it."""

    home: Home
    parts: Application
    brand_id: int
    source_id: int
    person_id: int
    mention_id: int

    @property
    def data(self) -> Path:
        return self.home.folder / "data"

    def in_tables(self, *words: str) -> list[str]:
        """Return the tables and columns, the engine's and the index's too, in which one of the words stands."""
        words = words or (WORD, IDENTITY)
        found = []
        with self.parts.database.engine.connect() as connection:
            seen = inspect(connection)
            schemas = [None] if self.parts.database.is_sqlite else ["public", "dbos"]
            for schema in schemas:
                for table in _tables(connection, seen, schema):
                    rows = connection.execute(text(f"SELECT * FROM {table}")).mappings()  # noqa: S608 - our own names
                    found += [
                        f"{table}.{name}" for row in rows for name, value in row.items() if _holds(value, words)
                    ]  # fmt: skip
        return sorted(set(found))

    def in_files(self, *words: str) -> list[str]:
        """Return the files of the whole home in which one of the words stands."""
        words = words or (WORD, IDENTITY)
        return sorted(
            path.relative_to(self.home.folder).as_posix()
            for path in self.home.folder.rglob("*")
            if path.is_file() and _holds(path.read_bytes(), words)
        )

    def found_by_search(self) -> int:
        """Return how many posts a search for the word finds."""
        query = "SELECT count(*) FROM mentions WHERE search @@ to_tsquery('simple', :word)"
        word = f"{WORD}text:*"
        if self.parts.database.is_sqlite:
            query = "SELECT count(*) FROM mentions_search WHERE mentions_search MATCH :word"
            word = f"{WORD}text*"
        with self.parts.database.read() as session:
            return int(session.scalar(text(query), {"word": word}) or 0)


def _tables(connection: Any, seen: Any, schema: str | None) -> Iterator[str]:
    if schema is None:
        # The index's own tables hold blobs, and its contentless face has no columns to read.
        names = connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
        yield from (f'"{name}"' for name in names if name != "mentions_search")
        return
    yield from (f'{schema}."{name}"' for name in seen.get_table_names(schema=schema))


def _holds(value: object, words: Sequence[str]) -> bool:
    said = (value.decode("latin-1") if isinstance(value, bytes) else str(value)).lower()
    return any(word in said for word in words)


def plant(folder: Path, clock: Clock, *, url: str | None = None) -> Planted:
    """Make a desk and plant the word wherever a post, a person or what was said to them may leave it."""
    home = make_home(folder)
    if url is not None:
        settings = home.settings.read_text(encoding="utf-8")
        home.settings.write_text(f"{settings}database: {{url: '{url}'}}\n", encoding="utf-8")
    home.ok("db", "upgrade")
    home.ok("config", "apply")
    parts = build(load(home.settings, checks=known_parts()), clock=clock)
    with parts.database.write() as session:
        brand_id = session.scalar(text("SELECT id FROM brands WHERE slug = :slug"), {"slug": SLUG})
        source_id = ensure_source(session, brand_id=brand_id)
    post = post_of(clock)
    reject = Reject(place="rows.jsonl:3", reason="no", payload=f'{{"author": "{HANDLE}", "text": "x"}}')
    unread = Reject(place="rows.jsonl:4", reason="no", payload=f'{{"id": "{IDENTITY}1", "text": "x"}}')
    other = Reject(place="rows.jsonl:5", reason="no", payload='{"author": "somebody", "text": "else"}')
    parts.intake.save(source_id, Batch(posts=(post,), rejects=(reject, unread, other)), everything=True)
    planted = Planted(home=home, parts=parts, brand_id=brand_id, source_id=source_id, person_id=1, mention_id=1)
    with parts.database.write() as session:
        planted.person_id, planted.mention_id = session.query(Author.person_id, Mention.id).join(
            Mention, Mention.author_id == Author.id
        ).one()  # fmt: skip
        _plant_rows(session, planted, clock)
    _plant_files(planted)
    return planted


def copy_planted(template: Planted, folder: Path) -> Planted:
    """Return a copy to work on, with parts of its own."""
    home = copy_home(template.home, folder)
    parts = build(load(home.settings, checks=known_parts()), clock=template.parts.clock)
    return replace(template, home=home, parts=parts)


def post_of(clock: Clock) -> RawPost:
    """Return the post with which everything begins."""
    author = RawAuthor(
        external_id=f"{IDENTITY}account", handle=HANDLE, name=f"{WORD} Name", url=f"https://x.example/{HANDLE}"
    )
    return RawPost(
        platform="x", external_id=f"{IDENTITY}1", text=f"Cap Aubray {WORD}text scalded me", title=f"{WORD} title",
        url=f"https://x.example/{HANDLE}/1", author=author, posted_at=clock.now() - timedelta(days=8),
        conversation_id=f"{IDENTITY}1", visibility="public", language="en",
    )  # fmt: skip


def _plant_rows(session: Session, planted: Planted, clock: Clock) -> None:
    now, brand_id, person_id = clock.now(), planted.brand_id, planted.person_id
    mention = session.get_one(Mention, planted.mention_id)
    place = mention.conversation_id
    session.get_one(Person, person_id).name = f"{WORD} Name"
    session.get_one(Conversation, place).labels = [f"{WORD}label"]
    session.add(
        ClassificationRow(
            mention_id=mention.id, model="m", intent=Intent.COMPLAINT, sentiment=Sentiment.NEGATIVE, intent_scores={},
            sentiment_scores={}, urgency=1.0, toxicity=0.0, urgent=True, toxic=False, themes=[f"{WORD}theme"],
            created_at=now,
        )
    )  # fmt: skip
    case = Case(
        brand_id=brand_id, conversation_id=place, person_id=person_id, theme=f"{WORD}theme", priority=Priority.HIGH,
        state=ConversationState.RESOLVED, rank=1, opened_at=now, resolution=f"{WORD} was called",
    )  # fmt: skip
    session.add(case)
    session.flush()
    mention.case_id = case.id
    mention.intent, mention.sentiment = Intent.COMPLAINT, Sentiment.NEGATIVE
    session.add_all(
        [
            FollowUp(brand_id=brand_id, case_id=case.id, person_id=person_id, state=FollowUpState.PLANNED, due_at=now,
                     note=f"Ask {WORD} again"),
            Note(brand_id=brand_id, conversation_id=place, text=f"{WORD} is kind", created_at=now),
            SpecialDay(person_id=person_id, kind="birthday", month=1, day=2),
            Idea(brand_id=brand_id, mention_id=mention.id, person_id=person_id, theme=f"{WORD}theme", created_at=now),
            ThreadPost(brand_id=brand_id, conversation_id=place, platform="x", external_id="above",
                       in_reply_to=f"{IDENTITY}1", author_external_id="bo", author_handle="bo", is_own=False,
                       text=f"@{HANDLE} really?", posted_at=now, read_at=now),
        ]
    )  # fmt: skip
    _plant_answers(session, planted, mention, clock)


def _plant_answers(session: Session, planted: Planted, mention: Mention, clock: Clock) -> None:
    now, person_id = clock.now(), planted.person_id
    revision_id = session.scalar(text("SELECT revision_id FROM brands WHERE id = :id"), {"id": planted.brand_id})
    shared: dict[str, Any] = {
        "brand_id": planted.brand_id, "conversation_id": mention.conversation_id, "mention_id": mention.id,
    }  # fmt: skip
    draft = Draft(
        **shared, revision_id=revision_id, state=DraftState.APPROVED, priority=Priority.HIGH, rank=1, account="@cap",
        text=f"Dear {WORD}", original_text=f"Hello {WORD}", thread=mention.external_id, created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(draft)
    session.flush()
    session.add(
        FindingRow(draft_id=draft.id, draft_version=1, rule="r", severity=Severity.WARN, message=WORD, start=1, end=2)
    )
    session.add(
        Review(brand_id=planted.brand_id, draft_id=draft.id, decision="approve", reason=WORD, binding="b", at=now)
    )
    for number, state in enumerate((ReplyState.SENT, ReplyState.QUEUED, ReplyState.FAILED), start=1):
        reply = Reply(
            **shared, draft_id=draft.id, part=number, person_id=person_id, platform="x", account="@cap", origin="desk",
            state=state, key=f"{number}" * 64, text=f"Dear {WORD} {number}", in_reply_to=mention.external_id,
            url=f"https://x.example/{WORD}/{number}", last_error=WORD, created_at=now,
            external_id=f"ours{number}" if state is ReplyState.SENT else None,
            sent_at=now if state is ReplyState.SENT else None,
        )  # fmt: skip
        session.add(reply)


def _plant_files(planted: Planted) -> None:
    parts = planted.parts
    write_rejects(parts.database, folder=planted.data / "rejects", source_id=planted.source_id)
    week = (parts.clock.now() - timedelta(days=8)).strftime("%G-W%V")
    planted.home.ok("digest", "--brand", SLUG, "--week", week)
    page = planted.data / "digests" / f"{SLUG}-{week}.html"
    page.write_text(page.read_text(encoding="utf-8") + f"<!-- {WORD} -->", encoding="utf-8")
    publisher = FilePublisher(planted.data / "outbox.jsonl")
    with parts.database.read() as session:
        replies = session.query(Reply).order_by(Reply.id).all()
    for reply in (replies[0], replies[2]):
        publisher.send(_outgoing(reply))
    with parts.database.write() as session:
        parts.jobs.enqueue(session, Job(kind=JobKind.ERASE, key="erase:999", ids=(planted.mention_id,)))


def _outgoing(reply: Reply) -> OutgoingReply:
    return OutgoingReply(
        key=reply.key, platform=reply.platform, account=reply.account, text=reply.text, in_reply_to=reply.in_reply_to
    )


def letters_left(planted: Planted) -> list[str]:
    """Return the places of the dead letters that are kept."""
    with planted.parts.database.read() as session:
        return [row.place for row in session.query(DeadLetter).order_by(DeadLetter.id)]
