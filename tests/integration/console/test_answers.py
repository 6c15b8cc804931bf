"""What the desk says of answers that went out, of whom a post answers, and of what was deleted or forgotten."""

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from domain.answers import Severity
from domain.states import DraftState, MentionState, ReplyState
from people.erasure import PeopleEraser
from responders.erasure import AnswersEraser
from storage.tables import Author, Case, Draft, FindingRow, Mention, Person, Reply, ThreadPost
from tests.integration.console.conftest import HOME, World
from tests.integration.console.test_api import BASE, change
from tests.integration.console.test_cases import any_case
from tests.integration.console.test_queue import approvable

ADDRESS = "https://x.example/ours/1"


def plain(page: str) -> str:
    """Return a page's words, as somebody reads them."""
    return " ".join(re.sub(r"<[^>]+>", "", page).split())


def approve(world: World, **values: Any) -> Draft:
    """Approve a draft at the desk, and let its reply become what `values` say."""
    draft = approvable(world)
    body = {"version": draft.version, "text": draft.text}
    assert world.browser("maite").submit(f"{HOME}/drafts/{draft.id}/approve", **body).status_code == 303
    with world.database.write() as session:
        session.execute(update(Reply).where(Reply.draft_id == draft.id).values(**values))
    return draft


def test_a_sent_reply_is_called_sent_with_its_address(world: World) -> None:
    draft = approve(world, state=ReplyState.SENT, external_id="ours1", url=ADDRESS, sent_at=world.clock.now())
    browser = world.browser("maite")
    page = browser.get(f"{HOME}/mentions/{draft.mention_id}").text
    answers = page[page.index('aria-label="Answers"') : page.index('aria-label="What was said of it"')]
    assert ADDRESS in answers
    assert "sent now see it" in plain(answers)
    assert "approved" not in plain(answers)
    assert "sent now see it" in plain(browser.get(f"{HOME}/queue/{draft.id}").text)


def test_the_api_says_whether_a_reply_went_out(world: World) -> None:
    draft = approve(world, state=ReplyState.QUEUED)
    browser = world.browser("maite")
    (reply,) = browser.get(f"{BASE}/drafts/{draft.id}").json()["replies"]
    assert (reply["state"], reply["external_id"], reply["url"], reply["sent_at"]) == ("queued", None, None, None)
    with world.database.write() as session:
        sent = {"state": ReplyState.SENT, "external_id": "ours1", "url": ADDRESS, "sent_at": world.clock.now()}
        session.execute(update(Reply).values(**sent))
    (reply,) = browser.get(f"{BASE}/drafts/{draft.id}").json()["replies"]
    assert (reply["state"], reply["external_id"], reply["url"]) == ("sent", "ours1", ADDRESS)
    assert reply["sent_at"]
    schemas = browser.get("/api/openapi.json").json()["components"]["schemas"]
    assert set(schemas["ReplyOut"]["properties"]) == {"part", "parts", "state", "external_id", "url", "sent_at"}
    assert schemas["ReplyOut"]["properties"]["url"]["description"]


def test_findings_are_those_of_the_text_that_was_decided(both: World) -> None:
    draft, browser = approvable(both), both.browser("maite")
    with both.database.write() as session:
        session.add(
            FindingRow(
                draft_id=draft.id, draft_version=draft.version, rule="tone", severity=Severity.WARN, message="Loud."
            )
        )
    # A decision that leaves the words alone keeps what was found of them.
    answer = change(browser, f"drafts/{draft.id}/snooze", version=draft.version, until="2026-12-19T09:00:00+01:00")
    assert "tone" in {each["rule"] for each in browser.get(f"{BASE}/drafts/{draft.id}").json()["findings"]}
    body = {"version": answer.json()["version"], "text": "Thank you so much."}
    assert change(browser, f"drafts/{draft.id}/approve", **body).json()["state"] == "approved"
    decided = browser.get(f"{BASE}/drafts/{draft.id}").json()
    assert (decided["state"], decided["text"]) == ("approved", "Thank you so much.")
    assert "tone" not in {each["rule"] for each in decided["findings"]}


def test_what_was_found_of_an_edited_text_stays_with_it(world: World) -> None:
    draft, browser = approvable(world), world.browser("maite")
    edited = change(browser, f"drafts/{draft.id}/edit", version=draft.version, text="YOU ARE WONDERFUL, thank you.")
    body = {"version": edited.json()["version"], "reason": "Wrong tone"}
    assert change(browser, f"drafts/{draft.id}/reject", **body).json()["state"] == "rejected"
    decided = browser.get(f"{BASE}/drafts/{draft.id}").json()
    assert {each["rule"] for each in decided["findings"]} == {"shouting"}


def test_a_post_beneath_another_than_it_answers_names_whom(world: World) -> None:
    draft = approve(world, state=ReplyState.SENT, external_id="ours1", sent_at=world.clock.now())
    with world.database.write() as session:
        mention = session.get_one(Mention, draft.mention_id)
        session.execute(update(Reply).values(in_reply_to=mention.external_id))
        who = session.get_one(Author, mention.author_id).name or session.get_one(Author, mention.author_id).handle
        for number, goal in ((1, mention.external_id), (2, "between-1"), (3, "nowhere")):
            session.add(
                ThreadPost(
                    brand_id=draft.brand_id, conversation_id=draft.conversation_id, platform=mention.platform,
                    external_id=f"between-{number}", in_reply_to=goal, author_external_id=f"u{number}",
                    author_handle=f"<i>nina{number}", is_own=False, text="Me too.",
                    posted_at=mention.posted_at + timedelta(seconds=number), read_at=world.clock.now(),
                )
            )  # fmt: skip
    browser = world.browser("maite")
    page = browser.get(f"{HOME}/mentions/{draft.mention_id}").text
    said = re.findall(r'in answer to <span dir="auto">([^<]*)</span>', page)
    # Only ours: the others stand right beneath what they answer, or answer what isn't known.
    assert said == [who]
    thread = browser.get(f"{BASE}/drafts/{draft.id}").json()["thread"]
    assert [entry["answers"] for entry in thread] == [None, None, None, None, who]
    with world.database.write() as session:
        session.execute(update(ThreadPost).where(ThreadPost.external_id == "between-3").values(in_reply_to="between-1"))
    assert 'in answer to <span dir="auto">&lt;i&gt;nina1</span>' in browser.get(f"{HOME}/queue/{draft.id}").text


def erase_posts(world: World, case: Case) -> None:
    with world.database.write() as session:
        gone = {"state": MentionState.DELETED, "deleted_at": world.clock.now(), "text": ""}
        session.execute(update(Mention).where(Mention.case_id == case.id).values(**gone))
        ids = session.scalars(select(Mention.id).where(Mention.case_id == case.id)).all()
    for mention_id in ids:
        AnswersEraser(world.database, world.clock).erase_mention(mention_id)


def test_a_case_without_posts_says_so(world: World) -> None:
    case, browser = any_case(world), world.browser("sipho")
    erase_posts(world, case)
    page = plain(browser.get(f"{HOME}/cases/{case.id}").text)
    assert "Every post of this case is deleted, so there is nothing to answer." in page
    assert "has its answer" not in page
    assert "Closed: Every post of this case was deleted where it was posted." in page
    assert "Deleted where it was posted, so it is deleted here." in page


def test_pages_of_the_forgotten_say_why_and_offer_nothing(world: World) -> None:
    case, browser = any_case(world), world.browser("maite")
    erase_posts(world, case)
    with world.database.write() as session:
        authors = select(Author.id).where(Author.person_id == case.person_id)
        mentions = session.scalars(select(Mention).where(Mention.author_id.in_(authors))).all()
        for mention in mentions:
            mention.state, mention.external_id, mention.text = MentionState.DELETED, f"erased-{mention.id}", ""
    AnswersEraser(world.database, world.clock).erase_person(case.person_id)
    PeopleEraser(world.database, world.clock).erase_person(case.person_id)
    for path in (f"mentions/{mentions[0].id}", f"cases/{case.id}"):
        page = browser.get(f"{HOME}/{path}").text
        assert "Its author asked to be forgotten, so it is deleted here." in page
        assert "Deleted where it was posted" not in page
        assert "asked not to be contacted" not in page
    assert "so there is nobody to answer" in browser.get(f"{HOME}/cases/{case.id}").text
    page = browser.get(f"{HOME}/people/{case.person_id}").text
    assert "They asked to be forgotten" in page
    assert "They agree to be contacted again" not in page
    assert browser.submit(f"{HOME}/people/{case.person_id}/opt-in").status_code == 422
    with world.database.read() as session:
        assert session.get_one(Person, case.person_id).opted_out_at is not None
        assert session.scalars(select(Draft.state).where(Draft.case_id == case.id)).all() == [DraftState.EXPIRED]
