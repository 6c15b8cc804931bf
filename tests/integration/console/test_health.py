"""Health, probes and the buttons that mend."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from console.services import EngineSnapshot, FailedJob
from domain.states import ReplyState, SourceState
from storage.instance import read_file
from storage.jobs import JobKind, MemoryJobs
from storage.tables import (
    AuditEvent,
    Conversation,
    DeadLetter,
    Installation,
    LedgerEntry,
    Mention,
    Reply,
    Source,
    SourceGap,
)
from tests.conftest import NOW
from tests.integration.console.conftest import HOME, World
from tests.integration.console.test_pages import first_ids


def add_reply(world: World, state: ReplyState) -> int:
    """Add a reply in some trouble."""
    with world.database.write() as session:
        mention = session.get_one(Mention, first_ids(world)["mention_id"])
        reply = Reply(
            brand_id=mention.brand_id, mention_id=mention.id, conversation_id=mention.conversation_id, platform="x",
            account="ploverday", origin="desk", state=state, key=f"key-{state}", text="<b>Thanks</b>",
            in_reply_to=mention.external_id, created_at=NOW, attempts=1, lookups=1, last_error="The line went dead.",
        )  # fmt: skip
        session.add(reply)
        session.flush()
        assert session.get(Conversation, reply.conversation_id)
        return reply.id


def state_of(world: World, reply_id: int) -> ReplyState:
    """Return the reply's state now."""
    with world.database.read() as session:
        return session.get_one(Reply, reply_id).state


def test_trouble_is_shown_with_its_mend(make_world: Callable[..., World]) -> None:
    failed = FailedJob(id="collect:1:2", kind="collect", error="TimeoutError", at=NOW)
    world = make_world(engine=lambda: EngineSnapshot(alive=False, waiting={"send": 7}, failed=(failed,)))
    with world.database.write() as session:
        source = session.scalars(select(Source)).first()
        assert source
        source.state, source.last_error = SourceState.STOPPED, "The key is refused; put a fresh one into the secrets."
        session.add(SourceGap(brand_id=source.brand_id, source_id=source.id, started_at=NOW, reason="refused"))
        letter = DeadLetter(
            brand_id=source.brand_id, source_id=source.id, place="line 7", reason="No text.", payload="<script>",
            payload_hash="0", received_at=NOW,
        )  # fmt: skip
        session.add(letter)
    add_reply(world, ReplyState.UNKNOWN)
    page = world.browser("maite").get(f"{HOME}/health").text
    for words in (
        "The engine stands still", "The key is refused; put a fresh one", "Read it again now", "line 7: No text.",
        "&lt;script&gt;", "The line went dead.", "Look again", "TimeoutError", "test-model 1", "still",
    ):  # fmt: skip
        assert words in page, words
    answer = world.browser("maite").submit(f"{HOME}/sources/{source.id}/restart")
    assert answer.status_code == 303
    with world.database.read() as session:
        assert session.get_one(Source, source.id).state is SourceState.ACTIVE


def test_a_source_that_was_read_and_brought_nothing_new_does_not_look_broken(world: World) -> None:
    def newest() -> str:
        page = world.browser("maite").get(f"{HOME}/health").text
        return page.split('data-name="newest">')[1].split("</td>")[0]

    with world.database.write() as session:
        for source in session.scalars(select(Source)):
            source.last_ok_at, source.last_post_at = None, None
    assert "never" in newest()
    with world.database.write() as session:
        for source in session.scalars(select(Source)):
            source.last_ok_at = NOW
    assert "nothing new yet" in newest()
    with world.database.write() as session:
        for source in session.scalars(select(Source)):
            source.last_post_at = NOW
    assert "nothing new" not in newest()


def test_people_decide_on_replies_that_may_have_gone_out(world: World) -> None:
    browser = world.browser("maite")
    unknown, failed = add_reply(world, ReplyState.UNKNOWN), add_reply(world, ReplyState.FAILED)
    assert browser.submit(f"{HOME}/replies/{unknown}/look-up").status_code == 303
    jobs = world.app.state.services.jobs
    assert isinstance(jobs, MemoryJobs)
    assert [(job.kind, job.ids) for job in jobs.waiting] == [(JobKind.LOOK_UP, (unknown,))]
    assert browser.submit(f"{HOME}/replies/{failed}/look-up").status_code == 422
    assert browser.submit(f"{HOME}/replies/{unknown}/sent", url="javascript:alert(1)").status_code == 422
    assert browser.submit(f"{HOME}/replies/{unknown}/sent", url="https://x.example/9").status_code == 303
    assert state_of(world, unknown) is ReplyState.SENT
    assert browser.submit(f"{HOME}/replies/{unknown}/resend").status_code == 422
    assert browser.submit(f"{HOME}/replies/{failed}/resend").status_code == 303
    assert state_of(world, failed) is ReplyState.QUEUED
    assert browser.submit(f"{HOME}/replies/{failed}/withdraw").status_code == 303
    assert state_of(world, failed) is ReplyState.WITHDRAWN


def test_only_an_admin_says_that_a_copy_may_send(world: World) -> None:
    with world.database.write() as session:
        session.scalars(select(Installation)).one().sending_off_reason = "Is this a copy?"
    doubted = add_reply(world, ReplyState.UNKNOWN)
    manager, admin = world.browser("maite"), world.browser("ada")
    page = manager.get(f"{HOME}/queue").text
    assert "Is this a copy?" in page
    assert "/sending/confirm" not in page
    assert manager.submit("/sending/confirm").status_code == 403
    assert "/sending/confirm" in admin.get(f"{HOME}/queue").text
    answer = admin.submit("/sending/confirm", back=f"{HOME}/queue")
    assert answer.headers["location"] == f"{HOME}/queue?said=sending_on"
    jobs = world.app.state.services.jobs
    assert isinstance(jobs, MemoryJobs)
    assert [(job.kind, job.ids) for job in jobs.waiting] == [(JobKind.LOOK_UP, (doubted,))]
    with world.database.read() as session:
        row = session.scalars(select(Installation)).one()
        assert session.scalars(select(AuditEvent).where(AuditEvent.action == "sending.confirmed")).one()
    assert row.sending_off_reason is None
    assert read_file(world.data_dir) == row.instance_id


def test_probes_tell_machines_the_truth(make_world: Callable[..., World]) -> None:
    states = [EngineSnapshot(alive=True)]
    world = make_world(engine=lambda: states[0], metrics_token="a token")
    browser = world.browser()
    assert browser.get("/healthz").json() == {"alive": True}
    assert browser.get("/readyz").json() == {"ready": True, "database": True, "engine": True}
    states[0] = EngineSnapshot(alive=False)
    assert browser.get("/readyz").status_code == 503
    with world.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    assert browser.get("/readyz").json() == {"ready": False, "database": False, "engine": False}
    assert browser.get("/healthz").status_code == 200
    # The test's browser isn't on loopback, as far as the desk can see.
    assert browser.get("/metrics").status_code == 403
    assert browser.get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 403
    answer = browser.get("/metrics", headers={"authorization": "Bearer a token"})
    assert answer.text == "# EOF\n"
    assert answer.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")


def test_counts_are_for_this_machine_and_not_for_who_comes_through_its_proxy(world: World) -> None:
    from starlette.testclient import TestClient

    local = TestClient(world.app, client=("127.0.0.1", 4000))
    assert local.get("/metrics").status_code == 200
    assert local.get("/metrics", headers={"x-forwarded-for": "203.0.113.9"}).status_code == 403


def test_counts_in_the_navigation_are_fresh_after_a_decision(world: World) -> None:
    browser, ids = world.browser("maite"), first_ids(world)

    def waiting() -> str:
        return browser.get(f"{HOME}/health").text.partition('class="count">')[2].partition("<")[0]

    before = int(waiting())
    browser.submit(f"{HOME}/drafts/{ids['draft_id']}/reject", version=1, reason="Spam")
    assert int(waiting()) == before - 1
    world.clock.advance(timedelta(seconds=1))
    assert int(waiting()) == before - 1


def test_a_sources_month_is_shown_with_where_it_leads(make_world: Callable[..., World]) -> None:
    world = make_world()
    with world.database.write() as session:
        source = session.scalars(select(Source)).first()
        assert source
        session.add(
            LedgerEntry(
                brand_id=source.brand_id, source_id=source.id, kind="platform_calls", reference="source:1:day",
                micros=9_000_000, currency="USD", calls=1_700, at=NOW - timedelta(days=3),
            )
        )  # fmt: skip
    page = world.browser("maite").get(f"{HOME}/health").text
    # NOW is seventeen days and some hours into a month of thirty.
    assert "1,700 calls, 9.00 USD" in page
    assert "about 2,9" in page
    assert "by the month's end" in page
    assert "the limit comes first" not in page
