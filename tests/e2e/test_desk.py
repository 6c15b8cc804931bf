"""The desk in real Chromium: hands on the keyboard, without JavaScript, small, large, dark."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from domain.time import ManualClock
from storage.database import Database
from storage.tables import Draft, Mention, Reply, Review
from tests.conftest import NOW
from tests.e2e.browsers import chromium, log_in, served

pytestmark = pytest.mark.chromium
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Database]]:
    with served(tmp_path_factory.mktemp("desk"), ManualClock(NOW)) as (address, database, _):
        yield address, database


@pytest.fixture(scope="module")
def session(browser: Browser, desk: tuple[str, Database]) -> Any:
    """One log-in that the pages share, since a password is slow to check on purpose."""
    context = browser.new_context(base_url=desk[0])
    log_in(context.new_page(), desk[0])
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def open_page(browser: Browser, desk: tuple[str, Database], session: Any) -> Iterator[Open]:
    """Return what opens a logged-in page; anything on its console fails the test."""
    contexts, said = [], list[str]()

    def make(**options: Any) -> Page:
        wide = {"viewport": {"width": 1280, "height": 860}, "storage_state": session}
        context = browser.new_context(base_url=desk[0], **{**wide, **options})
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


def current(page: Page) -> int:
    """Return the id of the draft that the page shows."""
    action = page.locator("#editor").get_attribute("action") or ""
    found = re.search(r"/drafts/(\d+)/", action)
    assert found
    return int(found[1])


def go_to(page: Page, draft_id: int) -> None:
    """Open one draft."""
    page.goto(f"/b/ploverday/queue/{draft_id}")


def approvable(database: Database) -> list[int]:
    """Return the drafts that the gate lets through, in the queue's order."""
    with database.read() as session:
        query = (
            select(Draft.id).join(Mention, Mention.id == Draft.mention_id)
            .where(Draft.state == "proposed", Draft.text != "", Draft.language == "en",
                   Mention.text.contains("@ploverday"))
            .order_by(Draft.rank, Draft.created_at, Draft.id)
        )  # fmt: skip
        return list(session.scalars(query))


def no_sideways_scroll(page: Page) -> bool:
    """Say whether the page fits its window's width."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def test_drafts_are_approved_by_keyboard_one_after_the_other(open_page: Open, desk: tuple[str, Database]) -> None:
    page = open_page()
    page.evaluate("window.stayed = true")
    for draft_id in approvable(desk[1])[:3]:
        go_to(page, draft_id)
        page.evaluate("window.stayed = true")
        page.keyboard.press("a")
        page.wait_for_function("id => !location.pathname.endsWith('/' + id)", arg=str(draft_id))
        expect(page.locator("#said")).to_contain_text("Approved")
        assert current(page) != draft_id
        # The next one came without a full reload, and the keys work on it.
        assert page.evaluate("window.stayed") is True
        assert page.evaluate("document.activeElement.id") == "detail"
        with desk[1].read() as session:
            assert session.scalars(select(Reply.text).where(Reply.draft_id == draft_id)).all()


def test_j_and_k_walk_the_list_and_the_address_follows(open_page: Open) -> None:
    page = open_page()
    first = current(page)
    page.keyboard.press("j")
    page.wait_for_function("id => !document.querySelector('#editor').action.includes('/' + id + '/')", arg=str(first))
    second = current(page)
    assert page.url.endswith(f"/queue/{second}")
    expect(page.locator(".lines [aria-current]")).to_have_attribute("data-draft", str(second))
    page.keyboard.press("k")
    page.wait_for_url(f"**/queue/{first}")
    page.go_back()
    page.wait_for_url(f"**/queue/{second}")
    expect(page.locator(".lines [aria-current]")).to_have_attribute("data-draft", str(second))


def test_a_draft_is_edited_and_approved_from_the_keyboard(open_page: Open, desk: tuple[str, Database]) -> None:
    page = open_page()
    draft_id = approvable(desk[1])[0]
    go_to(page, draft_id)
    page.keyboard.press("e")
    assert page.evaluate("document.activeElement.id") == "text"
    page.keyboard.press("Control+a")
    page.keyboard.type("Thank you, that made our morning.")
    # Letters in the editor are text, and no command.
    expect(page.locator("#counter")).to_contain_text("33 of 280")
    expect(page.locator("#approve")).to_contain_text("Approve this text")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#said")).to_contain_text("Approved")
    with desk[1].read() as session:
        reply = session.scalars(select(Reply).where(Reply.draft_id == draft_id)).one()
        review = session.scalars(select(Review).where(Review.draft_id == draft_id)).one()
    assert reply.text == "Thank you, that made our morning."
    assert review.decision == "edited_and_approved"


def test_guards_speak_while_one_types_and_a_blocked_text_stays_in_the_box(
    open_page: Open, desk: tuple[str, Database]
) -> None:
    page = open_page()
    go_to(page, approvable(desk[1])[0])
    text = "We promise a full refund of 500 EUR by tomorrow, valued customer."
    page.fill("#text", text)
    expect(page.locator("#findings .block").first).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#error")).to_be_focused()
    expect(page.locator("#text")).to_have_value(text)


def test_a_draft_is_rejected_with_a_reason(open_page: Open, desk: tuple[str, Database]) -> None:
    page = open_page()
    draft_id = current(page)
    page.keyboard.press("r")
    expect(page.locator("#reject select")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#reject")).not_to_have_attribute("open", "")
    page.keyboard.press("r")
    page.select_option("#reject select", "Not about us")
    page.locator("#reject button").click()
    expect(page.locator("#said")).to_contain_text("Rejected")
    with desk[1].read() as session:
        assert session.get_one(Draft, draft_id).state == "rejected"


def test_an_edit_travels_with_a_snooze(open_page: Open, desk: tuple[str, Database]) -> None:
    page = open_page()
    draft_id = current(page)
    page.fill("#text", "Half of an answer, and")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.locator("#snooze button").click()
    expect(page.locator("#said")).to_contain_text("Snoozed")
    with desk[1].read() as session:
        assert session.get_one(Draft, draft_id).text == "Half of an answer, and"


def test_a_lost_connection_loses_no_text(open_page: Open, desk: tuple[str, Database]) -> None:
    page = open_page()
    go_to(page, approvable(desk[1])[0])
    page.fill("#text", "A careful answer.")
    page.route("**/approve*", lambda route: route.abort())
    page.keyboard.press("Control+Enter")
    expect(page.locator("#said")).to_contain_text("can't be reached")
    expect(page.locator("#text")).to_have_value("A careful answer.")
    expect(page.locator("#approve")).to_be_enabled()
    page.once("dialog", lambda dialog: dialog.accept())


def test_g_and_a_letter_go_to_pages_and_the_help_opens(open_page: Open) -> None:
    page = open_page()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/cases*")
    page.keyboard.press("j")
    expect(page.locator(".row-link").first).to_be_focused()
    page.keyboard.press("/")
    page.wait_for_url("**/mentions*")
    page.keyboard.press("/")
    expect(page.locator("input[type=search]")).to_be_focused()


def test_the_main_way_works_without_javascript(open_page: Open, desk: tuple[str, Database]) -> None:
    page = open_page(java_script_enabled=False)
    draft_id = approvable(desk[1])[0]
    go_to(page, draft_id)
    page.fill("#text", "Thank you for telling us.")
    page.click("#approve")
    assert "said=approved" in page.url
    expect(page.locator("#said")).to_contain_text("Approved")
    assert current(page) != draft_id
    page.locator("#reject summary").click()
    page.locator("#reject button").click()
    expect(page.locator("#said")).to_contain_text("Rejected")
    with desk[1].read() as session:
        assert (
            session.scalars(select(Reply.text).where(Reply.draft_id == draft_id)).one() == "Thank you for telling us."
        )


PAGES = ("queue", "cases", "follow-ups", "mentions", "digests", "health")


@pytest.mark.parametrize(
    "options",
    [
        {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True},
        # 200 % zoom of a window of 1280 by 800.
        {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2},
        {"viewport": {"width": 1280, "height": 860}, "color_scheme": "dark"},
        {"viewport": {"width": 1920, "height": 1080}, "reduced_motion": "reduce", "forced_colors": "active"},
    ],
    ids=["phone", "zoomed", "dark", "wide"],
)
def test_every_page_fits_its_window(
    open_page: Open, desk: tuple[str, Database], tmp_path: Path, options: dict[str, Any]
) -> None:
    page = open_page(**options)
    draft_id = approvable(desk[1])[0]
    with desk[1].read() as session:
        mention = session.get_one(Mention, session.get_one(Draft, draft_id).mention_id)
        case_id = session.scalars(select(Mention.case_id).where(Mention.case_id.is_not(None))).first()
    for path in (*PAGES, f"queue/{draft_id}", f"mentions/{mention.id}", f"cases/{case_id}"):
        page.goto(f"/b/ploverday/{path}")
        page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true; })")
        assert no_sideways_scroll(page), path
        page.screenshot(path=tmp_path / f"{path.replace('/', '-')}.png")
    go_to(page, draft_id)
    expect(page.locator("#approve")).to_be_visible()


def test_on_a_phone_one_thing_is_shown_at_a_time(open_page: Open) -> None:
    page = open_page(viewport={"width": 360, "height": 740})
    expect(page.locator("#lines")).to_be_visible()
    expect(page.locator("#editor")).to_be_hidden()
    page.locator("#lines a").first.click()
    expect(page.locator("#editor")).to_be_visible()
    expect(page.locator("#lines")).to_be_hidden()
    page.locator(".back a").click()
    expect(page.locator("#lines")).to_be_visible()


# Luminance contrast as WCAG defines it, of every text against the ground that is painted behind it.
CONTRAST = """() => {
  const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => {
    const part = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const found = parse(getComputedStyle(at).backgroundColor);
      if (found.length === 3 || found[3] === 1) return found;
    }
    return [255, 255, 255];
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !node.checkVisibility() || node.closest("kbd, option, .sr, .skip")) continue;
    const a = light(parse(getComputedStyle(node).color)), b = light(ground(node));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const what = `${node.className || node.tagName}: ${walker.currentNode.data.trim()}`;
    if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} ${what}`);
  }
  return poor;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_both_schemes(open_page: Open, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    for path in PAGES:
        page.goto(f"/b/ploverday/{path}")
        assert page.evaluate(CONTRAST) == [], path


def test_pages_carry_landmarks_labels_and_one_heading(open_page: Open) -> None:
    page = open_page()
    for path in PAGES:
        page.goto(f"/b/ploverday/{path}")
        assert page.locator("main").count() == page.locator("h1").count() == 1
        unnamed = page.evaluate(
            "[...document.querySelectorAll('input:not([type=hidden]), select, textarea, button')]"
            ".filter(each => !(each.labels?.length || each.textContent.trim() || each.ariaLabel))"
            ".map(each => each.outerHTML)"
        )
        assert unnamed == [], path
        assert page.locator("html").get_attribute("lang") == "en"
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
