"""The desk in real Chromium: hands on the keyboard, and the main way without JavaScript."""

import pytest
from playwright.sync_api import Dialog, expect
from sqlalchemy import delete, select

from console.shared.cookies import hash_secret
from storage.database import Database
from storage.tables import Draft, Reply, Review, WebSession
from tests.e2e.browsers import approvable, current, go_to, log_in
from tests.e2e.conftest import Open

pytestmark = pytest.mark.chromium


def test_drafts_are_approved_by_keyboard_in_a_row(open_page: Open, served_desk: tuple[str, Database]) -> None:
    page = open_page()
    page.evaluate("window.stayed = true")
    for draft_id in approvable(served_desk[1])[:3]:
        go_to(page, draft_id)
        page.evaluate("window.stayed = true")
        page.keyboard.press("a")
        page.wait_for_function("id => !location.pathname.endsWith('/' + id)", arg=str(draft_id))
        expect(page.locator("#said")).to_contain_text("Approved")
        assert current(page) != draft_id
        # The next one came without a full reload, and the keys work on it.
        assert page.evaluate("window.stayed") is True
        assert page.evaluate("document.activeElement.id") == "detail"
        with served_desk[1].read() as session:
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


def test_a_draft_is_edited_and_approved_from_the_keyboard(open_page: Open, served_desk: tuple[str, Database]) -> None:
    page = open_page()
    draft_id = approvable(served_desk[1])[0]
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
    with served_desk[1].read() as session:
        reply = session.scalars(select(Reply).where(Reply.draft_id == draft_id)).one()
        review = session.scalars(select(Review).where(Review.draft_id == draft_id)).one()
    assert reply.text == "Thank you, that made our morning."
    assert review.decision == "edited_and_approved"


def test_guards_speak_while_one_types_and_a_blocked_text_stays_in_the_box(
    open_page: Open, served_desk: tuple[str, Database]
) -> None:
    page = open_page()
    go_to(page, approvable(served_desk[1])[0])
    text = "We promise a full refund of 500 EUR by tomorrow, valued customer."
    page.fill("#text", text)
    expect(page.locator("#findings .block").first).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#error")).to_be_focused()
    expect(page.locator("#text")).to_have_value(text)


def test_a_draft_is_rejected_with_a_reason(open_page: Open, served_desk: tuple[str, Database]) -> None:
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
    with served_desk[1].read() as session:
        assert session.get_one(Draft, draft_id).state == "rejected"


def test_an_edit_travels_with_a_snooze(open_page: Open, served_desk: tuple[str, Database]) -> None:
    page = open_page()
    draft_id = current(page)
    page.fill("#text", "Half of an answer, and")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.locator("#snooze button").click()
    expect(page.locator("#said")).to_contain_text("Snoozed")
    with served_desk[1].read() as session:
        assert session.get_one(Draft, draft_id).text == "Half of an answer, and"


def test_a_lost_connection_loses_no_text(open_page: Open, served_desk: tuple[str, Database]) -> None:
    page = open_page()
    go_to(page, approvable(served_desk[1])[0])
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


def test_the_main_way_works_without_javascript(open_page: Open, served_desk: tuple[str, Database]) -> None:
    page = open_page(java_script_enabled=False)
    draft_id = approvable(served_desk[1])[0]
    go_to(page, draft_id)
    page.fill("#text", "Thank you for telling us.")
    page.click("#approve")
    assert "said=approved" in page.url
    expect(page.locator("#said")).to_contain_text("Approved")
    assert current(page) != draft_id
    page.locator("#reject summary").click()
    page.locator("#reject button").click()
    expect(page.locator("#said")).to_contain_text("Rejected")
    with served_desk[1].read() as session:
        assert (
            session.scalars(select(Reply.text).where(Reply.draft_id == draft_id)).one() == "Thank you for telling us."
        )


def test_a_session_that_ended_loses_no_text(open_page: Open, served_desk: tuple[str, Database]) -> None:
    page, text = open_page(storage_state=None), "Thank you, that made our morning."
    log_in(page, served_desk[0])
    draft_id = approvable(served_desk[1])[0]
    go_to(page, draft_id)
    page.fill("#text", text)
    cookie = next(each["value"] for each in page.context.cookies() if each["name"] == "earnest")
    with served_desk[1].write() as session:
        session.execute(delete(WebSession).where(WebSession.id == hash_secret(cookie)))
    page.click("#approve")
    expect(page.locator("#said")).to_contain_text("Your session ended")
    expect(page.locator("#text")).to_have_value(text)
    # Logged in again in another tab, the same press goes through.
    other = page.context.new_page()
    log_in(other, served_desk[0])
    page.click("#approve")
    expect(page.locator("#said")).to_contain_text("Approved")
    with served_desk[1].read() as session:
        assert session.scalars(select(Reply.text).where(Reply.draft_id == draft_id)).all() == [text]


def test_a_refusal_is_told_in_its_own_words_and_the_text_stays(
    open_page: Open, served_desk: tuple[str, Database]
) -> None:
    page, text = open_page(), "Thank you, that made our morning."
    go_to(page, approvable(served_desk[1])[0])
    page.fill("#text", text)
    page.locator("#editor").evaluate("form => { form.action = form.action.replace(/drafts.[0-9]+/, 'drafts/999999'); }")
    page.click("#approve")
    expect(page.locator("#said")).to_contain_text("There is no draft 999999")
    expect(page.locator("#text")).to_have_value(text)


def test_what_was_typed_is_asked_about_before_another_draft_comes(open_page: Open) -> None:
    page, asked = open_page(), list[str]()
    first = current(page)
    page.fill("#text", "half a thought")
    page.keyboard.press("Escape")

    def refuse(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.once("dialog", refuse)
    page.keyboard.press("j")
    page.wait_for_timeout(300)
    assert (len(asked), current(page)) == (1, first)
    expect(page.locator("#text")).to_have_value("half a thought")
    page.once("dialog", lambda dialog: dialog.accept())
    page.keyboard.press("j")
    page.wait_for_function("id => !document.querySelector('#editor').action.includes('/' + id + '/')", arg=str(first))


def test_on_a_narrow_page_keys_act_on_no_draft_that_is_hidden(
    open_page: Open, served_desk: tuple[str, Database]
) -> None:
    page = open_page(viewport={"width": 640, "height": 480})
    expect(page.locator("#detail")).to_be_hidden()
    page.keyboard.press("a")
    page.wait_for_timeout(300)
    with served_desk[1].read() as session:
        assert session.scalars(select(Reply).where(Reply.draft_id.in_(approvable(served_desk[1])))).all() == []
    page.keyboard.press("j")
    expect(page.locator("#detail")).to_be_visible()


def test_single_letters_can_be_switched_off(open_page: Open, served_desk: tuple[str, Database]) -> None:
    page = open_page()
    first = current(page)
    page.keyboard.press("?")
    page.uncheck("#letters")
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("j")
    page.wait_for_timeout(300)
    assert current(page) == first
    page.click(".menu.user summary")
    page.click("[data-keys]")
    page.check("#letters")
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("j")
    page.wait_for_function("id => !document.querySelector('#editor').action.includes('/' + id + '/')", arg=str(first))
