"""The page beside a simulated platform shows what was posted as text, and deletes only for who sits at this machine."""

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from simulators.desk import PATH, Desk, Shown
from simulators.loopback import Answer, Request, Responder

HERE = {"host": "127.0.0.1:9001"}


@pytest.fixture
def deleted() -> list[str]:
    return []


@pytest.fixture
def platform(deleted: list[str]) -> Responder:
    def shown(number: int, text: str, **more: object) -> Shown:
        at = datetime(2026, 11, 25, number, tzinfo=UTC)
        more = {"external_id": f"p{number}", "author": "@a<b", **more}
        return Shown(text=text, at=at, is_gone=more["external_id"] in deleted, **more)  # type: ignore[arg-type]

    def posts() -> list[Shown]:
        reply = shown(2, "Thank you!", author="@tern", is_own=True, answers="p1")
        return [shown(1, "<script>alert(1)</script>"), reply, shown(3, "later")]

    desk = Desk(name="X", posts=posts, delete=deleted.append)
    return desk.before(lambda request: Answer(status=418, body=request.path.encode()))


def ask(platform: Responder, path: str = PATH, *, method: str = "GET", headers: object = HERE, **form: str) -> Answer:
    body = urlencode(form).encode()
    return platform(Request(path=path, query={}, headers=headers, method=method, body=body))  # type: ignore[arg-type]


def test_posts_are_shown_newest_first_with_replies_marked_and_as_text(platform: Responder) -> None:
    answer = ask(platform)
    page = answer.body.decode()
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert page.index("later") < page.index("Thank you!") < page.index("alert(1)")
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
    assert "@a&lt;b" in page
    assert page.count("reply of the account") == 1
    assert "answers p1" in page


def test_a_post_is_deleted_by_its_button_and_then_shown_as_deleted(platform: Responder, deleted: list[str]) -> None:
    answer = ask(platform, f"{PATH}/delete", method="POST", id="p3")
    assert (answer.status, answer.headers["Location"], deleted) == (303, PATH, ["p3"])
    page = ask(platform).body.decode()
    assert (page.count("<em>deleted</em>"), page.count("<button")) == (1, 2)


def test_only_posts_that_are_there_are_deleted_and_only_by_a_form(platform: Responder, deleted: list[str]) -> None:
    assert ask(platform, f"{PATH}/delete", method="POST", id="p9").status == 404
    assert ask(platform, f"{PATH}/delete", id="p3").status == 404
    assert deleted == []


@pytest.mark.parametrize(
    "headers", [{}, {"host": "evil.example"}, {**HERE, "origin": "https://evil.example"}, {**HERE, "origin": "null"}]
)
def test_another_site_neither_reads_nor_deletes(
    platform: Responder, deleted: list[str], headers: dict[str, str]
) -> None:  # fmt: skip
    assert ask(platform, headers=headers).status == 403
    assert ask(platform, f"{PATH}/delete", method="POST", headers=headers, id="p3").status == 403
    assert deleted == []
    assert ask(platform, headers={"host": "localhost:9001", "origin": "http://localhost:9001"}).status == 200


def test_everything_else_is_the_platforms(platform: Responder) -> None:
    assert ask(platform, "/2/tweets").status == 418
    assert ask(platform, f"{PATH}/other").status == 418
