"""One Chromium, one desk and one log-in for a module of tests."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from domain.time import ManualClock
from storage.database import Database
from tests.conftest import NOW
from tests.e2e.browsers import chromium, log_in, served

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium_browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def served_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Database]]:
    with served(tmp_path_factory.mktemp("desk"), ManualClock(NOW)) as (address, database, _):
        yield address, database


@pytest.fixture(scope="module")
def logged_in(chromium_browser: Browser, served_desk: tuple[str, Database]) -> Any:
    """One log-in that the pages share, since a password is slow to check on purpose."""
    context = chromium_browser.new_context(base_url=served_desk[0])
    log_in(context.new_page(), served_desk[0])
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def open_page(chromium_browser: Browser, served_desk: tuple[str, Database], logged_in: Any) -> Iterator[Open]:
    """Return what opens a logged-in page; anything on its console fails the test."""
    contexts, said = [], list[str]()

    def make(**options: Any) -> Page:
        wide = {"viewport": {"width": 1280, "height": 860}, "storage_state": logged_in}
        context = chromium_browser.new_context(base_url=served_desk[0], **{**wide, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.goto("/b/ploverday/queue")
        return page

    yield make
    for context in contexts:
        context.close()
    # Chromium notes a refused form (4xx) and a connection that a test cut; everything else is a fault of ours.
    assert [line for line in said if "status of 4" not in line and "ERR_FAILED" not in line] == []
