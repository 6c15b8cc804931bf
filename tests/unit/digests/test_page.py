"""The page, the pictures and the plain text: everything is there, escaped, and what is missing says so."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from digests.charts import draw_goal, draw_intents, shown_weeks
from digests.figures import Figures, compute_figures
from digests.material import IdeaRow, IncidentRow, LedgerRow
from digests.page import Charts, draw_charts, render_page
from digests.plain import WIDTH, render_text
from digests.texts import Quote, Texts, shorten
from digests.view import make_view
from domain.time import Week
from tests.unit.digests.samples import (
    AS_OF,
    WEEK,
    cell,
    make_figures,
    make_frame,
    make_gap,
    make_material,
    make_source,
    said,
)

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

    page, text = render_page(early, texts), render_text(early, texts)

    assert "isn't over" in text
    assert "isn't over" in page
    assert re.search(r"^W46\* ", text, re.MULTILINE)
    assert "* So far: the week isn't over." in text
    assert "* So far: the week isn't over." in page


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


def test_nobody_is_asked_to_answer_who_wants_no_answer() -> None:
    frame = make_frame()
    ideas = (IdeaRow(mention_id=3, person_id=3, theme=None, posted_at=frame.since, opted_out=True),)
    told = make_figures(make_material(frame, said=(said(1, opted_out=True), said(2, opted_out=True)), ideas=ideas))
    words = Texts(
        quotes={3: Quote(mention_id=3, text="A red one?", who="Cy", platform="x", url=None, language="en")},
        names={1: "Ada", 2: "Bo", 3: "Cy"},
    )
    page, text = render_page(told, words), render_text(told, words)

    assert "thanked yet" not in page + text.lower()
    assert "answered yet" not in page + text.lower()
    assert {"* Ada", "* Cy"} <= set(text.split("\n"))
    assert "Thanks that are owed" not in page


def test_a_month_that_ended_is_told_and_a_pace_only_where_there_is_one() -> None:
    budget = {"agency": "900.00 EUR", "gestures": "100.00 EUR"}
    frame = replace(make_frame(budget=budget), week=Week(2026, 40), as_of=datetime(2026, 10, 5, 6, tzinfo=UTC))
    spent = LedgerRow(kind="gestures", currency="EUR", micros=130_000_000, seconds=0, calls=0, entries=2)
    told = compute_figures(frame, make_material(frame, ledger_closed=(spent,)), revision=1)
    text = " ".join(render_text(told, Texts()).split())

    closing = (
        "September 2026 ended this week: Agency not known of 900.00 EUR; Goodwill 130.00 EUR of 100.00 EUR "
        "(over budget)."
    )
    assert closing in text
    assert closing in render_page(told, Texts())
    assert "at this pace" not in text.partition("WHAT FAILED")[0]
    money = next(point for point in told.touchpoint.points if point.title == "Money: goodwill")
    assert money.why == "130.00 EUR of 100.00 EUR was spent in September 2026."


def test_what_is_not_sorted_yet_has_a_column_and_the_sums_agree() -> None:
    frame = make_frame()
    material = make_material(frame, gaps=(make_gap(frame, frame.weeks[6], hours=120),))
    weeks = (*material.weeks[:-1], replace(material.weeks[-1], cells=(cell(4), cell(6, None, sentiment=None))))
    told = make_figures(replace(material, weeks=weeks))
    view, text = make_view(told, Texts()), render_text(told, Texts())

    assert view.intents.head[-2:] == ("Not sorted yet", "All")
    assert view.intents.rows[-1] == ("W46", "4", "0", "0", "0", "0", "0", "6", "10")
    assert "6 not sorted yet" in draw_intents(told.volumes).alt
    assert "W44  at least 10" in text
    assert [line for line in text.split("\n") if len(line) > WIDTH] == []


def test_the_text_says_all_that_the_page_says() -> None:
    goals = [{**goal, "baseline": goal["target"]} for goal in GOALS]
    rivals = [{"name": "brand", "expression": "tern"}, {"name": "gull", "expression": "g", "rival": "Gull"}]
    changes: dict[str, Any] = {"goals": goals, "queries": rivals, "onboarding": {"contact": {"name": "Ruth"}}}
    frame = make_frame(**changes)
    ideas = tuple(IdeaRow(mention_id=n, person_id=n, theme=None, posted_at=frame.since) for n in range(12))
    wave = IncidentRow(id=1, cause="outage", opened_at=frame.since, closed_at=frame.since + timedelta(days=2))
    gaps = (make_gap(frame, frame.weeks[-2], hours=90), make_gap(frame, WEEK, hours=60))
    material = make_material(frame, said=(said(1, themes=("cord",)),), ideas=ideas, gaps=gaps, incidents=(wave,))
    told = make_figures(material, **changes)
    page = " ".join("".join(Tags(render_page(told, Texts())).words).split())
    text = " ".join(render_text(told, Texts()).split())

    for sentence in (
        "It began at 90%.", "It began at 2 h.", "90 of 168 source hours are missing.",
        "60 of 168 source hours are missing. What was posted then may be missing below.",
        "1 more about things that nobody else mentioned.", "And 2 more at the desk.",
        "since Mon 9 Nov 2026, over since Wed 11 Nov 2026", "No budget is agreed and nothing was spent.",
        "An agenda made from these figures, for Ruth.",
    ):  # fmt: skip
        assert sentence in page
        assert sentence in text
    assert "Share of voice: 60 of 168 source hours are missing." in text
