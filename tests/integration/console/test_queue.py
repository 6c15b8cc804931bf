"""The review queue: deciding, going on, and never losing what somebody wrote."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update

from domain.states import DraftState, ReplyState
from storage.jobs import JobKind, MemoryJobs
from storage.tables import Case, Draft, FindingRow, Mention, Reply, Review
from tests.integration.console.conftest import HOME, World


def approvable(world: World, number: int = 0) -> Draft:
    """Return a draft that the gate allows: of a platform where no summons is asked for, no case, one post long."""
    with world.database.read() as session:
        query = (
            select(Draft).join(Mention, Mention.id == Draft.mention_id)
            .where(Draft.state == DraftState.PROPOSED, Draft.text != "", Mention.text.contains("@ploverday"))
            .order_by(Draft.rank, Draft.created_at, Draft.id)
        )  # fmt: skip
        return session.scalars(query).all()[number]


def reload(world: World, draft_id: int) -> Draft:
    """Return the draft as it is now."""
    with world.database.read() as session:
        return session.get_one(Draft, draft_id)


def test_approving_queues_the_reply_and_goes_on_to_the_next(both: World) -> None:
    draft, browser = approvable(both), both.browser("maite")
    listed = re.findall(r'data-draft="(\d+)"', browser.get(f"{HOME}/queue").text)
    following = listed[listed.index(str(draft.id)) + 1]
    answer = browser.submit(f"{HOME}/drafts/{draft.id}/approve", version=draft.version, text=draft.text)
    assert answer.headers["location"] == f"{HOME}/queue/{following}?said=approved"
    assert reload(both, draft.id).state is DraftState.APPROVED
    with both.database.read() as session:
        reply = session.scalars(select(Reply)).one()
        review = session.scalars(select(Review)).one()
    assert (reply.text, reply.state, reply.approved_by) == (draft.text, ReplyState.QUEUED, both.seeded.users["maite"])
    assert (review.decision, review.edited) == ("approved", False)
    jobs: Any = both.app.state.services.jobs
    assert isinstance(jobs, MemoryJobs)
    assert [job.kind for job in jobs.waiting] == [JobKind.SEND]
    page = browser.get(answer.headers["location"]).text
    assert "Approved. The reply is on its way." in page
    assert f'data-draft="{draft.id}"' not in page


def test_what_stands_in_the_way_is_shown_in_place_of_the_button(make_world: Callable[..., World]) -> None:
    world = make_world()
    browser, draft = world.browser("maite"), approvable(world)
    page = f"{HOME}/queue/{draft.id}"
    assert 'id="approve"' in browser.get(page).text
    world.app.state.services.reviewer._obstacle = lambda *_: "No write keys are stored; answer by hand."
    text = browser.get(page).text
    assert 'id="approve"' not in text
    assert "No write keys are stored; answer by hand." in text
    assert "Open the post</a>" in text


def test_editing_and_approving_sends_the_edited_text(world: World) -> None:
    draft, browser = approvable(world), world.browser("maite")
    # A browser sends line ends as CRLF.
    answer = browser.submit(
        f"{HOME}/drafts/{draft.id}/approve", version=draft.version, text="Thank you, that made our day.\r\n^Maite"
    )
    assert answer.status_code == 303
    with world.database.read() as session:
        assert session.scalars(select(Reply.text)).one() == "Thank you, that made our day.\n^Maite"
        assert session.scalars(select(Review.decision)).all() == ["edited_and_approved"]


def test_an_unedited_text_with_line_breaks_is_not_an_edit(world: World) -> None:
    with world.database.read() as session:
        draft = session.scalars(select(Draft).where(Draft.text.contains("\n"))).first()
    assert draft
    browser = world.browser("maite")
    page = browser.get(f"{HOME}/queue/{draft.id}").text
    shown = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert shown
    browser.submit(f"{HOME}/drafts/{draft.id}/save", version=draft.version, text=draft.text.replace("\n", "\r\n"))
    assert reload(world, draft.id).version == draft.version


def test_a_stale_form_is_refused_and_nothing_written_is_lost(world: World) -> None:
    draft, browser = approvable(world), world.browser("maite")
    colleague = world.browser("ada")
    colleague.submit(f"{HOME}/drafts/{draft.id}/save", version=draft.version, text="Ada's own words.")
    answer = browser.submit(
        f"{HOME}/drafts/{draft.id}/approve", version=draft.version, text="Maite's <b>careful</b> text."
    )
    assert answer.status_code == 409
    assert "Somebody else decided on this draft" in answer.text
    boxes = re.findall(r'<textarea id="text"[^>]*>(.*?)</textarea>', answer.text, re.DOTALL)
    assert boxes == ["Maite&#39;s &lt;b&gt;careful&lt;/b&gt; text."]
    assert "Ada&#39;s own words." in answer.text
    # The form now carries the fresh version, so sending it again works.
    version = re.search(r'name="version" value="(\d+)"', answer.text)
    assert version
    again = browser.submit(f"{HOME}/drafts/{draft.id}/approve", version=version[1], text="Maite's careful text.")
    assert again.status_code == 303


def test_what_was_decided_by_another_is_shown_with_ones_own_text(world: World) -> None:
    draft = approvable(world)
    world.browser("ada").submit(f"{HOME}/drafts/{draft.id}/reject", version=draft.version, reason="Spam")
    answer = world.browser("maite").submit(f"{HOME}/drafts/{draft.id}/approve", version=draft.version, text="My words.")
    assert answer.status_code == 409
    assert "My words." in answer.text
    assert "Spam" in answer.text


def test_a_text_that_a_guard_blocks_is_shown_with_the_finding(world: World) -> None:
    draft, browser = approvable(world), world.browser("maite")
    text = "We promise a full refund of 500 EUR by tomorrow, dear valued customer."
    answer = browser.submit(f"{HOME}/drafts/{draft.id}/approve", version=draft.version, text=text)
    assert answer.status_code == 422
    assert "Mend this:" in answer.text
    assert text in answer.text
    assert reload(world, draft.id).state is DraftState.PROPOSED


def test_a_text_that_is_too_long_is_refused_or_split(world: World) -> None:
    with world.database.read() as session:
        draft = session.scalars(
            select(Draft).join(Mention, Mention.id == Draft.mention_id)
            .where(Mention.platform == "x", Mention.text.contains("@ploverday"), Draft.text != "")
        ).first()  # fmt: skip
    assert draft
    browser = world.browser("maite")
    text = "Thank you for writing to us about this. " * 12
    answer = browser.submit(f"{HOME}/drafts/{draft.id}/approve", version=draft.version, text=text)
    assert answer.status_code == 422
    counted = browser.submit(f"{HOME}/drafts/{draft.id}/count", text=text).json()
    assert (counted["length"], counted["most"], counted["fits"]) == (len(text.strip()), 280, False)
    split = browser.submit(f"{HOME}/drafts/{draft.id}/approve", version=draft.version, text=text, split="1")
    assert split.status_code == 303
    with world.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Reply)) == 2


def test_the_gate_is_shown_before_anybody_tries(world: World) -> None:
    draft = approvable(world)
    with world.database.write() as session:
        session.execute(update(Mention).where(Mention.id == draft.mention_id).values(counted_only=True))
    browser = world.browser("maite")
    page = browser.get(f"{HOME}/queue/{draft.id}").text
    assert "Not from here:" in page
    assert 'id="approve"' not in page
    answer = browser.submit(
        f"{HOME}/drafts/{draft.id}/by-hand", version=draft.version, text="Said it myself.", url="https://x.example/1"
    )
    assert answer.status_code == 303
    with world.database.read() as session:
        reply = session.scalars(select(Reply)).one()
    assert (reply.origin, reply.state, reply.url) == ("by_hand", ReplyState.SENT, "https://x.example/1")


def test_what_the_gate_said_when_the_draft_was_made_is_not_said_again(world: World) -> None:
    draft = approvable(world)
    with world.database.write() as session:
        for rule, message in (("gate", "It was by hand then."), ("repetition", "Others have the same words.")):
            session.add(
                FindingRow(
                    draft_id=draft.id, draft_version=draft.version, rule=rule, severity="info", message=message
                )
            )  # fmt: skip
    page = world.browser("maite").get(f"{HOME}/queue/{draft.id}").text
    assert "Others have the same words." in page
    assert "by hand then" not in page


def test_an_answer_by_hand_takes_no_address_that_could_run(world: World) -> None:
    draft = approvable(world)
    answer = world.browser("maite").submit(
        f"{HOME}/drafts/{draft.id}/by-hand", version=draft.version, text="Hello", url="javascript:alert(1)"
    )
    assert answer.status_code == 422
    assert reload(world, draft.id).state is DraftState.PROPOSED


def test_rejecting_needs_a_reason_and_keeps_it(world: World) -> None:
    draft, browser = approvable(world), world.browser("maite")
    assert browser.submit(f"{HOME}/drafts/{draft.id}/reject", version=draft.version).status_code == 422
    fields = {"version": draft.version, "reason": "Wrong tone", "other": "too stiff"}
    assert browser.submit(f"{HOME}/drafts/{draft.id}/reject", **fields).status_code == 303
    with world.database.read() as session:
        assert session.scalars(select(Review.reason)).one() == "Wrong tone: too stiff"


def test_snoozing_hides_a_draft_keeps_an_edit_and_ends_by_itself(world: World) -> None:
    draft, browser = approvable(world), world.browser("maite")
    answer = browser.submit(
        f"{HOME}/drafts/{draft.id}/snooze", version=draft.version, until="4h", text="My half-written answer."
    )
    assert answer.status_code == 303
    mark = f'data-draft="{draft.id}"'
    assert mark not in browser.get(f"{HOME}/queue").text
    assert mark in browser.get(f"{HOME}/queue?snoozed=1").text
    assert reload(world, draft.id).text == "My half-written answer."
    world.clock.advance(timedelta(hours=4, minutes=1))
    assert mark in browser.get(f"{HOME}/queue").text


def test_snoozing_into_the_past_is_refused(world: World) -> None:
    draft = approvable(world)
    for until in ("", "yesterday", "2026-11-18T09:00"):
        answer = world.browser("maite").submit(
            f"{HOME}/drafts/{draft.id}/snooze", version=draft.version, until="x", until_at=until
        )
        assert answer.status_code == 422


def test_assigning_narrows_to_ones_own_and_refuses_strangers(world: World) -> None:
    draft, browser = approvable(world), world.browser("maite")
    stranger = browser.submit(
        f"{HOME}/drafts/{draft.id}/assign", version=draft.version, assignee=world.seeded.users["eve"]
    )
    assert stranger.status_code == 422
    answer = browser.submit(
        f"{HOME}/drafts/{draft.id}/assign", version=draft.version, assignee=world.seeded.users["maite"]
    )
    assert answer.headers["location"] == f"{HOME}/queue/{draft.id}?said=assigned"
    assert re.findall(r'data-draft="(\d+)"', browser.get(f"{HOME}/queue?mine=1").text) == [str(draft.id)]


def test_making_a_case_opens_one_with_clocks(world: World) -> None:
    with world.database.read() as session:
        draft = session.scalars(select(Draft).where(Draft.case_id.is_(None))).first()
    assert draft
    browser = world.browser("maite")
    answer = browser.submit(f"{HOME}/drafts/{draft.id}/case", version=draft.version, priority="urgent")
    assert answer.status_code == 303
    with world.database.read() as session:
        case = session.get_one(Case, session.get_one(Draft, draft.id).case_id)
        mention = session.get_one(Mention, draft.mention_id)
    assert mention.case_id == case.id
    page = browser.get(f"{HOME}/cases/{case.id}").text
    assert "First response" in page
    # A second, stale form makes no second case.
    again = browser.submit(f"{HOME}/drafts/{draft.id}/case", version=draft.version, priority="urgent")
    assert again.status_code == 409


def test_a_canned_response_is_filled_into_the_editor_and_not_saved(world: World) -> None:
    draft, browser = approvable(world), world.browser("maite")
    page = browser.get(f"{HOME}/queue/{draft.id}").text
    codes = re.findall(r'<option value="([^"]+)">/', page)
    assert codes
    results = [browser.submit(f"{HOME}/drafts/{draft.id}/insert", text=draft.text, canned=code) for code in codes[:6]]
    filled = [answer for answer in results if answer.status_code == 200]
    assert filled
    for answer in results:
        box = re.search(r'<textarea id="text"[^>]*>(.*?)</textarea>', answer.text, re.DOTALL)
        assert box
        assert "{" not in box[1]
    assert reload(world, draft.id).text == draft.text
    unknown = browser.submit(f"{HOME}/drafts/{draft.id}/insert", text="My words", canned="nothing")
    assert unknown.status_code == 404
    assert "My words" in unknown.text


def test_pages_of_the_queue_never_repeat_or_skip(world: World) -> None:
    with world.database.read() as session:
        expected = session.scalars(
            select(Draft.id).where(Draft.state == DraftState.PROPOSED).order_by(Draft.rank, Draft.created_at, Draft.id)
        ).all()
    browser, seen, path = world.browser("maite"), [], f"{HOME}/queue"
    while path:
        page = browser.get(path).text
        seen += [int(key) for key in re.findall(r'data-draft="(\d+)"', page)]
        more = re.search(r'rel="next" href="([^"]+)"', page)
        path = more[1].replace("&amp;", "&") if more else ""
    assert seen == list(expected)
    assert len(seen) > 40
    assert browser.get(f"{HOME}/queue?after=nonsense").status_code == 422


def test_after_each_decision_the_next_draft_is_there(world: World) -> None:
    browser = world.browser("maite")
    token, path, decided = browser.token(), f"{HOME}/queue", set[str]()
    for _ in range(12):
        page = browser.get(path).text
        version = re.search(r'name="version" value="(\d+)"', page)
        action = re.search(r'action="([^"]+/drafts/\d+)/(?:approve)', page)
        assert version
        assert action
        form = {"csrf": token, "version": version[1], "reason": "Not about us"}
        answer = browser.post(f"{action[1]}/reject", data=form, follow_redirects=False)
        assert answer.status_code == 303
        path = answer.headers["location"]
        decided.add(action[1])
    assert len(decided) == 12
