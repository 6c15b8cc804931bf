"""The posts around a mention show at the desk as context with their age, and are read anew when they are old."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from console.services import Services
from domain.states import DraftState
from platforms.registry import capabilities_of
from storage.jobs import JobKind, MemoryJobs
from storage.tables import Conversation, Draft, Mention, ThreadPost
from tests.integration.console.conftest import HOME, World


def threads_asked(world: World) -> list[tuple[int, ...]]:
    services: Services = world.app.state.services
    assert isinstance(services.jobs, MemoryJobs)
    return [job.ids for job in services.jobs.waiting if job.kind is JobKind.THREAD]


@pytest.fixture
def draft(world: World) -> Draft:
    """A draft on a platform that shows threads."""
    with world.database.read() as session:
        rows = session.execute(
            select(Draft, Mention.platform).join(Mention, Mention.id == Draft.mention_id).order_by(Draft.id)
        ).all()
    return next(
        draft for draft, platform in rows
        if capabilities_of(platform).can_read_threads and draft.state is DraftState.PROPOSED
    )  # fmt: skip


def add_context(world: World, draft: Draft) -> None:
    now = world.clock.now()
    with world.database.write() as session:
        conversation = session.get_one(Conversation, draft.conversation_id)
        conversation.thread_read_at = now - timedelta(minutes=10)
        for number, own in ((1, False), (2, True)):
            session.add(
                ThreadPost(
                    brand_id=draft.brand_id, conversation_id=draft.conversation_id, platform=conversation.platform,
                    external_id=f"around-{number}", author_external_id="u9", author_handle="nina",
                    author_name="<b>Nina</b>", is_own=own, text=f"Above it all {number}",
                    url=f"https://example.org/{number}", posted_at=now - timedelta(days=2),
                    read_at=now - timedelta(minutes=10),
                )
            )  # fmt: skip


def test_context_shows_with_its_age(world: World, draft: Draft) -> None:
    add_context(world, draft)
    browser = world.browser("maite")
    for path in (f"queue/{draft.id}", f"mentions/{draft.mention_id}"):
        page = browser.get(f"{HOME}/{path}").text
        assert "Above it all 1" in page
        assert "&lt;b&gt;Nina" in page
        assert page.count("context, read") == 2
        assert "ours, context, read" in page
        assert "10 min ago" in page
        assert "mention None" not in page


def test_opening_asks_for_an_old_thread_once(world: World, draft: Draft) -> None:
    browser = world.browser("maite")
    browser.get(f"{HOME}/queue/{draft.id}")
    browser.get(f"{HOME}/mentions/{draft.mention_id}")
    assert threads_asked(world) == [(draft.conversation_id,)]
    add_context(world, draft)
    world.clock.advance(timedelta(minutes=4))
    browser.get(f"{HOME}/queue/{draft.id}")
    assert len(threads_asked(world)) == 1
    world.clock.advance(timedelta(minutes=20))
    browser.get(f"{HOME}/mentions/{draft.mention_id}")
    assert len(threads_asked(world)) == 2


def test_opening_a_case_asks_for_its_thread(world: World) -> None:
    with world.database.read() as session:
        rows = session.execute(
            select(Mention.case_id, Mention.conversation_id, Mention.platform).where(Mention.case_id.is_not(None))
        ).all()
    case_id, place, _ = next(row for row in rows if capabilities_of(row.platform).can_read_threads)
    world.browser("sipho").get(f"{HOME}/cases/{case_id}")
    assert (place,) in threads_asked(world)


def test_who_only_looks_costs_nothing(world: World, draft: Draft) -> None:
    assert world.browser("ruth").get(f"{HOME}/mentions/{draft.mention_id}").status_code == 200
    assert threads_asked(world) == []
