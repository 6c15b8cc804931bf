"""Cases at the desk: owned, noted, parked, resolved, followed up."""

import re
from datetime import timedelta

from sqlalchemy import select

from domain.labels import Priority
from domain.states import ConversationState, DraftState, FollowUpState
from storage.tables import Case, Draft, FollowUp, Gesture, LedgerEntry, Note
from tests.integration.console.conftest import HOME, World


def any_case(world: World) -> Case:
    """Return one open case."""
    with world.database.read() as session:
        return session.scalars(select(Case).where(Case.state == ConversationState.OPEN).order_by(Case.id)).all()[0]


def reload(world: World, case: Case) -> Case:
    """Return the case as it is now."""
    with world.database.read() as session:
        return session.get_one(Case, case.id)


def test_a_case_goes_its_whole_way(both: World) -> None:
    case, browser = any_case(both), both.browser("sipho")
    path = f"{HOME}/cases/{case.id}"
    steps: list[tuple[str, dict[str, object]]] = [
        ("assign", {"assignee": both.seeded.users["sipho"]}),
        ("priority", {"priority": "urgent"}),
        ("note", {"note": "Rang them.\nThey are kind about it."}),
        ("labels", {"labels": "Delivery, vip , delivery"}),
        ("state", {"state": "pending"}),
        ("resolve", {"resolution": "A new bag is on its way.", "follow_up": "1", "follow_up_on": "2026-11-25"}),
    ]
    for action, fields in steps:
        answer = browser.submit(f"{path}/{action}", version=reload(both, case).version, **fields)
        assert answer.status_code == 303, (action, answer.text)
    case = reload(both, case)
    assert (case.state, case.priority) == (ConversationState.RESOLVED, Priority.URGENT)
    page = browser.get(path).text
    for words in ("Sipho Dube", "They are kind about it.", "delivery", "vip", "A new bag is on its way."):
        assert words in page
    with both.database.read() as session:
        look = session.scalars(select(FollowUp)).one()
        assert session.scalars(select(Note)).one().user_id == both.seeded.users["sipho"]
    # Nine in the morning in Amsterdam.
    assert look.due_at.isoformat() == "2026-11-25T08:00:00+00:00"
    assert "Planned" in browser.get(f"{HOME}/follow-ups").text
    both.clock.set(look.due_at + timedelta(hours=2))
    browser = both.browser("sipho")
    assert "overdue" in browser.get(f"{HOME}/follow-ups").text
    assert browser.submit(f"{HOME}/follow-ups/{look.id}/done").status_code == 303
    with both.database.read() as session:
        assert session.get_one(FollowUp, look.id).state is FollowUpState.DONE
    assert browser.submit(f"{HOME}/follow-ups/{look.id}/done").status_code == 409
    again = browser.submit(f"{path}/state", version=case.version, state="open")
    assert again.status_code == 303
    assert reload(both, case).state is ConversationState.OPEN


def test_a_stale_case_form_keeps_what_was_written(world: World) -> None:
    case, browser = any_case(world), world.browser("maite")
    browser.submit(f"{HOME}/cases/{case.id}/priority", version=case.version, priority="low")
    answer = browser.submit(f"{HOME}/cases/{case.id}/resolve", version=case.version, resolution="We sent <a new> bag.")
    assert answer.status_code == 409
    assert "changed meanwhile" in answer.text
    assert "We sent &lt;a new&gt; bag." in answer.text
    assert reload(world, case).state is ConversationState.OPEN


def test_bad_input_is_one_sentence_on_the_case(world: World) -> None:
    case, browser = any_case(world), world.browser("maite")
    for action, fields in (
        ("resolve", {"resolution": "  "}),
        ("resolve", {"resolution": "Done.", "follow_up": "1", "follow_up_on": "2020-01-01"}),
        ("state", {"state": "snoozed", "until": "2020-01-01T10:00"}),
        ("state", {"state": "sideways"}),
        ("note", {"note": " "}),
        ("assign", {"assignee": str(world.seeded.users["eve"])}),
        ("labels", {"labels": "x" * 50}),
        ("gesture", {"gesture": "a castle"}),
    ):
        answer = browser.submit(f"{HOME}/cases/{case.id}/{action}", version=case.version, **fields)
        assert answer.status_code == 422, action
        assert 'role="alert"' in answer.text
    assert reload(world, case).version == case.version


def test_goodwill_is_recorded_with_its_cost(world: World) -> None:
    case, browser = any_case(world), world.browser("ada")
    offers = re.findall(r'<option value="([^"]+)">[^<]*EUR', browser.get(f"{HOME}/cases/{case.id}").text)
    assert offers
    answer = browser.submit(f"{HOME}/cases/{case.id}/gesture", version=case.version, gesture=offers[0])
    assert answer.status_code == 303
    with world.database.read() as session:
        gesture, entry = session.scalars(select(Gesture)).one(), session.scalars(select(LedgerEntry)).one()
    assert (gesture.kind, entry.micros) == (offers[0], gesture.micros)


def test_an_answer_is_drafted_from_the_case_and_reviewed_like_any_other(world: World) -> None:
    case, browser = any_case(world), world.browser("sipho")
    with world.database.write() as session:
        for draft in session.scalars(select(Draft).where(Draft.case_id == case.id)):
            draft.state = DraftState.REJECTED
    page = browser.get(f"{HOME}/cases/{case.id}").text
    mention = re.search(r'name="mention" value="(\d+)"', page)
    assert mention
    answer = browser.submit(
        f"{HOME}/cases/{case.id}/draft", version=case.version, mention=mention[1], text="Sorry, that was our fault."
    )
    assert re.match(rf"{HOME}/queue/\d+\?said=drafted", answer.headers["location"])
    assert "Sorry, that was our fault." in browser.get(answer.headers["location"]).text
    # One living draft a post: the page offers to review it instead.
    assert "Review this draft" in browser.get(f"{HOME}/cases/{case.id}").text


def test_lists_narrow_by_state_and_owner(world: World) -> None:
    case, browser = any_case(world), world.browser("sipho")
    browser.submit(f"{HOME}/cases/{case.id}/assign", version=case.version, assignee=world.seeded.users["sipho"])
    mine = re.findall(r"/cases/(\d+)\"", browser.get(f"{HOME}/cases?state=open&mine=1").text)
    assert mine == [str(case.id)]
    assert "No resolved cases." in browser.get(f"{HOME}/cases?state=resolved").text
    everything = re.findall(r"row-link\" href=\"[^\"]+/cases/(\d+)\"", browser.get(f"{HOME}/cases?state=all").text)
    assert len(everything) > len(mine)
