"""The example brands: enough posts, of every kind, each whole, in order, and within reach of the brand's queries."""

import csv
import json
import re
import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.brand.placeholders import find_placeholders
from config.brand.profile import Profile
from config.brand.sources import FileSource
from config.loading import load
from config.relative import resolve_at
from domain.labels import Intent, PostKind, Sentiment
from listener.matching.matcher import Matcher
from listener.matching.queries import compile_query
from listener.reading.files import Rules, read_file
from listener.reading.posts import Shape

EXAMPLES = Path(__file__).parents[3] / "config" / "examples"
# A plain day, the morning after summer time ends, a minute past midnight, and a leap day.
NOWS = tuple(
    datetime.fromisoformat(text).replace(tzinfo=UTC)
    for text in ("2026-11-18 10:00", "2026-10-26 05:30", "2027-01-01 23:01", "2028-02-29 17:45", "2027-03-28 01:30")
)
Row = dict[str, Any]


@dataclass(frozen=True)
class Example:
    profile: Profile
    file: Path
    rows: tuple[Row, ...]
    expected: dict[str, Row]

    @property
    def own(self) -> set[str]:
        accounts = {(account.platform, account.handle.casefold()) for account in self.profile.accounts}
        return {row["external_id"] for row in self.rows if (row["platform"], row["author"].casefold()) in accounts}

    @property
    def customers(self) -> list[Row]:
        own = self.own
        return [row for row in self.rows if row["external_id"] not in own]

    def at(self, row: Row, now: datetime = NOWS[0]) -> datetime:
        return resolve_at(row["at"], now=now, zone=self.profile.zone)

    def matcher(self) -> Matcher:
        queries = []
        for query in self.profile.queries:
            where = f" platform:{','.join(query.platforms)}" if query.platforms else ""
            text = f"({query.expression}){where}"
            queries.append(compile_query(brand=self.profile.slug, name=query.name, text=text))
        return Matcher(queries)


def _read(path: Path) -> list[Row]:
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    with path.open(encoding="utf-8", newline="") as file:
        rows: list[Row] = [{key: value or None for key, value in row.items()} for row in csv.DictReader(file)]
    return [{("text" if key == "comment" else key): value for key, value in row.items()} for row in rows]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Example:
    return _example(tmp_path_factory.mktemp("demo"), "demo", "ploverday", "jsonl")


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Example:
    return _example(tmp_path_factory.mktemp("second"), "second", "cap-aubray", "csv")


@pytest.fixture(params=["demo", "second"])
def example(request: pytest.FixtureRequest, demo: Example, second: Example) -> Example:
    return demo if request.param == "demo" else second


def _example(root: Path, folder: str, slug: str, ending: str) -> Example:
    (root / "brands").mkdir()
    shutil.copy(EXAMPLES / folder / f"{slug}.yaml", root / "brands")
    (root / "earnest.yaml").write_text("data_dir: data\n", encoding="utf-8")
    profile = load(root / "earnest.yaml").brands[slug].profile
    expected = {row["external_id"]: row for row in _read(EXAMPLES / folder / f"expected.{ending}")}
    file = EXAMPLES / folder / f"mentions.{ending}"
    return Example(profile, file, tuple(_read(file)), expected)


def test_the_demo_is_large_and_varied_enough(demo: Example) -> None:
    languages = Counter(label["language"] for label in demo.expected.values())
    assert len(demo.customers) >= 340
    assert {"en", "es", "de", "fr", "pt", "nl", "af", "hi"} <= set(languages)
    assert 0.45 <= languages["en"] / len(demo.expected) <= 0.6
    assert len({row["platform"] for row in demo.rows}) >= 7
    assert min(Counter(label["intent"] for label in demo.expected.values()).values()) >= 30


def test_people_come_back_and_three_recommend_the_brand_over_weeks(demo: Example) -> None:
    posts: dict[str, list[Row]] = {}
    for row in demo.customers:
        posts.setdefault(f"{row['platform']} {row['author']}", []).append(row)
    assert sum(len(rows) >= 2 for rows in posts.values()) >= 25
    loyal = [
        author
        for author, rows in posts.items()
        if sum(demo.expected[row["external_id"]]["intent"] == "praise" for row in rows) >= 6
        and demo.at(rows[-1]) - demo.at(rows[0]) >= timedelta(days=21)
    ]
    assert len(loyal) >= 3


def test_the_outage_is_a_wave_of_complaints_within_three_days(demo: Example) -> None:
    days = Counter(
        int(row["at"].partition("d")[0][1:])
        for row in demo.customers
        if demo.expected[row["external_id"]]["intent"] == "complaint"
    )
    wave = sum(days[day] for day in (19, 18, 17))
    assert wave >= 45
    assert wave > 5 * sum(days[day] for day in (24, 23, 22))


def test_enough_of_the_demo_falls_into_the_answer_window(demo: Example) -> None:
    for now in NOWS:
        recent = [row for row in demo.customers if now - demo.at(row, now) < demo.profile.answer_window]
        drafted = [row for row in recent if demo.expected[row["external_id"]]["intent"] != "other"]
        assert len(recent) >= 100
        assert len(drafted) >= 60


def test_ids_are_unique_and_threads_are_whole(example: Example) -> None:
    by_id = {row["external_id"]: row for row in example.rows}
    assert len(by_id) == len(example.rows)
    for row in example.rows:
        root = by_id[row["conversation_id"]]
        assert root["platform"] == row["platform"]
        if row["in_reply_to"]:
            parent = by_id[row["in_reply_to"]]
            assert parent["platform"] == row["platform"]
            assert parent["conversation_id"] == row["conversation_id"]
        else:
            assert row["conversation_id"] == row["external_id"]


@pytest.mark.parametrize("now", NOWS, ids=str)
def test_times_lie_within_five_weeks_and_answers_after_what_they_answer(example: Example, now: datetime) -> None:
    times = {row["external_id"]: example.at(row, now) for row in example.rows}
    assert all(timedelta(0) < now - moment <= timedelta(days=35) for moment in times.values())
    late = [
        row["external_id"]
        for row in example.rows
        if row["in_reply_to"] and times[row["in_reply_to"]] >= times[row["external_id"]]
    ]
    assert late == []


def test_the_file_reader_takes_every_row_as_it_is(example: Example) -> None:
    source, now = example.profile.sources[0], NOWS[0]
    assert isinstance(source, FileSource)
    shape = Shape(platform=source.platform, zone=example.profile.zone, today=now, columns=source.columns)
    pages = list(read_file(example.file, name="demo", state=None, rules=Rules(shape=shape, now=now, finished=True)))
    assert not [reject for page in pages for reject in page.rejects]
    read = {post.external_id: (post.text, post.posted_at) for page in pages for post in page.posts}
    assert read == {row["external_id"]: (row["text"], example.at(row)) for row in example.rows}


def test_every_post_is_labelled_once_except_the_brands_own(example: Example) -> None:
    assert set(example.expected) == {row["external_id"] for row in example.customers}
    assert example.own
    for label in example.expected.values():
        assert Intent(label["intent"]) is not Intent.ABSTAINED
        assert Sentiment(label["sentiment"])
        assert label["urgent"] in {True, False, "true", "false"}
        assert re.fullmatch("[a-z]{2,3}", label["language"])


def test_every_row_has_a_text_an_author_and_a_known_kind(example: Example) -> None:
    for row in example.rows:
        assert row["text"]
        assert row["author"]
        assert row["platform"] in {*example.profile.platforms}
        assert PostKind(row["kind"])
    assert len({row["text"] for row in example.rows}) == len(example.rows)


def test_the_queries_find_every_post_that_no_thread_brings_in(example: Example) -> None:
    matcher = example.matcher()
    missed = [
        row["external_id"]
        for row in example.customers
        if not row["in_reply_to"]
        and not matcher.match(text=row["text"], title=row.get("title"), platform=row["platform"])
    ]
    assert missed == []


def test_every_language_answered_has_a_response_for_every_intent_and_no_avoided_word(example: Example) -> None:
    profile = example.profile
    known = {(canned_intent, language) for canned in profile.canned_responses for canned_intent in canned.intents
             for language in canned.languages(first=profile.first_language)}  # fmt: skip
    wanted = {Intent.PRAISE, Intent.COMPLAINT, Intent.QUESTION, Intent.SUGGESTION}
    assert {(intent, language) for intent in wanted for language in profile.languages} <= known
    texts = [text for canned in profile.canned_responses for text in (canned.text, *canned.texts.values())]
    assert not [text for text in texts for word in profile.voice.avoid if word.casefold() in text.casefold()]


def test_every_promise_and_every_fact_is_told_somewhere(example: Example) -> None:
    cited = {
        (placeholder.name, placeholder.cited)
        for canned in example.profile.canned_responses
        for text in (canned.text, *canned.texts.values())
        for placeholder in find_placeholders(text)
    }
    assert {("promise", promise.id) for promise in example.profile.promises} <= cited
    assert {("fact", fact.id) for fact in example.profile.facts} <= cited


def test_the_second_brand_is_another_trade_zone_and_file(demo: Example, second: Example) -> None:
    assert len(second.rows) >= 90
    assert len({label["language"] for label in second.expected.values()}) >= 4
    assert second.profile.time_zone != demo.profile.time_zone
    assert {row["external_id"] for row in second.rows}.isdisjoint(row["external_id"] for row in demo.rows)
