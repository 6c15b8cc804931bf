"""What X costs and demands, how settings change it, and how ids tell the time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.errors import InvalidInput
from platforms.counting import has_link
from platforms.prices import prices_of
from platforms.x import FACTS
from platforms.x.client import Access
from platforms.x.marks import Mark
from platforms.x.options import Options
from platforms.x.snowflake import EPOCH, FIRST, id_before, time_of
from platforms.x.tokens import App, SignIn, Tokens

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("key", "dollars"),
    [("post_read", 0.005), ("own_read", 0.001), ("post", 0.015), ("post_with_link", 0.2), ("summoned", 0.01)],
)
def test_prices_are_those_of_the_page_with_their_day(key: str, dollars: float) -> None:
    (price,) = (price for price in FACTS.prices if price.key == key)
    assert (price.micros, price.currency) == (round(dollars * 1_000_000), "USD")
    assert price.as_of.year == 2026
    assert "docs.x.com" in price.source


def test_the_most_that_a_reply_may_cost_depends_on_links() -> None:
    prices = prices_of(FACTS, {})
    assert prices.most_for_reply() == prices.most_for_reply("see https://tern.example") == 200_000
    assert prices.most_for_reply("no link") == 15_000


def test_an_operators_price_takes_the_place_of_ours() -> None:
    prices = prices_of(FACTS, {"prices": {"post_with_link": "0.05 USD", "post_read": "0.004 USD"}})
    assert (prices.most_for_reply(), prices.micros("post_read"), prices.micros("summoned")) == (50_000, 4_000, 10_000)


@pytest.mark.parametrize("given", [{"posts": "1 USD"}, {"post": "1 EUR"}, {"post": "cheap"}, ["post"]])
def test_a_price_that_cannot_be_is_named(given: object) -> None:
    with pytest.raises(InvalidInput):
        prices_of(FACTS, {"prices": given})


@pytest.mark.parametrize(
    "options",
    [
        {"prices": {"posts": "1 USD"}}, {"query": "x" * 513}, {"read": []}, {"read": ["likes"]}, {"user_id": "@tern"},
        {"stream_for": "10m"}, {"stream_posts": 0}, {"what": 1},
    ],
)  # fmt: skip
def test_options_that_cannot_be_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Options.model_validate(options)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://t.example/a", True), ("tern.example/faq", True), ("Thanks. Bye", False), ("3.5 cups", False),
        ("mail help@tern.example", False), ("", False),
    ],
)  # fmt: skip
def test_what_x_would_charge_as_a_link(text: str, expected: object) -> None:
    assert has_link(text) is expected


def test_a_documented_id_holds_the_time_that_is_documented() -> None:
    # docs.x.com, data dictionary: the post 1212092628029698048 of 2019-12-31T19:26:16.000Z.
    made = time_of("1212092628029698048")
    assert made is not None
    assert made.replace(microsecond=0) == datetime(2019, 12, 31, 19, 26, 16, tzinfo=UTC)


@pytest.mark.parametrize("odd", ["20", str(FIRST), "abc", "", "-5", "1" * 20, "١٢٣٤٥٦٧٨٩٠١٢٣٤٥"])
def test_an_id_without_a_time_says_so(odd: str) -> None:
    assert time_of(odd) is None


@given(st.datetimes(datetime(2011, 1, 1), datetime(2060, 1, 1)), st.integers(0, 2**22 - 1))  # noqa: DTZ001 - made aware below
def test_every_post_since_a_time_has_a_greater_id(moment: datetime, rest: int) -> None:
    moment = moment.replace(tzinfo=UTC, microsecond=moment.microsecond // 1000 * 1000)
    number = (((moment - EPOCH) // timedelta(milliseconds=1)) << 22) + rest
    assert int(id_before(moment)) < number
    assert time_of(str(number)) == moment


def test_a_mark_moves_with_what_was_read_and_keeps_a_window() -> None:
    mark = Mark.load({}, since=NOW - timedelta(days=7))
    mark.note([NOW - timedelta(hours=1), NOW - timedelta(hours=3)])
    mark.token = "next"
    again = Mark.load(mark.dump(), since=NOW)
    assert (again.floor, again.top, again.token, again.is_first) == (
        NOW - timedelta(days=7), NOW - timedelta(hours=1), "next", True,
    )  # fmt: skip
    again.end(overlap=timedelta(minutes=2))
    assert (again.floor, again.top, again.token, again.is_first) == (
        NOW - timedelta(minutes=62), None, None, False,
    )  # fmt: skip
    again.end(overlap=timedelta(minutes=2))
    assert again.floor == NOW - timedelta(minutes=62)


def test_a_long_pass_remembers_no_more_than_it_needs_and_the_newest() -> None:
    mark = Mark(floor=NOW - timedelta(days=7))
    newest = int(id_before(NOW))
    mark.count_new((str(newest - number) for number in range(5_000)), now=NOW)
    assert len(mark.dump()["seen"]) <= 2_000
    assert mark.count_new([str(newest)], now=NOW) == 0


def test_keys_and_tokens_stand_in_nothing_that_is_printed() -> None:
    held = (
        Access(bearer="hush-1"), Access(keys=("hush-2", "hush-3", "hush-4", "hush-5")),
        App(client_id="app", client_secret="hush-6"), SignIn.start(App(client_id="app"), redirect="https://localhost"),
        Tokens(access="hush-7", refresh="hush-8", expires_at=NOW, scopes=()),
    )  # fmt: skip
    started = held[3]
    assert isinstance(started, SignIn)
    told = " ".join(map(repr, held))
    assert not any(secret in told for secret in ("hush", started.state, started.verifier))


def test_a_post_is_counted_once_a_day_as_x_charges() -> None:
    mark = Mark.load({}, since=NOW)
    first = id_before(NOW + timedelta(minutes=1))
    assert mark.count_new([first, first, ""], now=NOW) == 2
    assert Mark.load(mark.dump(), since=NOW).count_new([first], now=NOW + timedelta(hours=13)) == 0
    assert Mark.load(mark.dump(), since=NOW).count_new([first], now=NOW + timedelta(hours=14)) == 1


@given(
    st.dictionaries(st.sampled_from(["floor", "top", "token", "day", "seen"]), st.none() | st.text() | st.integers())
)
def test_no_cursor_makes_a_mark_fail(kept: dict[str, object]) -> None:
    once = Mark.load(kept, since=NOW).dump()
    assert Mark.load(once, since=NOW + timedelta(days=1)).dump() == once
