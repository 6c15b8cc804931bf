"""Logging in and out, and what is refused."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from config.operator import Server, Settings
from console.shared.cookies import hash_secret
from storage.tables import AuditEvent, User, WebSession
from tests.integration.console.conftest import HOME, Browser, World


def test_logging_in_and_out(both: World) -> None:
    browser = both.browser()
    assert browser.get(f"{HOME}/queue", follow_redirects=False).headers["location"] == f"/login?next={HOME}/queue"
    answer = browser.log_in("maite")
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert browser.get(f"{HOME}/queue").status_code == 200
    with both.database.read() as session:
        assert session.get(WebSession, hash_secret(browser.cookies["earnest"])) is not None
        assert session.get(WebSession, browser.cookies["earnest"]) is None
    old = browser.cookies["earnest"]
    assert browser.submit("/logout").headers["location"] == "/login?said=logged_out"
    browser.cookies.set("earnest", old)
    assert browser.get(f"{HOME}/queue", follow_redirects=False).status_code == 303


def test_the_same_sentence_for_a_wrong_login_and_a_wrong_password(world: World) -> None:
    wrong_password = world.browser().log_in("maite", "not the password")
    wrong_login = world.browser().log_in("nobody", "not the password")
    assert wrong_password.status_code == wrong_login.status_code == 401
    sentence = "The login or the password is wrong"
    assert sentence in wrong_password.text
    assert sentence in wrong_login.text


def test_guesses_are_slowed_but_nobody_is_locked_out_elsewhere(world: World) -> None:
    for _ in range(5):
        assert world.browser().log_in("maite", "a wrong guess").status_code == 401
    refused = world.browser().log_in("maite")
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 800
    # The same address may log in as somebody else, and the wait ends by itself.
    assert world.browser().log_in("sipho").status_code == 303
    world.clock.advance(timedelta(minutes=16))
    assert world.browser().log_in("maite").status_code == 303


def test_a_session_ends(world: World) -> None:
    browser = world.browser("maite")
    world.clock.advance(timedelta(hours=8))
    assert browser.get(f"{HOME}/queue", follow_redirects=False).status_code == 200
    world.clock.advance(timedelta(hours=11))
    assert browser.get(f"{HOME}/queue", follow_redirects=False).status_code == 200
    world.clock.advance(timedelta(hours=13))
    assert browser.get(f"{HOME}/queue", follow_redirects=False).status_code == 303


def test_a_user_who_left_is_out_at_once(world: World) -> None:
    browser = world.browser("maite")
    with world.database.write() as session:
        session.scalars(select(User).where(User.login == "maite")).one().active = False
    assert browser.get(f"{HOME}/queue", follow_redirects=False).status_code == 303
    assert world.browser().log_in("maite").status_code == 401


def test_a_form_without_its_token_is_refused(world: World) -> None:
    browser = world.browser("maite")
    for token in (None, "", "a guess", world.browser("sipho").token()):
        fields = {"csrf": token} if token is not None else {}
        answer = browser.post("/logout", data=fields, follow_redirects=False)
        assert answer.status_code == 403
    assert browser.get(f"{HOME}/queue", follow_redirects=False).status_code == 200


def test_a_form_from_another_site_is_refused_even_with_the_token(world: World) -> None:
    browser = world.browser("maite")
    token = browser.token()
    for header in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
    ):
        answer = browser.post("/logout", data={"csrf": token}, headers=header, follow_redirects=False)
        assert answer.status_code == 403
    own = browser.post(
        "/logout", data={"csrf": token}, headers={"sec-fetch-site": "same-origin"}, follow_redirects=False
    )
    assert own.status_code == 303


def test_a_log_in_form_from_elsewhere_logs_nobody_in(world: World) -> None:
    browser = world.browser()
    form = {"login": "maite", "password": "correct horse battery", "csrf": "made up"}
    assert browser.post("/login", data=form, follow_redirects=False).status_code == 403


def test_going_on_after_logging_in_never_leaves_the_desk(world: World) -> None:
    browser = world.browser("maite")
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        answer = browser.get("/login", params={"next": target}, follow_redirects=False)
        assert answer.headers["location"] == "/"
    answer = browser.get("/login", params={"next": f"{HOME}/cases"}, follow_redirects=False)
    assert answer.headers["location"] == f"{HOME}/cases"


def test_every_answer_carries_the_security_headers(world: World) -> None:
    browser = world.browser("maite")
    for path in ("/login", f"{HOME}/queue", "/nowhere", f"{HOME}/queue/999999"):
        headers = browser.get(path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe-inline" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


def test_our_own_faults_carry_them_too(make_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world(settings=Settings(server=Server(public_url="https://desk.example")))
    monkeypatch.setattr(world.app.state.services.profiles, "current", _break)
    browser = Browser(world.app, base_url="https://desk.example", raise_server_exceptions=False)
    browser.log_in("maite")
    answer = browser.get(f"{HOME}/profile")
    assert answer.status_code == 500
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "max-age" in answer.headers["strict-transport-security"]


def _break(*_: object) -> None:
    raise RuntimeError("a fault of ours")


def test_who_came_who_left_and_who_was_refused_is_on_record(world: World) -> None:
    browser = world.browser("maite")
    browser.submit("/logout")
    for login in ("maite", "nobody"):
        assert browser.log_in(login, "wrong").status_code == 401
    with world.database.read() as session:
        events = session.scalars(
            select(AuditEvent).where(AuditEvent.action.startswith("user.")).order_by(AuditEvent.id)
        )
        told = [(event.action, event.object_id) for event in events]
    maite = str(world.seeded.users["maite"])
    assert told == [
        ("user.logged_in", maite),
        ("user.logged_out", maite),
        ("user.refused", maite),
        ("user.refused", "unknown"),
    ]


def test_over_tls_the_cookie_insists_on_it(make_world: Callable[..., World]) -> None:
    world = make_world(settings=Settings(server=Server(public_url="https://desk.example")))
    browser = Browser(world.app, base_url="https://desk.example")
    answer = browser.log_in("maite")
    assert answer.headers["set-cookie"].startswith("__Host-earnest=")
    assert "Secure" in answer.headers["set-cookie"]
    assert "max-age" in answer.headers["strict-transport-security"]
    assert browser.get(f"{HOME}/queue").status_code == 200


def test_a_body_above_the_limit_is_refused(world: World) -> None:
    browser = world.browser("maite")
    assert browser.post("/login", content=b"x" * 1_000_001).status_code == 413
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert browser.post("/login", content=iter([b"x" * 600_000] * 2), headers=form).status_code == 413


def test_static_files_are_ours_alone(world: World) -> None:
    browser = world.browser()
    style = browser.get("/static/shared/static/base.css")
    assert style.status_code == 200
    assert "immutable" in style.headers["cache-control"]
    for path in ("/static/app.py", "/static/shared/templates/layout.html", "/static/shared/static/../pages.py"):
        assert browser.get(path).status_code == 404
