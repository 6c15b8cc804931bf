"""The page, the pictures and the plain text: everything is there, escaped, and what is missing says so."""

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from digests.charts import draw_goal, draw_intents, shown_weeks
from digests.figures import Figures
from digests.material import IdeaRow
from digests.page import Charts, draw_charts, render_page
from digests.plain import WIDTH, render_text
from digests.texts import Quote, Texts, shorten
from digests.view import make_view
from tests.unit.digests.samples import AS_OF, WEEK, make_figures, make_frame, make_gap, make_material, make_source, said

EVIL = '<script>alert("1")</script><img src=x onerror=alert(1)> & “fine”'
GOALS = [
    {"id": "g1", "name": 'Thanks <b>"all"</b>', "metric": "thanked_share", "target": "90%", "by": "2027-01-01"},
    {"id": "g2", "name": "Fast", "metric": "median_first_response", "target": "2h", "by": "2027-01-01"},
]
SECTIONS = (
    "Goals", "Money and time", "What failed, and what we propose", "Who speaks well of you",
    "What people praise and complain about", "Ideas", "How much was said", "How people were served",
    "For the touchpoint",
)  # fmt: skip


@pytest.fixture(scope="module")
def figures() -> Figures:
    """A week with a gap two weeks ago, praise, an idea and two goals."""
    frame = make_frame(goals=GOALS, budget={"agency": "900.00 EUR"})
    idea = IdeaRow(mention_id=3, person_id=3, theme=None, posted_at=frame.since)
    material = make_material(
        frame, (9, 8, 7, 6, 5, 4, 0, 2, 12), said=(said(1), said(2), said(4, person_id=1)), ideas=(idea,),
        gaps=(make_gap(frame, frame.weeks[6], hours=168), make_gap(frame, WEEK, hours=3)),
    )  # fmt: skip
    return make_figures(material, goals=GOALS, budget={"agency": "900.00 EUR"})


@pytest.fixture(scope="module")
def pictures(figures: Figures) -> Charts:
    """The pictures, drawn once."""
    return draw_charts(figures)


@pytest.fixture
def texts() -> Texts:
    """Words that try to be mark-up, and one post that was erased."""
    quotes = {
        number: Quote(
            mention_id=number, text=EVIL, who=EVIL, platform="x", url='https://x.example/"><script>', language="en"
        )
        for number in (1, 3)
    }
    return Texts(quotes=quotes, names={1: EVIL, 2: "Bo", 3: "Cy"})


class Tags(HTMLParser):
    """Collects tags, their attributes and the page's words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_has_every_section_in_order_and_no_script(figures: Figures, texts: Texts, pictures: Charts) -> None:
    page = Tags(render_page(figures, texts, pictures=pictures))
    headings = [word for word in page.words if word in SECTIONS]

    assert tuple(headings) == SECTIONS
    assert not {tag for tag, _ in page.tags} & {"script", "iframe", "object", "form", "link", "b"}
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert all(str(a["href"]).startswith("https://") for tag, a in page.tags if tag == "a")
    assert EVIL in "".join(page.words)


def test_the_page_needs_nothing_beside_it(figures: Figures, texts: Texts, pictures: Charts) -> None:
    page = Tags(render_page(figures, texts, pictures=pictures))
    images = [attributes for tag, attributes in page.tags if tag == "img"]

    assert len(images) == 4
    assert all(str(image["src"]).startswith("data:image/png;base64,") and image["alt"] for image in images)


def test_the_pictures_may_be_served_from_elsewhere(figures: Figures, texts: Texts, pictures: Charts) -> None:
    page = render_page(figures, texts, pictures=pictures, image=lambda chart: f"/charts/{chart.name}.png", desk="/d/1")

    assert 'src="/charts/intents.png"' in page
    assert "data:" not in page
    assert 'href="/d/1"' in page
    assert pictures.find("sentiment") is pictures.sentiment
    assert pictures.find("nothing") is None


def test_missing_weeks_are_words_in_the_tables_and_the_alternative_texts(figures: Figures, pictures: Charts) -> None:
    view = make_view(figures, Texts())
    missing = next(row for row in view.intents.rows if row[0] == "W44")

    assert missing[1:] == ("–", "–", "–", "–", "–", "–", "no data")
    assert "W44: no data" in pictures.intents.alt
    assert "W44: no data positive" in pictures.sentiment.alt
    assert "W44 no data" in pictures.goals["g1"].alt


def test_pictures_are_the_same_for_the_same_figures_and_differ_with_a_gap(figures: Figures) -> None:
    first = draw_intents(figures.volumes)
    quiet = figures.volumes.weeks[6].model_copy(update={"total": 0, "intents": {}, "sentiments": {}})
    weeks = (*figures.volumes.weeks[:6], quiet, *figures.volumes.weeks[7:])

    assert first.png.startswith(b"\x89PNG")
    assert first.png == draw_intents(figures.volumes).png
    assert first.png != draw_intents(figures.volumes.model_copy(update={"weeks": weeks})).png


def test_a_goal_without_any_data_is_drawn_as_such() -> None:
    frame = make_frame(goals=GOALS)
    told = make_figures(make_material(frame, (0,) * 9, sources=()), goals=GOALS)
    chart = draw_goal(told.goals[0])

    assert "no data" in chart.alt
    assert chart.png.startswith(b"\x89PNG")


def test_weeks_before_anybody_listened_are_not_drawn() -> None:
    frame = make_frame()
    began = frame.bounds(frame.weeks[6])[0]
    material = make_material(frame, (0,) * 6 + (3, 4, 5), brand_created_at=began, first_posted_at=began)

    assert [line.week for line in shown_weeks(make_figures(material).volumes)] == [
        "2026-W43",
        "2026-W44",
        "2026-W45",
        "2026-W46",
    ]


def test_what_was_erased_is_gone_and_its_author_with_it(figures: Figures, pictures: Charts) -> None:
    page = render_page(figures, Texts(names={2: "Bo"}), pictures=pictures)

    assert "Bo" in page
    assert "<blockquote" not in page


def test_plain_text_says_the_same_and_stays_within_its_width(figures: Figures, texts: Texts) -> None:
    text = render_text(figures, texts, desk="https://desk.example/d/1")

    assert [line for line in text.split("\n") if line in {s.upper() for s in SECTIONS}] == [s.upper() for s in SECTIONS]
    assert [line for line in text.split("\n") if len(line) > WIDTH and "http" not in line] == []
    assert not any(line != line.rstrip() for line in text.split("\n"))
    assert "NOT THANKED YET" in text
    assert re.search(r"W44 +– +– +– +– +– +– +no data", text)
    assert "Agency: not known of 900.00 EUR" in text
    assert "At the desk: https://desk.example/d/1" in text


def test_a_week_that_is_not_over_says_so(texts: Texts) -> None:
    early = make_figures(as_of=AS_OF - timedelta(days=4))

    assert "isn't over" in render_text(early, texts)
    assert "isn't over" in render_page(early, texts)


def test_a_week_in_which_nothing_was_heard_reports_nothing() -> None:
    frame = make_frame()
    source = make_source(frame, last_ok_at=None)
    deaf = make_figures(make_material(frame, (0,) * 9, sources=(source,)))
    page, text = render_page(deaf, Texts()), render_text(deaf, Texts())

    assert "There is nothing to report about what was said." in page
    assert "0 people praised" not in page + text
    assert "0 this week" not in page + text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two\nlines  here", "two lines here"),
        ("safe \u202eexe.gpj\u202c", "safe exe.gpj"),
        ("word " * 100, ("word " * 55).strip() + "…"),
        ("x" * 400, "x" * 279 + "…"),
    ],
)
def test_quotes_are_one_short_line_without_tricks(text: str, expected: str) -> None:
    assert shorten(text) == expected


def test_a_snapshot_survives_json_and_a_later_version(figures: Figures) -> None:
    stored = figures.model_dump(mode="json")

    assert Figures.model_validate(stored) == figures
    assert Figures.model_validate({**stored, "of_a_later_version": 1}) == figures


def test_a_person_joined_with_another_is_named_by_their_words(figures: Figures, texts: Texts) -> None:
    view = make_view(figures, replace(texts, names={2: "Bo"}))

    assert {speaker.person_id for speaker in figures.advocates.speakers} == {1, 2}
    assert {speaker.name for speaker in view.speakers} == {"Bo", EVIL}
