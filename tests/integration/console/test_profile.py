"""The profile at the desk: an edit is checked like a file, and makes a revision."""

import re

from sqlalchemy import select

from config.export import export_profile
from storage.queries.brands import current_revision, find_brand
from storage.tables import BrandRevision
from tests.integration.console.conftest import HOME, World


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
