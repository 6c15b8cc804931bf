"""Every page opens for those who may see it, and for nobody else."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from storage.tables import Case, Draft, Mention
from tests.integration.console.conftest import FOREIGN, HOME, World


def first_ids(world: World) -> dict[str, int]:
    """Return an id of each kind at the home brand."""
    with world.database.read() as session:
        case = session.scalars(select(Case).order_by(Case.id)).first()
        draft = session.scalars(select(Draft).order_by(Draft.id)).first()
        assert case
        assert draft
        return {"case_id": case.id, "draft_id": draft.id, "mention_id": draft.mention_id, "person_id": case.person_id}


def brand_routes(world: World) -> list[tuple[str, str]]:
    """Return every method and path that names a brand, however its router was included."""
    found: set[tuple[str, str]] = set()
    for route in world.app.routes:
        contexts: Any = getattr(route, "effective_route_contexts", list)()
        for each in contexts:
            found |= {(method, each.path) for method in each.methods - {"HEAD"} if "{slug}" in each.path}
    return sorted(found)


def fill(path: str, ids: dict[str, int], slug: str) -> str:
    """Put a brand and ids into a path; an id that isn't known is 1."""
    return re.sub(r"{(\w+)}", lambda found: slug if found[1] == "slug" else str(ids.get(found[1], 1)), path)


@pytest.mark.parametrize("login", ["maite", "ruth"])
def test_every_page_opens(world: World, login: str) -> None:
    ids, browser = first_ids(world), world.browser(login)
    pages = [
        fill(path, ids, "ploverday") for method, path in brand_routes(world) if method == "GET" and "/api/" not in path
    ]
    assert len(pages) >= 8
    for page in pages:
        if "digest_id" in page or "/digests/" in page:
            continue
        answer = browser.get(page)
        assert answer.status_code == 200, page
        titles = re.findall(r"<title>(.*?)</title>", answer.text)
        assert len(titles) == 1
        assert "Ploverday" in titles[0]
        assert answer.text.count("<h1") == 1, page


def test_a_foreign_user_meets_404_on_every_route(world: World) -> None:
    ids, browser = first_ids(world), world.browser("eve")
    token = browser.token()
    routes = brand_routes(world)
    assert len(routes) > 30
    for method, path in routes:
        answer: Any = browser.request(
            method, fill(path, ids, "ploverday"), data={"csrf": token} if method != "GET" else None,
            headers={"x-csrf-token": token}, follow_redirects=False,
        )  # fmt: skip
        assert answer.status_code == 404, (method, path, answer.status_code)
        assert "Ploverday" not in answer.text


FIELDS: dict[str, Any] = {
    "version": 1, "intent": "praise", "sentiment": "positive", "tier": "gold", "priority": "low", "state": "pending",
    "text": "Hello", "reason": "Spam", "until": "2027-01-01T00:00:00Z", "assignee_id": None, "url": "",
}  # fmt: skip


def test_ids_of_another_brand_are_404_under_the_own_brand(world: World) -> None:
    ids, browser = first_ids(world), world.browser("eve")
    token = browser.token()
    checked = 0
    for method, path in brand_routes(world):
        if "_id}" not in path:
            continue
        body: dict[str, Any] = {"json": FIELDS} if "/api/" in path else {"data": {"csrf": token, **FIELDS}}
        answer = browser.request(
            method, fill(path, ids, "cap-aubray"), headers={"x-csrf-token": token}, follow_redirects=False,
            **(body if method != "GET" else {}),
        )  # fmt: skip
        assert answer.status_code == 404, (method, path, answer.status_code, answer.text[-600:])
        checked += 1
    assert checked > 35


def test_nobody_sees_anything_without_logging_in(world: World) -> None:
    ids, browser = first_ids(world), world.browser()
    for method, path in brand_routes(world):
        answer = browser.request(method, fill(path, ids, "ploverday"), follow_redirects=False)
        if "/api/" in path:
            assert answer.status_code == 401, (method, path)
        else:
            assert answer.headers["location"].startswith("/login"), (method, path)


def test_an_unknown_brand_and_a_foreign_one_read_alike(world: World) -> None:
    browser = world.browser("maite")
    unknown, foreign = browser.get("/b/nobody/queue"), browser.get(f"{FOREIGN}/queue")
    assert unknown.status_code == foreign.status_code == 404
    assert unknown.text == foreign.text


def test_roles_allow_what_they_are_for(world: World) -> None:
    ids = first_ids(world)
    note: dict[str, Any] = {"version": 1, "note": "Hello"}
    cases: list[tuple[str, str, dict[str, Any], int]] = [
        ("ruth", "drafts/{draft_id}/approve", {"version": 1, "text": "Hello"}, 403),
        ("ruth", "cases/{case_id}/note", note, 403),
        ("ruth", "mentions/{mention_id}/correct", {"intent": "praise", "sentiment": "positive"}, 403),
        ("ruth", "people/{person_id}/opt-out", {}, 403),
        ("ruth", "sources/1/restart", {}, 403),
        ("sipho", "sources/1/restart", {}, 403),
        ("sipho", "mentions/{mention_id}/draft", {}, 403),
        ("sipho", "cases/{case_id}/note", note, 303),
        ("maite", "cases/{case_id}/note", note, 303),
        ("maite", "sources/1/restart", {}, 303),
        ("ada", "cases/{case_id}/note", note, 303),
    ]
    browsers = {login: world.browser(login) for login in ("ruth", "sipho", "maite", "ada")}
    for login, path, fields, status in cases:
        answer = browsers[login].submit(f"{HOME}/{path.format(**ids)}", **fields)
        assert answer.status_code == status, (login, path, answer.text)


def test_support_reviews_drafts_of_cases_alone(world: World) -> None:
    with world.database.read() as session:
        free = session.scalars(select(Draft).where(Draft.case_id.is_(None))).first()
        of_case = session.scalars(select(Draft).where(Draft.case_id.is_not(None))).first()
        assert free
        assert of_case
    browser = world.browser("sipho")
    reason = {"version": 1, "reason": "Not about us"}
    assert browser.submit(f"{HOME}/drafts/{free.id}/reject", **reason).status_code == 403
    assert browser.submit(f"{HOME}/drafts/{of_case.id}/reject", **reason).status_code == 303
    assert 'id="approve"' not in browser.get(f"{HOME}/queue/{free.id}").text


def test_what_customers_write_is_shown_as_text(world: World) -> None:
    ids = first_ids(world)
    planted = "<script>alert('x')</script><img src=x onerror=alert(1)>"
    with world.database.write() as session:
        mention = session.get_one(Mention, ids["mention_id"])
        mention.text, mention.title, mention.url = planted, planted, "javascript:alert(1)"
        session.get_one(Draft, ids["draft_id"]).text = planted
    browser = world.browser("maite")
    pages = [f"queue/{ids['draft_id']}", f"mentions/{ids['mention_id']}", "mentions", "queue"]
    for page in pages:
        text = browser.get(f"{HOME}/{page}").text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "javascript:" not in text
    assert "&lt;script&gt;alert" in browser.get(f"{HOME}/mentions/{ids['mention_id']}").text
