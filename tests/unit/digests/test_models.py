"""A change of the model is marked where it shows, and told in words."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from digests.charts import draw_intents, draw_sentiment
from digests.figures import Figures
from digests.material import ModelRow
from digests.models import Mark, mark_models, mark_of, tell_models
from digests.page import render_page
from digests.plain import render_text
from digests.texts import Texts
from digests.volumes import WeekLine
from tests.unit.digests.samples import make_figures, make_frame, make_material

FRAME = make_frame()
Models = tuple[tuple[str, int], ...]
ONE, TWO = (("m1", 10),), (("m2", 10),)


def came(model: str, week: int) -> ModelRow:
    """A model that came in the frame's week of that number, -1 for the digest's own."""
    return ModelRow(model=model, since=FRAME.bounds(FRAME.weeks[week])[0] + timedelta(hours=3))


LONG_AGO = ModelRow(model="m1", since=datetime.fromisoformat("2026-01-01T00:00+00:00"))


def figures_of(weeks: Sequence[Models], *models: ModelRow) -> Figures:
    material = make_material(FRAME)
    lines = tuple(replace(line, models=said) for line, said in zip(material.weeks, weeks, strict=True))
    return make_figures(replace(material, weeks=lines, models=models))


def marks(figures: Figures) -> list[str]:
    return [mark_of(week) for week in figures.volumes.weeks]


def test_a_new_model_is_named_in_the_week_in_which_it_changed() -> None:
    figures = figures_of([ONE] * 6 + [TWO] * 3, LONG_AGO, came("m2", 6))
    assert marks(figures) == [""] * 6 + ["m2", "", ""]
    (told,) = tell_models(figures.volumes.weeks)
    assert told.startswith("From W44 on m2 sorts")


def test_a_change_within_a_week_is_one_mark() -> None:
    mixed = (("m1", 6), ("m2", 4))
    figures = figures_of([ONE] * 6 + [mixed, TWO, TWO], LONG_AGO, came("m2", 6))
    assert marks(figures) == [""] * 6 + ["m2", "", ""]
    assert figures.volumes.weeks[6].model == "m1", "most of the week is the old model's"


def test_a_post_that_was_sorted_again_is_no_change() -> None:
    edited = (("m1", 9), ("m2", 1))
    figures = figures_of([ONE, ONE, edited, *[ONE] * 5, TWO], LONG_AGO, came("m2", -1))
    assert marks(figures) == [""] * 8 + ["m2"]


def test_weeks_that_were_sorted_anew_are_told_where_the_model_came() -> None:
    figures = figures_of([TWO] * 9, LONG_AGO, came("m2", -1))
    assert marks(figures) == [""] * 8 + ["m2"]
    week = figures.volumes.now
    assert (week.new_model, week.sorted_anew) == (False, True)
    (told,) = tell_models(figures.volumes.weeks)
    assert told.startswith("In W46 the model m2 came and sorted the weeks before anew")


def test_one_model_alone_needs_no_mark() -> None:
    assert marks(figures_of([ONE] * 9, came("m1", 4))) == [""] * 9


def test_pictures_page_and_plain_text_say_it() -> None:
    # A dollar sign would begin a formula in a picture.
    figures = figures_of([ONE] * 6 + [(("hf:$x^_{", 10),)] * 3, LONG_AGO, came("hf:$x^_{", 6))
    for draw in (draw_intents, draw_sentiment):
        plain, marked = draw(figures_of([ONE] * 9).volumes), draw(figures.volumes)
        assert "From W44 on hf:$x^_{ sorts" in marked.alt
        assert "sorts" not in plain.alt
        assert plain.png != marked.png
    texts = Texts(quotes={}, names={})
    assert "From W44 on hf:$x^_{ sorts" in render_page(figures, texts)
    assert "From W44 on hf:$x^_{ sorts" in " ".join(render_text(figures, texts).split())


@pytest.mark.parametrize(("name", "told"), [("", "new model"), ("m" * 30, "m" * 23 + "…")])
def test_what_stands_in_the_picture_is_short(name: str, told: str) -> None:
    line = make_figures().volumes.now.model_copy(update={"new_model": True, "marked": name})
    assert mark_of(line) == told


def test_digests_of_an_earlier_version_can_be_read() -> None:
    known = make_figures().volumes.now.model_dump(exclude={"sorted_anew", "marked"})
    assert WeekLine.model_validate(known).marked == ""


def test_nothing_heard_is_nothing_marked() -> None:
    material = make_material(FRAME, (0,) * 9)
    assert set(mark_models(FRAME, material).values()) == {Mark()}
