"""Answers of every kind of Mastodon's API, written after its documentation, and whatever other servers make of them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.labels import PostKind
from platforms.mastodon.events import read_events
from platforms.mastodon.reading import read_answer, read_for
from platforms.mastodon.statuses import Me, instant
from platforms.recordings import Answer, Reading

ACCOUNT: dict[str, Any] = {
    "id": "23", "username": "ada", "acct": "ada@other.example", "display_name": "Ada 🫖", "bot": False,
    "url": "https://other.example/@ada", "followers_count": 12,
}  # fmt: skip
STATUS: dict[str, Any] = {
    "id": "110", "created_at": "2026-11-17T10:00:00.000Z", "in_reply_to_id": "99", "in_reply_to_account_id": "1",
    "sensitive": False, "spoiler_text": "", "visibility": "public", "language": "de", "reblog": None,
    "uri": "https://other.example/users/ada/statuses/110", "url": "https://other.example/@ada/110",
    "content": '<p>Hello <span class="h-card"><a href="https://s.example/@kestrel">@<span>kestrel</span></a></span> '
    '&amp; <a href="https://s.example/tags/tea">#<span>Tea</span></a><br>see <a href="https://k.example/a/b">'
    '<span class="invisible">https://</span><span class="ellipsis">k.example/a</span><span class="invisible">/b</span>'
    "</a></p><p>Bye :blob:</p>",
    "account": ACCOUNT, "mentions": [{"id": "1", "username": "kestrel", "acct": "kestrel"}], "tags": [],
    "replies_count": 2, "reblogs_count": 3, "favourites_count": 4, "media_attachments": [],
}  # fmt: skip
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*STATUS, "status", "statuses", "type",
        "event", "payload", "notification_groups", "ancestors", "error", "hashtags", "status_id"]), inner, max_size=8),
    max_leaves=25,
)  # fmt: skip


def read(data: Any, path: str = "/api/v1/x", **more: Any) -> Reading:
    return read_answer(Answer(body=json.dumps(data).encode(), url=f"https://s.example{path}", **more))


def ids(reading: Reading) -> list[str]:
    return [post.external_id for post in reading.posts]


def test_a_status_becomes_a_post() -> None:
    (post,) = read(STATUS).posts
    assert post.text == "Hello @kestrel & #Tea\nsee https://k.example/a/b\n\nBye :blob:"
    assert (post.platform, post.external_id, post.in_reply_to) == ("mastodon", "110", "99")
    assert (post.kind, post.visibility, post.language) == (PostKind.REPLY, "public", "de")
    assert post.posted_at == datetime(2026, 11, 17, 10, tzinfo=UTC)
    assert post.url == "https://other.example/@ada/110"
    assert (post.author.external_id, post.author.handle, post.author.name) == ("23", "ada@other.example", "Ada 🫖")
    assert (post.author.followers, post.author.is_bot, post.addressed) == (12, False, None)
    assert post.metrics == {"replies": 2, "reposts": 3, "likes": 4}


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"spoiler_text": "Food & <drink>"}, "Food & <drink>\n\nHi"),
        (
            {"content": "", "media_attachments": [{"description": "A red kettle"}, {"description": None}, 7]},
            "A red kettle",
        ),
        ({"content": None, "text": "As it was written"}, "As it was written"),
        ({"content": ""}, ""),
        ({"content": 5, "spoiler_text": ["odd"], "media_attachments": "odd"}, ""),
        ({"content": "<p>a</p><script>alert(1)</script>"}, "a"),
    ],
)
def test_the_words_of_a_status(change: dict[str, Any], text: str) -> None:
    (post,) = read({**STATUS, "content": "<p>Hi</p>", **change}).posts
    assert post.text == text


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"id": 110}, "110"), ({"id": "01HZYQ8Q0000000000000000AA"}, "01HZYQ8Q0000000000000000AA"),
        ({"id": "9vYJ3gBpvzvcU9LUQS"}, "9vYJ3gBpvzvcU9LUQS"),
    ],
)  # fmt: skip
def test_ids_are_text_whatever_they_are(change: dict[str, Any], found: str) -> None:
    assert ids(read({**STATUS, **change})) == [found]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": None}, "no id"), ({"id": True}, "no id"), ({"id": " "}, "no id"),
        ({"created_at": "yesterday"}, "no time"), ({"created_at": None}, "no time"),
        ({"created_at": 1e30}, "no time"), ({"account": None}, "no author"), ({"account": []}, "no author"),
        ({"account": {"id": None}}, "neither an id nor a name"),
    ],
)  # fmt: skip
def test_what_a_post_cannot_do_without(change: dict[str, Any], reason: str) -> None:
    reading = read([STATUS, {**STATUS, "id": "111", **change}], "/api/v1/timelines/tag/tea")
    assert ids(reading) == ["110"]
    (reject,) = reading.rejects
    assert reason in reject.reason
    assert json.loads(reject.payload)["uri"] == STATUS["uri"]


@pytest.mark.parametrize("item", [None, 7, "text", {}, {"id": "5"}, [], {"error": "x"}])
@pytest.mark.parametrize("path", ["/api/v1/timelines/tag/tea", "/api/v1/accounts/23/statuses", "/api/v1/bookmarks"])
def test_a_listing_sets_aside_what_is_no_post(item: Any, path: str) -> None:
    alone, among = read([item], path), read([STATUS, item, {**STATUS, "id": "2"}], path)
    assert (len(alone.rejects), ids(among), len(among.rejects)) == (1, ["110", "2"], 1)


def test_a_boost_gives_what_was_boosted_once() -> None:
    boost = {**STATUS, "id": "200", "content": "", "account": {"id": "7", "acct": "bo"}, "reblog": STATUS}
    reading = read([boost, {**boost, "id": "201"}, STATUS], "/api/v1/timelines/home")
    assert [(post.external_id, post.author.external_id) for post in reading.posts] == [("110", "23")]


def test_what_stands_twice_counts_as_it_stands_last() -> None:
    edited = {**STATUS, "content": "<p>Edited</p>", "edited_at": "2026-11-17T11:00:00Z"}
    assert [post.text for post in read([STATUS, edited], "/api/v1/timelines/home").posts] == ["Edited"]


OTHERS: dict[str, Any] = {
    "notifications": [
        {"id": "1", "type": "mention", "created_at": "2026-11-17T10:00:00Z", "account": ACCOUNT, "status": STATUS},
        {"id": "2", "type": "follow", "account": ACCOUNT},
        {"id": "3", "type": "mention", "account": ACCOUNT, "status": None},
    ],
    "one notification": {"id": "1", "type": "favourite", "account": ACCOUNT, "status": STATUS},
    "grouped notifications": {
        "accounts": [ACCOUNT], "statuses": [STATUS],
        "notification_groups": [{"group_key": "one", "type": "mention", "status_id": "110"}, {"type": "follow"}],
    },
    "search": {"accounts": [ACCOUNT], "statuses": [STATUS], "hashtags": [{"name": "tea", "url": "x", "history": []}]},
    "search v1": {"accounts": [], "statuses": [STATUS], "hashtags": ["tea"]},
    "context": {"ancestors": [STATUS], "descendants": []},
    "conversations": [{"id": "4", "unread": True, "accounts": [ACCOUNT], "last_status": STATUS}],
    "notification requests": [{"id": "5", "notifications_count": "2", "account": ACCOUNT, "last_status": STATUS}],
    "reports for admins": [{"id": "6", "account": {"account": ACCOUNT}, "statuses": [STATUS], "rules": []}],
    "annual report": {"annual_reports": [{"year": 2025}], "accounts": [ACCOUNT], "statuses": [STATUS]},
    "trends": [STATUS],
    "a quote": {**STATUS, "quote": {"state": "accepted", "quoted_status": {**STATUS, "id": "50"}}},
    "WebSocket frame": {"stream": ["user"], "event": "update", "payload": json.dumps(STATUS)},
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_posts_are_found_wherever_they_stand(name: str) -> None:
    reading = read(OTHERS[name])
    assert (ids(reading), reading.rejects) == (["110"], ())


@pytest.mark.parametrize(
    ("name", "addressed"), [("notifications", True), ("grouped notifications", True), ("one notification", None)]
)
def test_a_mention_says_that_the_account_was_called(name: str, addressed: bool | None) -> None:  # noqa: FBT001
    assert read(OTHERS[name]).posts[0].addressed is addressed


WITHOUT: dict[str, tuple[Any, str]] = {
    "token": ({"access_token": "x", "scope": "read"}, "a token"),
    "app": ({"id": "1", "client_id": "x", "client_secret": "y"}, "an app"),
    "account": ({**ACCOUNT, "source": {"privacy": "public", "sensitive": False, "note": ""}}, "an account"),
    "accounts": ([ACCOUNT], "each of it an account"),
    "relationship": ([{"id": "1", "following": True, "followed_by": False}], "relationship"),
    "scheduled": ({"id": "1", "scheduled_at": "2027-01-01T00:00:00Z", "params": STATUS}, "isn't out yet"),
    "history": ([{"content": "<p>a</p>", "spoiler_text": "", "sensitive": False, "account": ACCOUNT,
                  "created_at": "2026-11-17T10:00:00Z"}], "earlier version"),
    "source": ({"id": "110", "text": "a", "spoiler_text": ""}, "a post's source"),
    "translation": ({"content": "<p>a</p>", "spoiler_text": "", "detected_source_language": "de"}, "a translation"),
    "filter": ({"id": "1", "title": "x", "keywords": [], "statuses": [{"id": "1", "status_id": "2"}]}, "a filter"),
    "poll": ({"id": "1", "options": [], "votes_count": 0}, "a poll"),
    "announcement": ([{"id": "8", "content": "<p>a</p>", "starts_at": None, "published": True}], "an announcement"),
    "list": ([{"id": "1", "title": "Friends", "replies_policy": "list"}], "a list of accounts"),
    "report": ({"id": "1", "status_ids": ["2"], "target_account": ACCOUNT}, "a report"),
    "media": ({"id": "1", "type": "image", "preview_url": "x", "description": "tea"}, "a picture"),
    "instance": ({"domain": "s.example", "version": "4.5.0", "configuration": {}}, "a server's description"),
    "domains": (["a.example", "b.example"], "a list of something else"),
    "nothing": ([], "an empty list"), "empty": ({}, "No posts in this answer"), "number": ({"count": 3}, "a number"),
    "text": ("OK", "No posts"), "null": (None, "No posts"),
}  # fmt: skip


@pytest.mark.parametrize("name", WITHOUT)
def test_an_answer_without_posts_says_what_it_is(name: str) -> None:
    data, note = WITHOUT[name]
    reading = read(data, "/api/v1/things/110")
    assert (reading.posts, reading.rejects, reading.deleted) == ((), (), ())
    assert note in reading.note
    assert "110" not in reading.note


@pytest.mark.parametrize(
    ("status", "body", "note"),
    [
        (401, b'{"error": "The access token is invalid"}', "answered 401: The access token is invalid."),
        (400, b'{"error": "invalid_grant", "error_description": "The code is old."}', "400: The code is old."),
        (503, b"<html>", "answered 503."), (429, b"[1]", "answered 429."), (302, b"", "answered 302."),
    ],
)  # fmt: skip
def test_an_error_is_a_note(status: int, body: bytes, note: str) -> None:
    reading = read_answer(Answer(body=body, url="https://s.example/api/v1/statuses/5/context", status=status))
    assert (reading.posts, reading.rejects, reading.deleted) == ((), (), ())
    assert reading.note.endswith(note)


def test_gone_and_deleted_posts_are_told() -> None:
    assert read({"error": "Record not found"}, "/api/v1/statuses/110", status=404).deleted == ("110",)
    assert read({"error": "Record not found"}, "/api/v1/statuses/110", status=404, method="PUT").deleted == ()
    assert read({"error": "Gone"}, "/api/v1/accounts/110", status=410).deleted == ()
    assert read(STATUS, "/api/v1/statuses/110", method="DELETE").deleted == ("110",)


@pytest.mark.parametrize(
    ("body", "rejects", "note"),
    [
        (b"", 0, "empty"), (b"  \n", 0, "empty"), (b"<!DOCTYPE html><p>We'll be back", 0, "a page (HTML)"),
        (b"OK", 0, "isn't JSON"), (b'[{"id": "110", "cont', 1, ""), (b"\xff\xfe\x00", 0, "isn't JSON"),
        (b"[" * 100_000, 1, ""),
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_read(body: bytes, rejects: int, note: str) -> None:
    reading = read_answer(Answer(body=body, url="https://s.example/api/v1/timelines/home"))
    assert (reading.posts, len(reading.rejects)) == ((), rejects)
    assert note in reading.note


def test_a_stream_is_read_event_by_event() -> None:
    edited = {**STATUS, "id": "111", "content": "<p>Edited\u2028twice</p>"}
    notification = {"id": "1", "type": "mention", "account": ACCOUNT, "status": {**STATUS, "id": "112"}}
    conversation = {"id": "4", "last_status": {**STATUS, "id": "113", "visibility": "direct"}}
    events = [
        ":)", "", "event: update", f"data: {json.dumps(STATUS)}", "", ":thump", "",
        "event: update", 'data: {"id": "3"}', "",
        "event: status.update", f"data: {json.dumps(edited, ensure_ascii=False)}", "", "event: delete", "data: 110", "",
        "event: notification", f"data: {json.dumps(notification)}", "", "event: filters_changed", "",
        "event: delete", "data: 7", "", "event: conversation", f"data: {json.dumps(conversation)}", "",
        "event: update", "data: {broken", "", "event: notification", 'data: {"id": "9", "type": "follow"}', "",
        "event: brand.new", "data: []", "",
    ]  # fmt: skip
    reading = read_answer(Answer(body="\n".join(events).encode()))
    assert ids(reading) == ["111", "112", "113"]
    assert reading.posts[0].text == "Edited\u2028twice"
    assert [post.addressed for post in reading.posts] == [None, True, None]
    assert reading.deleted == ("110", "7")
    assert [reject.place for reject in reading.rejects] == ["status 3", "event 8"]
    assert read_answer(Answer(body=b":)\n\n:thump\n\n")).note == "A stream in which no post came."


def test_an_event_may_have_several_lines_and_other_line_ends() -> None:
    (event,) = read_events("event: update\r\ndata: {\r\ndata:  1}\r\n\r\n")
    assert (event.name, event.data) == ("update", "{\n 1}")


@pytest.mark.parametrize(
    ("me", "addressed"),
    [
        (Me(id="1"), True), (Me(name="kestrel"), True), (Me(id="2", name="kestrel"), True), (Me(id="2"), False),
        (Me(name="osprey"), False), (Me(), None),
    ],
)  # fmt: skip
def test_a_status_addresses_whom_it_names(me: Me, addressed: bool | None) -> None:  # noqa: FBT001
    (post,) = read_for(Answer(body=json.dumps(STATUS).encode()), me=me).posts
    assert post.addressed is addressed


def test_an_answer_to_the_account_addresses_it_and_a_namesake_elsewhere_does_not() -> None:
    answering = {**STATUS, "mentions": []}
    assert read_for(Answer(body=json.dumps(answering).encode()), me=Me(id="1")).posts[0].addressed is True
    namesake = {**answering, "in_reply_to_account_id": None, "mentions": [{"id": "8", "acct": "kestrel@far.example"}]}
    assert (
        read_for(Answer(body=json.dumps(namesake).encode()), me=Me(id="1", name="kestrel")).posts[0].addressed is False
    )


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-11-17T10:00:00.000Z", datetime(2026, 11, 17, 10, tzinfo=UTC)),
        ("2026-11-17T11:00:00+01:00", datetime(2026, 11, 17, 10, tzinfo=UTC)),
        ("2026-11-17T10:00:00", datetime(2026, 11, 17, 10, tzinfo=UTC)),
        (1_794_909_600, datetime(2026, 11, 17, 10, tzinfo=UTC)),
        (1_794_909_600_000, datetime(2026, 11, 17, 10, tzinfo=UTC)),
        ("", None), ("soon", None), (None, None), (True, None), ([], None), ("0001-01-01T00:00:00+23:00", None),
    ],
)  # fmt: skip
def test_times(value: Any, moment: datetime | None) -> None:
    assert instant(value) == moment


@given(data=ANY_JSON, path=st.sampled_from(["/api/v1/timelines/home", "/api/v1/statuses/5", "/api/v2/search", ""]))
def test_nothing_that_a_server_says_breaks_the_reader(data: Any, path: str) -> None:
    for answer in (data, [data], {**STATUS, "account": data}, {**STATUS, "mentions": data, "media_attachments": data}):
        reading = read(answer, path)
        assert reading.posts or reading.rejects or reading.deleted or reading.note
    body = f"event: update\ndata: {json.dumps(data)}\n\n".encode()
    assert len(read_answer(Answer(body=body)).posts) <= 1 + body.count(b"{")
