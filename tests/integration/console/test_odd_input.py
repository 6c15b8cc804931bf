"""Whatever comes in, the answer is a page or a sentence, and never a fault of ours."""

import pytest

from storage.queries.paging import Cursor
from tests.integration.console.conftest import HOME, World
from tests.integration.console.test_queue import approvable

HUGE = "9" * 30
ODD = (
    "\x00",
    "\ud800",
    "٣",
    "\u202e",
    "😀" * 300,
    "' OR 1=1 --",
    "{{7*7}}",
    "../../etc/passwd",
    "%00",
    "<x>",
    HUGE,
    "-1",
)


@pytest.mark.parametrize("path", ["queue", "cases", "mentions", "people", "digests"])
def test_odd_ids_in_an_address_are_answered(world: World, path: str) -> None:
    browser = world.browser("maite")
    for odd in (HUGE, "-1", "0", "x", "1.5", "%00", str(2**63), str(2**63 - 1)):
        assert browser.get(f"{HOME}/{path}/{odd}").status_code in {404, 422}, odd


def test_odd_filters_are_answered_on_both_databases(both: World) -> None:
    browser = both.browser("maite")
    cursor = Cursor((3, both.clock.now(), 10**30)).encode()
    assert browser.get(f"{HOME}/queue", params={"after": cursor}).status_code == 422
    for odd in ODD:
        if odd == "\ud800":
            continue  # no address can carry half a character
        for path in ("queue", "mentions", "cases"):
            fields = ("q", "state", "intent", "platform", "language", "since", "after")
            for field in fields:
                answer = browser.get(f"{HOME}/{path}", params={field: odd})
                assert answer.status_code in {200, 422}, (path, field, odd)


def test_odd_forms_are_answered_on_both_databases(both: World) -> None:
    browser, draft = both.browser("maite"), approvable(both)
    for odd in ODD:
        if odd == "\ud800":
            continue
        for action, fields in (
            ("save", {"text": odd}),
            ("reject", {"reason": odd, "version": "999"}),
            ("snooze", {"until_at": odd}),
            ("assign", {"assignee": odd}),
            ("case", {"priority": odd}),
            ("insert", {"canned": odd}),
            ("save", {"version": HUGE, "text": "x"}),
        ):
            form = {"version": str(draft.version), **fields}
            answer = browser.submit(f"{HOME}/drafts/{draft.id}/{action}", **form)
            assert answer.status_code in {200, 303, 404, 409, 422}, (action, odd, answer.status_code)
        note = browser.submit(f"{HOME}/cases/1/note", version="1", note=odd)
        assert note.status_code in {303, 404, 422}, odd


def test_odd_json_is_answered_on_both_databases(both: World) -> None:
    browser, draft = both.browser("maite"), approvable(both)
    headers = {"x-csrf-token": browser.token(), "content-type": "application/json"}
    path = f"/api/v1/brands/ploverday/drafts/{draft.id}"
    for action, body in (
        ("reject", b'{"version": 1, "reason": "\\ud800"}'),
        ("edit", b'{"version": 1, "text": "a\\u0000b\\ud800"}'),
        ("approve", b'{"version": 999999999999999999999999}'),
        ("approve", b"[" * 2000),
        ("approve", b"\xff\xfe"),
        ("assign", b'{"version": 1, "assignee_id": 99999999999999999999999}'),
    ):
        answer = browser.post(f"{path}/{action}", content=body, headers=headers)
        assert 400 <= answer.status_code < 500, (action, body[:40], answer.status_code)
        assert list(answer.json()) == ["error"]


def test_odd_logins_are_refused_like_others(both: World) -> None:
    for odd in ODD:
        if odd != "\ud800":
            assert both.browser().log_in(odd, odd).status_code in {401, 422}
