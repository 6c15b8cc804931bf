"""A process that only listens: it reads, sorts and drafts, and leaves what is to be sent to one that has the key."""

from pathlib import Path

from sqlalchemy import func, select

from domain.states import DraftState, ReplyState
from runtime.process import Process
from runtime.queues import LISTENING, PLANS
from runtime.wiring import build
from sentiment.keywords import KeywordClassifier
from storage.database import Database
from storage.jobs import Job, JobKind
from storage.queries.users import add_user
from storage.tables import Draft, Reply, Source
from tests import parts as free
from tests.integration.runtime.conftest import wait_for
from tests.integration.runtime.quay import Quay


def _begin(quay: Quay, *, listen_only: bool) -> Process:
    process = Process(build(quay.load(), classifier=KeywordClassifier(), listen_only=listen_only))
    process.start()
    return process


def _states(database: Database) -> list[ReplyState]:
    with database.read() as session:
        return list(session.scalars(select(Reply.state)))


def test_it_drafts_without_the_write_key_and_what_is_approved_waits_for_another(quay: Quay) -> None:
    settings = quay.folder / "earnest.yaml"
    settings.write_text(f"{settings.read_text()}server: {{port: {free.free_port()}}}\n")
    quay.connect("--sources", "1", "--apply", "--set", "record.licence=2026-11-01")
    key: Path = quay.folder / "data" / "keys" / "write.key"
    held = key.read_bytes()
    key.unlink()
    quay.post("I love my tern kettle, it is great and boils fast")

    process = _begin(quay, listen_only=True)
    parts = process._application
    try:
        with parts.database.write() as session:
            source_id = session.scalars(select(Source.id)).one()
            parts.jobs.enqueue(session, Job(kind=JobKind.COLLECT, key="collect:now", ids=(source_id,)))
            user_id = add_user(session, login="ada", name="Ada", password_hash="-", clock=parts.clock).id
        wait_for(lambda: _drafts(parts.database) == 1, seconds=30)
        with parts.database.read() as session:
            draft = session.scalars(select(Draft)).one()
        parts.reviewer.approve(draft_id=draft.id, version=draft.version, user_id=user_id)
        durable = parts.durable
        assert durable is not None
        # Whatever this process would do with it, it would have done before this second job of the same moment ends.
        with parts.database.write() as session:
            parts.jobs.enqueue(session, Job(kind=JobKind.SLA, key="sla:now", ids=(1,)))
        wait_for(lambda: {depth.queue for depth in durable.depths()} == {"send"}, seconds=30)
        assert _states(parts.database) == [ReplyState.QUEUED]
        assert process._desk is None
    finally:
        process.stop()
    assert quay.sea.replies == []
    assert not key.exists()

    key.write_bytes(held)
    key.chmod(0o600)
    process = _begin(quay, listen_only=False)
    try:
        wait_for(lambda: len(quay.sea.replies) == 1, seconds=30)
        wait_for(lambda: _states(process._application.database) == [ReplyState.SENT])
    finally:
        process.stop()


def _drafts(database: Database) -> int:
    with database.read() as session:
        query = select(func.count()).select_from(Draft).where(Draft.state == DraftState.PROPOSED)
        return session.scalar(query) or 0


def test_no_job_that_a_listener_takes_writes_to_a_platform() -> None:
    taken = {kind for kind, plan in PLANS.items() if plan.queue in LISTENING}
    assert taken >= {JobKind.COLLECT, JobKind.CLASSIFY, JobKind.ROUTE}
    assert not taken & {JobKind.SEND, JobKind.LOOK_UP, JobKind.MAIL, JobKind.DIGEST}
