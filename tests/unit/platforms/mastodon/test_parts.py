"""The small parts of Mastodon: addresses, limits, pages, settings, and what a reply owes the post."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.errors import InvalidInput
from platforms.mastodon import FACTS
from platforms.mastodon.instances import address_of, bare_name, instance_of
from platforms.mastodon.limits import Limits, read_limits
from platforms.mastodon.options import Options
from platforms.mastodon.pages import next_in, read_page
from platforms.mastodon.reading import read_for
from platforms.mastodon.replying import Answered, narrower, same_words, with_mention
from platforms.mastodon.statuses import Me
from platforms.mastodon.waiting import until_reset
from platforms.recordings import Answer

FAMILY = "👨‍👩‍👧‍👦"
LINK = "https://tern.example/kettles/500?colour=blue#reviews"
NOON = datetime(2026, 11, 17, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("mastodon.social", "https://mastodon.social"), ("https://Mastodon.Social/", "https://mastodon.social"),
        ("@tern@mastodon.social", "https://mastodon.social"), ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
        ("bücher.example", "https://bücher.example"), ("localhost", "https://localhost"),
    ],
)  # fmt: skip
def test_an_instance_as_people_write_it(written: str, address: str) -> None:
    assert address_of(written) == address
    assert address_of(address) == address


@pytest.mark.parametrize(
    "written",
    [
        "",
        "  ",
        "a b",
        "https://u:p@h.example",
        "ftp://h.example",
        "h.example/evil",
        "h.example?x",
        "-h.example",
        "h..x",
    ],
)
def test_what_is_no_instance(written: str) -> None:
    with pytest.raises(InvalidInput, match="no Mastodon server"):
        address_of(written)


def test_an_accounts_server_is_said_or_stands_in_its_handle() -> None:
    assert instance_of("@tern@tern.example", {"instance": "social.tern.example"}) == "https://social.tern.example"
    assert instance_of("@tern@tern.example", {}) == "https://tern.example"
    assert instance_of("@tern", {"instance": " "}) is None
    assert bare_name(" @Tern@tern.example") == "tern"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0), ("hello", 5), (LINK, 23), (f"{LINK}, {LINK}.", 49), (FAMILY, 1), ("e\u0301", 1), ("🇿🇦🇩🇪", 2),
        ("@ada@example.social hi", 7), ("@ada@example.social.", 5), ("@ada hi", 7), ("mail ada@example.social", 23),
        ("@ada@example.social:3000!", 5),
    ],
)  # fmt: skip
def test_a_text_counts_as_the_server_counts_it(text: str, length: int) -> None:
    assert Limits().count(text) == FACTS.count(text) == length
    assert Limits().count(text, "Tea") == length + 3


def test_the_facts_leave_room_for_whom_a_reply_names() -> None:
    assert FACTS.max_length is not None
    text = with_mention("x" * FACTS.max_length, [f"{'n' * 30}@{'s' * 60}.example"])
    assert Limits().count(text) == Limits().most


@pytest.mark.parametrize(
    ("instance", "limits"),
    [
        ({"configuration": {"statuses": {"max_characters": 5000, "characters_reserved_per_url": 9}}}, (5000, 9)),
        ({"max_toot_chars": 1000}, (1000, 23)), ({}, (500, 23)), (None, (500, 23)), ([], (500, 23)),
        ({"configuration": {"statuses": {"max_characters": "5000"}}}, (500, 23)),
        ({"configuration": {"statuses": {"max_characters": True}}}, (500, 23)),
        ({"configuration": {"statuses": {"max_characters": -1}}}, (500, 23)), ({"configuration": []}, (500, 23)),
    ],
)  # fmt: skip
def test_limits_are_what_the_instance_says(instance: object, limits: tuple[int, int]) -> None:
    read = read_limits(instance)
    assert (read.most, read.per_url) == limits


def items(*hours: int, first: int = 1) -> list[dict[str, Any]]:
    return [
        {"id": str(first + number), "created_at": (NOON - timedelta(hours=ago)).isoformat()}
        for number, ago in enumerate(hours)
    ]  # fmt: skip


def test_a_page_says_where_it_goes_on() -> None:
    page = read_page(items(0, 1, 2), link='<https://s/a?limit=3&max_id=77>; rel="next"', size=3)
    assert (page.next_id, page.count, page.newest, sorted(page.ids)) == ("77", 3, NOON, ["1", "2", "3"])
    assert read_page(items(0, 1, 2), link=None, size=3).next_id == "3"
    assert read_page(items(0, 1), link=None, size=3).next_id is None
    assert read_page(items(0, 1, 2), link='<https://s/a?min_id=1>; rel="prev"', size=3).next_id is None
    assert read_page([], link='<https://s/a?max_id=9>; rel="next"', size=3).next_id == "9"
    odd = read_page([None, 7, {"id": 5}, {"created_at": "soon"}], link=None, size=40)
    assert (sorted(odd.ids), odd.times, odd.count) == (["5"], (), 4)


@pytest.mark.parametrize(
    ("link", "next_id"),
    [
        ('<https://s/a?max_id=7>; rel="next", <https://s/a?min_id=9>; rel="prev"', "7"),
        ('<https://s/a?min_id=9>; rel="prev", <https://s/a?max_id=01HZ>; rel="next"', "01HZ"),
        ("<https://s/a?x=1,2&max_id=7>; rel=next", "7"), ('<https://s/a>; rel="next"', None), ("nonsense", None),
        ("", None), ('<https://s/a?max_id=>; rel="next"', None),
    ],
)  # fmt: skip
def test_link_headers(link: str, next_id: str | None) -> None:
    assert next_in(link) == next_id


@pytest.mark.parametrize(
    ("hours", "is_before"),
    [((0, 1, 2), False), ((0, 9, 9), True), ((9, 0, 0), False), ((0, 9), True), ((9,), True), ((), False)],
)
def test_one_odd_date_ends_no_reading(hours: tuple[int, ...], is_before: bool) -> None:  # noqa: FBT001
    page = read_page(items(*hours), link=None, size=40)
    assert page.is_mostly_before(NOON - timedelta(hours=5)) is is_before


@pytest.mark.parametrize(
    ("text", "callees", "written"),
    [
        ("Hi", ["ada"], "@ada Hi"), ("Hi", ["ada@far.example"], "@ada@far.example Hi"), ("Hi", [], "Hi"),
        ("@ada Hi", ["ada"], "@ada Hi"), ("Hi @ADA!", ["ada"], "Hi @ADA!"), ("@adam Hi", ["ada"], "@ada @adam Hi"),
        ("@ada@far.example Hi", ["ada"], "@ada @ada@far.example Hi"),
        ("@ada Hi", ["ada@far.example"], "@ada@far.example @ada Hi"),
        ("@ada@far.example.org Hi", ["ada@far.example"], "@ada@far.example @ada@far.example.org Hi"),
        ("mail me@ada", ["ada"], "@ada mail me@ada"), ("Hi", ["ada", "bo"], "@ada @bo Hi"),
        ("@bo Hi", ["ada", "bo"], "@ada @bo Hi"),
    ],
)  # fmt: skip
def test_whom_a_reply_names(text: str, callees: list[str], written: str) -> None:
    assert with_mention(text, callees) == written


def test_whom_a_reply_answers() -> None:
    me = Me(id="1", name="tern")
    ours = {"account": {"id": "1", "acct": "tern"}, "mentions": [{"acct": "ada"}, {"id": "1", "acct": "tern"}, 7]}
    assert Answered({"account": {"id": "2", "acct": "ada@far.example"}}).callees(me) == ("ada@far.example",)
    assert Answered(ours).callees(me) == ("ada",)
    assert Answered({**ours, "mentions": None}).callees(me) == ()
    assert Answered({"account": {"id": "9", "acct": "tern@far.example"}}).callees(me) == ("tern@far.example",)
    assert (Answered({}).visibility, Answered({"spoiler_text": None}).warning) == ("public", "")


@given(st.lists(st.sampled_from(["public", "unlisted", "private", "direct", "limited", None]), max_size=4))
def test_a_reply_is_as_private_as_the_most_private(visibilities: list[str | None]) -> None:
    ranks = {"public": 0, "unlisted": 1, "private": 2, "direct": 3, "limited": 3}
    wanted = max((ranks[each] for each in visibilities if each), default=0)
    assert ranks[narrower(*visibilities)] == wanted


@pytest.mark.parametrize(
    ("content", "text", "same"),
    [
        ("<p>@<span>ada</span> Thank you</p>", "Thank you", True), ("<p>Thank you</p>", "Thank you", True),
        ("<p>@ada @bo Thank  you<br>Bye</p>", "@ada Thank you\n\nBye", True), ("<p>e\u0301</p>", "é", True),
        ("<p>@ada see @bo</p>", "see @bo@far.example", True), ("<p>@ada Thank you!</p>", "Thank you", False),
        ("<p>@ada</p>", "", True), (None, "Thank you", False), ("<p>a &lt;b&gt;</p>", "a <b>", True),
    ],
)  # fmt: skip
def test_a_reply_is_known_by_its_words(content: object, text: str, same: bool) -> None:  # noqa: FBT001
    assert same_words({"content": content}, text) is same


def test_settings_are_read() -> None:
    options = Options.model_validate({"instance": "mastodon.social", "tags": ["#tern"], "stream": "5s"})
    assert (options.instance, options.tags, options.mentions) == ("https://mastodon.social", ("tern",), None)
    assert options.stream == timedelta(seconds=5)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"tags": ["two words"]}, "isn't a hashtag"), ({"tags": ["../x"]}, "isn't a hashtag"),
        ({"instance": "a b"}, "no Mastodon server"), ({"stream": "2m"}, "hold up other sources"),
        ({"mentions": False}, "Nothing is read"), ({"tag": "x"}, "extra"), ({"search": [""]}, "at least 1"),
    ],
)  # fmt: skip
def test_wrong_settings_are_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Options.model_validate(options)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-ratelimit-reset": "2026-11-17T12:05:00.754511Z"}, 300.754511),
        ({"x-ratelimit-reset": "2026-11-17T11:05:00Z", "date": "Tue, 17 Nov 2026 11:00:00 GMT"}, 300),
        ({"x-ratelimit-reset": "2026-11-17T13:05:00Z", "date": "Tue, 17 Nov 2026 13:00:00 GMT"}, 300),
        ({"x-ratelimit-reset": str(int(NOON.timestamp()) + 60)}, 60),
        ({"x-ratelimit-reset": "2026-11-17T11:59:00Z", "date": "soon"}, 1),
        ({"x-ratelimit-reset": "later"}, None), ({}, None),
    ],
)  # fmt: skip
def test_a_limit_is_waited_for_by_the_servers_own_clock(headers: dict[str, str], seconds: float | None) -> None:
    waited = until_reset(headers, now=NOON)
    assert (waited.total_seconds() if waited else None) == seconds


@pytest.mark.parametrize("kind", ["mention", "quote"])
def test_who_mentions_or_quotes_the_account_calls_it(kind: str) -> None:
    status: dict[str, Any] = {
        "id": "3", "content": "Look", "created_at": "2026-11-01T09:00:00Z", "account": {"id": "2", "acct": "ada"},
        "visibility": "public", "spoiler_text": "", "in_reply_to_id": None, "mentions": [],
    }  # fmt: skip
    one = {"id": "1", "type": kind, "account": status["account"], "status": status}
    grouped = {"notification_groups": [{"type": kind, "status_id": "3"}], "statuses": [status]}
    for data in ([one], grouped):
        answer = Answer(body=json.dumps(data).encode(), url="https://s.example/api/v1/notifications")
        assert [post.addressed for post in read_for(answer, me=Me(id="5", name="kestrel")).posts] == [True]
