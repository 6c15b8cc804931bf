"""The desk in real Chromium: on a phone, zoomed, dark, and for those who don't see it."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from storage.database import Database
from storage.tables import Draft, Mention
from tests.e2e.browsers import approvable, go_to
from tests.e2e.conftest import Open

pytestmark = pytest.mark.chromium
PAGES = ("queue", "cases", "follow-ups", "mentions", "digests", "health")


def no_sideways_scroll(page: Page) -> bool:
    """Say whether the page fits its window's width."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


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
    open_page: Open, served_desk: tuple[str, Database], tmp_path: Path, options: dict[str, Any]
) -> None:
    page = open_page(**options)
    draft_id = approvable(served_desk[1])[0]
    with served_desk[1].read() as session:
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
