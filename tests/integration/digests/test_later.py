"""What a digest that was made becomes later: nothing, unless somebody must be taken out of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from digests.building import build_digest, preview_figures, read_figures
from digests.erasure import DigestsEraser
from digests.page import render_page
from digests.plain import render_text
from digests.texts import load_texts
from domain.time import ManualClock
from listener.deletions import blank_mentions
from people.erasure import PeopleEraser
from people.merging import merge_people
from storage.database import Database
from storage.tables import (
    ClassificationRow,
    Digest,
)
from tests.integration.digests.week import MONDAY, SINCE, WEEK, add_week


@pytest.fixture
def clock() -> ManualClock:
    """Monday morning after the week."""
    return ManualClock(MONDAY)


def test_relabelled_weeks_are_one_models_and_a_digest_that_was_made_stays(
    database: Database, clock: ManualClock
) -> None:
    seen = add_week(database, clock)
    kept = build_digest(database, clock, brand_id=seen.brand_id, week=WEEK)
    again = SINCE + timedelta(days=3)
    with database.write() as session:
        for old in session.scalars(select(ClassificationRow)).all():
            values = {column.name: getattr(old, column.name) for column in ClassificationRow.__table__.columns}
            del values["id"]
            session.add(ClassificationRow(**{**values, "model": "m2", "created_at": again}))

    figures, _ = preview_figures(database, clock, brand_id=seen.brand_id, week=WEEK)
    assert {line.model for line in figures.volumes.weeks if line.model} == {"m2"}
    assert [line.new_model for line in figures.volumes.weeks] == [False] * 9
    assert (figures.volumes.now.sorted_anew, figures.volumes.now.marked) == (True, "m2")
    later = build_digest(database, clock, brand_id=seen.brand_id, week=WEEK)
    assert (later.id, later.model, later.figures) == (kept.id, "m1", kept.figures)


def test_an_erased_post_leaves_every_digest(database: Database, clock: ManualClock) -> None:
    seen = add_week(database, clock)
    digest = build_digest(database, clock, brand_id=seen.brand_id, week=WEEK)
    with database.read() as session:
        before = render_text(read_figures(digest), load_texts(session, read_figures(digest)))
    assert "Best kettle that I ever had" in before

    with database.write() as session:
        blank_mentions(session, ids=[seen.praise], now=clock.now())
    # Even before the eraser ran, no word of it is shown.
    with database.read() as session:
        figures = read_figures(session.get_one(Digest, digest.id))
        assert "Best kettle" not in render_page(figures, load_texts(session, figures))
    eraser = DigestsEraser(database)
    assert eraser.erase_mention(seen.praise) == 1
    assert eraser.erase_mention(seen.praise) == 0
    assert eraser.erase_mention(999) == 0
    with database.read() as session:
        figures = read_figures(session.get_one(Digest, digest.id))
        assert seen.praise not in set(figures.mention_ids())
        assert figures.advocates.praising == 2


def test_an_erased_person_leaves_every_digest(database: Database, clock: ManualClock) -> None:
    seen = add_week(database, clock)
    digest = build_digest(database, clock, brand_id=seen.brand_id, week=WEEK)
    assert PeopleEraser(database, clock).erase_person(seen.ada) > 0
    assert DigestsEraser(database).erase_person(seen.ada) == 1
    with database.read() as session:
        figures = read_figures(session.get_one(Digest, digest.id))
        page = render_page(figures, load_texts(session, figures))
        text = render_text(figures, load_texts(session, figures))

    assert seen.ada not in set(figures.person_ids())
    assert "Ada" not in page + text
    assert "Best kettle" not in page + text
    assert "Bo" in page


def test_somebody_joined_with_another_keeps_their_place(database: Database, clock: ManualClock) -> None:
    seen = add_week(database, clock)
    digest = build_digest(database, clock, brand_id=seen.brand_id, week=WEEK)
    with database.write() as session:
        merge_people(session, keep_id=seen.bo, other_id=seen.ada, at=clock.now(), user_id=None)
    with database.read() as session:
        text = render_text(read_figures(digest), load_texts(session, read_figures(digest)))

    assert "* ada (new advocate, thanked)" in text
