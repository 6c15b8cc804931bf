"""The JSON API: the same desk for programs."""

from typing import Any

from sqlalchemy import select

from domain.states import DraftState
from storage.tables import Draft, Mention
from tests.integration.console.conftest import Browser, World
from tests.integration.console.test_queue import approvable

BASE = "/api/v1/brands/ploverday"


def change(browser: Browser, path: str, **body: Any) -> Any:
    """Send a change with the session's token."""
    token = browser.get("/api/v1/session").json()["csrf_token"]
    return browser.post(f"{BASE}/{path}", json=body, headers={"x-csrf-token": token})


def test_the_session_says_who_and_where(world: World) -> None:
    found = world.browser("maite").get("/api/v1/session").json()
    assert found["login"] == "maite"
    assert found["brands"] == [{"slug": "ploverday", "name": "Ploverday", "roles": ["community_manager"]}]
    assert world.browser().get("/api/v1/session").json() == {"error": "Nobody is logged in; log in and try again."}


def test_drafts_are_listed_read_and_approved(both: World) -> None:
    browser, draft = both.browser("maite"), approvable(both)
    first = browser.get(f"{BASE}/queue", params={"limit": 2}).json()
    second = browser.get(f"{BASE}/queue", params={"limit": 2, "after": first["next"]}).json()
    ids = [item["draft_id"] for item in first["items"] + second["items"]]
    assert len(set(ids)) == 4
    detail = browser.get(f"{BASE}/drafts/{draft.id}").json()
    assert (detail["text"], detail["version"], detail["allowed"]) == (draft.text, draft.version, True)
    assert detail["thread"][0]["text"]
    assert change(browser, f"drafts/{draft.id}/approve", version=draft.version + 5).status_code == 409
    answer = change(browser, f"drafts/{draft.id}/approve", version=draft.version, text="Thank you so much.")
    assert answer.status_code == 200
    assert answer.json()["state"] == "approved"
    assert answer.json()["next"] != draft.id


def test_every_decision_is_there(world: World) -> None:
    browser = world.browser("maite")
    with world.database.read() as session:
        drafts = session.scalars(select(Draft).where(Draft.case_id.is_(None), Draft.text != "")).all()
        platform = session.get_one(Mention, drafts[0].mention_id).platform
    me = world.seeded.users["maite"]
    for draft, action, body in (
        (drafts[0], "edit", {"text": "Another text."}),
        (drafts[1], "reject", {"reason": "Spam"}),
        (drafts[2], "snooze", {"until": "2026-11-19T09:00:00+01:00"}),
        (drafts[3], "assign", {"assignee_id": me}),
        (drafts[4], "case", {"priority": "high"}),
        (drafts[5], "by-hand", {"text": "Said there.", "url": "https://x.example/1"}),
    ):
        answer = change(browser, f"drafts/{draft.id}/{action}", version=draft.version, **body)
        assert answer.status_code == 200, (action, answer.text)
        assert answer.json()["version"] > draft.version
    assert platform
    with world.database.read() as session:
        assert session.get_one(Draft, drafts[1].id).state is DraftState.REJECTED
        assert session.get_one(Draft, drafts[4].id).case_id


def test_mistakes_are_one_sentence(world: World) -> None:
    browser, draft = world.browser("maite"), approvable(world)
    for path, body, status in (
        (f"drafts/{draft.id}/approve", {}, 422),
        (f"drafts/{draft.id}/snooze", {"version": 1, "until": "2026-11-19T09:00:00"}, 422),
        (f"drafts/{draft.id}/snooze", {"version": 1, "until": "2020-01-01T09:00:00Z"}, 422),
        (f"drafts/{draft.id}/assign", {"version": 1, "assignee_id": world.seeded.users["eve"]}, 422),
        ("drafts/999999/reject", {"version": 1, "reason": "x"}, 404),
    ):
        answer = change(browser, path, **body)
        assert answer.status_code == status, path
        assert list(answer.json()) == ["error"]
        assert answer.json()["error"].endswith(".")
    assert browser.get(f"{BASE}/queue?after=!").status_code == 422
    assert browser.get("/api/nowhere").json()["error"]


def test_a_change_without_the_token_does_nothing(world: World) -> None:
    browser, draft = world.browser("maite"), approvable(world)
    answer = browser.post(f"{BASE}/drafts/{draft.id}/reject", json={"version": draft.version, "reason": "x"})
    assert answer.status_code == 403
    with world.database.read() as session:
        assert session.get_one(Draft, draft.id).state is DraftState.PROPOSED


def test_cases_mentions_and_digests_are_read(world: World) -> None:
    browser = world.browser("ruth")
    case = browser.get(f"{BASE}/cases", params={"state": "open"}).json()["items"][0]
    detail = browser.get(f"{BASE}/cases/{case['id']}").json()
    assert {clock["kind"] for clock in detail["clocks"]} == {"first_response", "resolution"}
    mention = browser.get(f"{BASE}/mentions", params={"intent": "praise", "limit": 1}).json()["items"][0]
    assert browser.get(f"{BASE}/mentions/{mention['id']}").json() == mention
    assert browser.get(f"{BASE}/digests").json() == []
    assert browser.get(f"{BASE}/digests/2026-W40").status_code == 404
    corrected = change(browser, f"mentions/{mention['id']}/correct", intent="other", sentiment="neutral")
    assert corrected.status_code == 403


def test_the_description_is_for_who_is_logged_in(world: World) -> None:
    assert world.browser().get("/api/openapi.json").status_code == 401
    assert world.browser().get("/api/docs", follow_redirects=False).status_code == 401
    browser = world.browser("ruth")
    document = browser.get("/api/openapi.json").json()
    assert "/api/v1/brands/{slug}/queue" in document["paths"]
    assert all(path.startswith("/api/v1/") for path in document["paths"])
    page = browser.get("/api/docs").text
    for path in document["paths"]:
        assert path in page
