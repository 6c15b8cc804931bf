"""Digests at the desk: the weeks, the page by itself, and the mail that is sent again."""

from datetime import timedelta

from sqlalchemy import select

from digests.building import build_digest
from domain.states import MailState
from domain.time import Week
from storage.jobs import JobKind, MemoryJobs
from storage.tables import DigestMail, Mention
from tests.conftest import NOW
from tests.integration.console.conftest import HOME, World

WEEK = Week(2026, 47)


def keep_week(world: World) -> int:
    """Let the week end and keep its digest; return its id."""
    world.clock.set(NOW + timedelta(days=6))
    return build_digest(world.database, world.clock, brand_id=world.seeded.home.brand_id, week=WEEK).id


def add_mail(world: World, digest_id: int, state: MailState) -> int:
    """Give a digest a mail in some state."""
    with world.database.write() as session:
        mail = DigestMail(
            brand_id=world.seeded.home.brand_id, digest_id=digest_id, state=state, message_id="<a@b>",
            recipients=["ruth@ploverday.example"], attempts=1, created_at=world.clock.now(),
        )  # fmt: skip
        session.add(mail)
        session.flush()
        return mail.id


def test_a_week_is_listed_shown_and_may_do_nothing_but_be_read(world: World) -> None:
    keep_week(world)
    browser = world.browser("ruth")
    assert f"{HOME}/digests/{WEEK}" in browser.get(f"{HOME}/digests").text
    assert f'src="{HOME}/digests/{WEEK}/page"' in browser.get(f"{HOME}/digests/{WEEK}").text
    page = browser.get(f"{HOME}/digests/{WEEK}/page")
    assert "Ploverday" in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script" not in policy.replace("allow-scripts", "x")
    assert "frame-ancestors 'self'" in policy
    assert page.headers["x-frame-options"] == "SAMEORIGIN"


def test_what_was_planted_in_a_post_is_text_in_the_digest(world: World) -> None:
    with world.database.write() as session:
        for mention in session.scalars(select(Mention)):
            mention.text = f"<script>alert({mention.id})</script> {mention.text}"
    keep_week(world)
    page = world.browser("ruth").get(f"{HOME}/digests/{WEEK}/page").text
    assert "<script>alert" not in page


def test_the_running_week_is_a_look_and_is_not_kept(world: World) -> None:
    browser = world.browser("ruth")
    page = browser.get(f"{HOME}/digests/{WEEK}")
    assert "isn&#39;t over" in page.text or "isn't over" in page.text
    assert browser.get(f"{HOME}/digests/{WEEK}/page").status_code == 200
    assert "No digest yet." in browser.get(f"{HOME}/digests").text
    for week, status in (("2026-W48", 404), ("2026-W10", 404), ("2026-W99", 422), ("soon", 422)):
        assert browser.get(f"{HOME}/digests/{week}").status_code == status, week


def test_a_mail_that_may_not_have_arrived_is_sent_again_by_a_person(world: World) -> None:
    mail_id = add_mail(world, keep_week(world), MailState.UNKNOWN)
    marketing, support = world.browser("ruth"), world.browser("sipho")
    # The lists say so to everybody, and marketing has the button.
    assert "send again" in marketing.get(f"{HOME}/digests").text
    assert "send again" not in support.get(f"{HOME}/digests").text
    assert support.submit(f"{HOME}/digests/{WEEK}/resend").status_code == 403
    assert marketing.submit(f"{HOME}/digests/{WEEK}/resend").status_code == 303
    with world.database.read() as session:
        assert session.get_one(DigestMail, mail_id).state is MailState.QUEUED
    jobs = world.app.state.services.jobs
    assert isinstance(jobs, MemoryJobs)
    assert [(job.kind, job.ids) for job in jobs.waiting] == [(JobKind.MAIL, (mail_id,))]
    # A second click finds nothing to mend.
    assert marketing.submit(f"{HOME}/digests/{WEEK}/resend").status_code == 422
