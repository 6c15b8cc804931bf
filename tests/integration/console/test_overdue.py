"""Posts that weren't looked at again in time are named on the health page, with what keeps them from it."""

from datetime import timedelta

from sqlalchemy import select

from storage.tables import Mention, Source
from tests.integration.console.conftest import HOME, World


def test_health_names_posts_that_were_not_looked_at_in_time(world: World) -> None:
    browser = world.browser("maite")
    assert "looked at again" not in browser.get(f"{HOME}/health").text
    with world.database.write() as session:
        brand_id = world.seeded.home.brand_id
        source = session.scalars(select(Source).where(Source.brand_id == brand_id, Source.enabled)).first()
        assert source is not None
        source.kind, source.recheck_error = "x", "The key was taken back."
        mention = session.scalars(select(Mention).where(Mention.platform == "x", Mention.brand_id == brand_id)).first()
        assert mention is not None
        mention.source_id = source.id
        mention.checked_at = world.clock.now() - timedelta(hours=25)
        others = select(Mention).where(Mention.platform == "x", Mention.id != mention.id)
        for other in session.scalars(others):
            other.checked_at = world.clock.now()
    page = browser.get(f"{HOME}/health").text
    assert "1 post wasn't looked at again in time" in page
    assert "The key was taken back." in page
