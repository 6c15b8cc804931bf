"""A package of an outsider adds a platform: it is connected, read and answered, and nothing of ours changed for it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from config.mistakes import ConfigError
from domain.states import DraftState, ReplyState, SourceState
from domain.time import ManualClock
from platforms.recordings import Answer, find_readers
from platforms.registry import capabilities_of
from responders.errors import NotPermitted
from runtime.application import Application
from runtime.obstacles import Obstacles
from runtime.wiring import build, build_vault
from sentiment.keywords import KeywordClassifier
from storage.jobs import Job, JobKind, MemoryJobs
from storage.queries.users import add_user
from storage.tables import Draft, Mention, Reply, Source
from tests.integration.runtime.quay import Quay


class Desk:
    """The application on the quay's settings, whose jobs run when told."""

    def __init__(self, quay: Quay, *, listen_only: bool = False) -> None:
        self.clock = ManualClock(datetime.now(UTC) + timedelta(minutes=1))
        self.jobs = MemoryJobs(self.clock)
        self.parts: Application = build(
            quay.load(), clock=self.clock, jobs=self.jobs, classifier=KeywordClassifier(), listen_only=listen_only
        )
        self.jobs.handlers = self.parts.handlers
        with self.parts.database.write() as session:
            self.user_id = add_user(session, login="ada", name="Ada", password_hash="-", clock=self.clock).id

    def collect(self) -> None:
        self.clock.advance(timedelta(minutes=10))
        with self.parts.database.write() as session:
            for source_id in session.scalars(select(Source.id)):
                key = f"collect:{source_id}:{self.clock.now()}"
                self.jobs.enqueue(session, Job(kind=JobKind.COLLECT, key=key, ids=(source_id,)))
        self.jobs.run_due()

    def approve_all(self) -> None:
        with self.parts.database.read() as session:
            waiting = session.execute(select(Draft.id, Draft.version).where(Draft.state == DraftState.PROPOSED)).all()
        for draft_id, version in waiting:
            self.parts.reviewer.approve(draft_id=draft_id, version=version, user_id=self.user_id)
        self.jobs.run_due()

    def replies(self) -> list[tuple[ReplyState, str | None]]:
        with self.parts.database.read() as session:
            return [(row.state, row.external_id) for row in session.scalars(select(Reply))]


@pytest.fixture
def connected(quay: Quay) -> Quay:
    """The quay with its account connected and its profile in force."""
    quay.connect("--sources", "1", "--apply", "--set", "record.licence=2026-11-01")
    return quay


@pytest.fixture
def desk(connected: Quay) -> Iterator[Desk]:
    made = Desk(connected)
    yield made
    made.parts.close()


def test_its_posts_are_collected_and_answered_with_a_key_for_each(connected: Quay, desk: Desk) -> None:
    connected.post("I love my tern kettle, it is great and boils fast")
    connected.post("nothing to do with it")
    desk.collect()
    with desk.parts.database.read() as session:
        assert [(row.platform, row.external_id) for row in session.scalars(select(Mention))] == [("harbour", "p0")]
    desk.approve_all()
    assert desk.replies() == [(ReplyState.SENT, "h-1")]
    assert [(reply.in_reply_to, reply.account) for reply in connected.sea.replies] == [("p0", "@tern")]
    connected.post("I love my tern kettle, it is great and boils fast", by="bo")
    desk.collect()
    with desk.parts.database.read() as session:
        assert len(session.scalars(select(Mention)).all()) == 2


def test_a_refused_key_stops_its_source_and_its_reply(connected: Quay, desk: Desk) -> None:
    connected.post("I love my tern kettle, it is great and boils fast")
    desk.collect()
    connected.sea.closed = True
    desk.approve_all()
    assert desk.replies() == [(ReplyState.FAILED, None)]
    desk.collect()
    with desk.parts.database.read() as session:
        source = session.scalars(select(Source)).one()
        assert source.state is SourceState.STOPPED
        assert "401" in str(source.last_error)


def test_without_write_keys_approving_is_refused_with_the_mend(connected: Quay, desk: Desk) -> None:
    connected.post("I love my tern kettle, it is great and boils fast")
    desk.collect()
    connected.ok("disconnect", "harbour")
    # Whether there are keys is known without opening one.
    (connected.folder / "data" / "keys" / "write.key").unlink()
    with pytest.raises(NotPermitted, match=r"No write keys of @tern on Harbour are stored; answer by hand") as refused:
        desk.approve_all()
    assert refused.value.permission.rule == "unsendable"
    assert "earnest connect harbour --brand tern" in refused.value.permission.reason
    assert desk.replies() == []
    connected.connect("--sources", "1")
    desk.approve_all()
    assert desk.replies() == [(ReplyState.SENT, "h-1")]


def test_a_secret_that_settings_name_counts_as_a_key(connected: Quay, desk: Desk) -> None:
    with desk.parts.database.read() as session:
        profile = desk.parts.profiles.current_of(session, 1).profile
        account = next(each for each in profile.accounts if each.platform == "harbour")
        look = Obstacles(build_vault(connected.load(), desk.parts.database, desk.clock))
        assert look(session, profile, account) is None
        unknown = account.model_copy(update={"handle": "@dove"})
        assert look(session, profile, unknown)
        assert look(session, profile, unknown.model_copy(update={"credentials": {"access_token": "HARBOUR"}})) is None
        elsewhere = look(session, profile, account.model_copy(update={"platform": "hackernews"}))
        assert elsewhere == "Nothing that sends to Hacker News is installed here; answer by hand."


def test_its_options_are_checked_with_the_line(connected: Quay) -> None:
    connected.file.write_text(connected.file.read_text().replace("quay: east", "key: east"))
    with pytest.raises(
        ConfigError, match=r"tern\.yaml:\d+:\d+: sources\[0\]\.options\.key: `key` isn't a setting here"
    ):
        connected.load()


def test_its_reader_and_facts_are_found(quay: Quay) -> None:
    post = {"id": "1", "by": "ada", "text": "a tern", "at": "2026-11-18T10:00:00+00:00"}
    reading = find_readers()["harbour"]()(Answer(body=json.dumps([post, {"id": "2"}]).encode()))
    assert [(found.external_id, found.text) for found in reading.posts] == [("1", "a tern")]
    assert [reject.place for reject in reading.rejects] == ["post 1"]
    assert (capabilities_of("harbour").name, capabilities_of("harbour").max_length) == ("Harbour", 400)


def test_a_process_that_only_listens_needs_no_write_key_and_opens_none(connected: Quay) -> None:
    (connected.folder / "data" / "keys" / "write.key").unlink()
    listener = Desk(connected, listen_only=True)
    connected.post("I love my tern kettle, it is great and boils fast")
    listener.collect()
    with listener.parts.database.read() as session:
        assert session.scalars(select(Draft.state)).one() is DraftState.PROPOSED
    assert [path.name for path in (connected.folder / "data" / "keys").iterdir()] == ["read.key"]
    listener.parts.close()
