"""The profile at the desk: an edit is checked like a file, and makes a revision."""

import re

from sqlalchemy import select

from config.export import export_profile
from storage.queries.brands import current_revision, find_brand
from storage.tables import AuditEvent, BrandRevision, User
from tests.integration.console.conftest import FOREIGN, HOME, World


def _current(world: World) -> tuple[int, str]:
    with world.database.read() as session:
        revision = current_revision(session, find_brand(session, HOME.removeprefix("/b/")).id)
        return revision.number, export_profile(revision.profile)


def test_an_edit_makes_the_next_revision(world: World) -> None:
    number, text = _current(world)
    browser = world.browser("ada")
    assert f"Revision {number} is in force" in browser.get(f"{HOME}/profile").text
    edited = re.sub(r"(?m)^name: .*$", "name: Ploverday & Sons", text)
    answer = browser.submit(f"{HOME}/profile", text=edited, number=str(number))
    assert answer.headers["location"] == f"{HOME}/profile?said=profile_saved"
    assert _current(world)[0] == number + 1
    page = browser.get(f"{HOME}/profile").text
    assert "Ploverday &amp; Sons" in page


def test_mistakes_are_listed_and_the_typed_text_is_kept(world: World) -> None:
    number, text = _current(world)
    answer = world.browser("ada").submit(
        f"{HOME}/profile", text=text + "\nvoise: <b>warm</b>\napprovals: nine\n", number=str(number)
    )
    assert answer.status_code == 422
    assert "voice" in answer.text
    assert "&lt;b&gt;warm" in answer.text
    assert _current(world)[0] == number


def test_an_edit_of_an_older_revision_and_another_slug_are_refused(world: World) -> None:
    number, text = _current(world)
    browser = world.browser("ada")
    stale = browser.submit(f"{HOME}/profile", text=text, number=str(number - 1))
    assert (stale.status_code, "came in while you edited" in stale.text) == (409, True)
    other = re.sub(r"(?m)^slug: .*$", "slug: another", text)
    assert browser.submit(f"{HOME}/profile", text=other, number=str(number)).status_code == 409
    with world.database.read() as session:
        numbers = session.scalars(select(BrandRevision.number).order_by(BrandRevision.id)).all()
    assert number in numbers
    assert _current(world)[0] == number


def test_only_an_admin_stores_and_others_read(world: World) -> None:
    number, text = _current(world)
    browser = world.browser("maite")
    page = browser.get(f"{HOME}/profile").text
    assert "Store as revision" not in page
    assert browser.submit(f"{HOME}/profile", text=text, number=str(number)).status_code == 403


LEAK = """
  - id: leak
    type: file
    path: secrets.env
    format: jsonl
"""


def test_a_brands_admin_reaches_no_file_and_no_secret_that_the_operator_did_not_give(world: World) -> None:
    eve, page = world.browser("eve"), f"{FOREIGN}/profile"
    with world.database.read() as session:
        revision = current_revision(session, find_brand(session, FOREIGN.removeprefix("/b/")).id)
    text = export_profile(revision.profile)
    leaking = re.sub(r"(?m)^sources:\n", f"sources:{LEAK}", text)
    assert leaking != text
    answer = eve.submit(page, text=leaking, number=str(revision.number))
    assert (answer.status_code, "sources.leak" in answer.text) == (409, True)
    assert "secrets.env" in answer.text  # what was typed is kept
    harmless = re.sub(r"(?m)^name: .*$", "name: Cap Aubray Rail", text)
    assert eve.submit(page, text=harmless, number=str(revision.number)).status_code == 303
    # Who runs the whole installation may.
    number = str(revision.number + 1)
    assert world.browser("ada").submit(page, text=leaking, number=number).status_code == 303


def test_the_trail_knows_who_stored_a_profile(world: World) -> None:
    number, text = _current(world)
    edited = re.sub(r"(?m)^name: .*$", "name: Ploverday & Sons", text)
    world.browser("ada").submit(f"{HOME}/profile", text=edited, number=str(number))
    with world.database.read() as session:
        users = {user.id: user.login for user in session.scalars(select(User))}
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "profile.applied")).all()
    assert users[events[-1].user_id or 0] == "ada"
