"""Answers of X in every shape become posts, rejects, deletions or a note, and nothing ever raises."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.labels import PostKind
from platforms.recordings import Answer, Reading
from platforms.x.reading import read, read_answer
from platforms.x.viewing import Viewer

# The example ids and times are those of X's own documentation.
ID, AT = "1212092628029698048", "2019-12-31T19:26:16.000Z"
USERS = [{"id": "7", "username": "ada", "name": "Ada", "public_metrics": {"followers_count": 12}},
         {"id": "9", "username": "tern", "name": "Tern"}]  # fmt: skip
SEARCH = "https://api.twitter.com/2/tweets/search/recent?query=tern"


COMPLIANCE = b"""{"id": "3", "action": "delete", "reason": "deleted"}
{"id": "4", "action": "delete", "reason": "scrub_geo"}
{"id": "5", "action": "delete", "reason": "suspended"}"""


def of(body: object, **more: Any) -> Reading:
    return read_answer(Answer(body=body if isinstance(body, bytes) else json.dumps(body).encode(), **more))


def tweet(**more: Any) -> dict[str, Any]:
    return {"id": ID, "text": "A &amp; B", "author_id": "7", "created_at": AT, **more}


def status(**more: Any) -> dict[str, Any]:
    return {
        "id": int(ID), "id_str": ID, "full_text": "1 &lt; 2", "created_at": "Tue Dec 31 19:26:16 +0000 2019",
        "lang": "en", "user": {"id": 7, "id_str": "7", "screen_name": "ada", "name": "Ada", "followers_count": 12},
        **more,
    }  # fmt: skip


def test_a_page_of_version_2() -> None:
    references = [{"type": "replied_to", "id": "5"}]
    data = [tweet(lang="iw", conversation_id="4", referenced_tweets=references, public_metrics={"like_count": 3})]
    (post,) = of({"data": data, "includes": {"users": USERS}, "meta": {"result_count": 1}}, url=SEARCH).posts
    assert (post.external_id, post.text, post.language) == (ID, "A & B", "he")
    assert (post.author.external_id, post.author.handle, post.author.name, post.author.followers) == (
        "7", "ada", "Ada", 12,
    )  # fmt: skip
    assert (post.in_reply_to, post.conversation_id, post.kind) == ("5", "4", PostKind.REPLY)
    assert post.posted_at == datetime(2019, 12, 31, 19, 26, 16, tzinfo=UTC)
    assert (post.url, post.metrics) == (f"https://x.com/ada/status/{ID}", {"likes": 3})


def test_a_status_of_version_1() -> None:
    (post,) = of([status(in_reply_to_status_id_str="5", retweet_count=2)]).posts
    assert (post.external_id, post.text, post.author.handle, post.author.external_id) == (ID, "1 < 2", "ada", "7")
    assert post.posted_at == datetime(2019, 12, 31, 19, 26, 16, tzinfo=UTC)
    assert (post.in_reply_to, post.conversation_id, post.metrics) == ("5", None, {"reposts": 2})


@pytest.mark.parametrize(
    "body",
    [
        [status()], status(), {"statuses": [status()], "search_metadata": {}}, {"id": {ID: status()}},
        {"tweet_create_events": [status()]}, {"data": tweet()}, {"data": [tweet()]},
        {"objects": {"tweets": {ID: status(user={"id_str": "7"})}, "users": {"7": {"id_str": "7"}}}},
        [status(), status()], [tweet(), tweet()],
    ],
)  # fmt: skip
def test_wherever_a_post_stands_it_is_read_once(body: object) -> None:
    reading = of(body)
    assert [post.external_id for post in reading.posts] == [ID]
    assert (reading.rejects, reading.note) == ((), "")


def test_streams_are_read_line_by_line_with_what_they_say_is_gone() -> None:
    lines = [json.dumps(status(text="short…", extended_tweet={"full_text": "the whole"})), "",
             json.dumps({"delete": {"status": {"id": 3, "id_str": "3", "user_id": 1}}}),
             json.dumps({"data": tweet(id="1212092628029698049"), "matching_rules": []}), '{"data": {"id"']  # fmt: skip
    reading = of("\r\n".join(lines).encode())
    assert [post.text for post in reading.posts] == ["the whole", "A & B"]
    assert reading.deleted == ("3",)


def test_a_repost_gives_the_original_once() -> None:
    again = [status(id_str=str(number), id=number, text="RT", retweeted_status=status()) for number in (50, 51)]
    assert [post.external_id for post in of(again).posts] == [ID]
    reposts = [tweet(id=str(number), text="RT @ada", referenced_tweets=[{"type": "retweeted", "id": ID}])
               for number in (50, 51)]  # fmt: skip
    includes = {"tweets": [tweet()], "users": USERS}
    (post,) = of({"data": reposts, "includes": includes}).posts
    assert (post.external_id, post.author.handle) == (ID, "ada")
    alone = of({"data": reposts})
    assert (alone.posts, alone.note) == ((), "a repost without its original")


def test_a_repost_of_itself_ends() -> None:
    loop = tweet(referenced_tweets=[{"type": "retweeted", "id": ID}])
    assert of({"data": [loop], "includes": {"tweets": [loop]}}).posts == ()


def test_an_edited_post_stays_the_post_that_it_was() -> None:
    (post,) = of({"data": tweet(id="1700000000000000009", edit_history_tweet_ids=[ID, "1700000000000000009"])}).posts
    assert post.external_id == ID
    assert post.url is not None
    assert post.url.endswith("/1700000000000000009")


def test_a_long_post_is_read_whole() -> None:
    (post,) = of({"data": tweet(text="The begi…", note_tweet={"text": "The beginning & the end"})}).posts
    assert post.text == "The beginning & the end"


def test_the_time_is_in_the_id_where_it_stands_nowhere_else() -> None:
    (post,) = of({"data": {"id": ID, "text": "made"}}, method="POST", url="https://api.twitter.com/2/tweets").posts
    assert post.posted_at.isoformat(timespec="seconds") == "2019-12-31T19:26:16+00:00"
    assert (post.author.external_id, post.url) == ("", f"https://x.com/i/status/{ID}")


def test_whose_timeline_was_asked_for_wrote_it() -> None:
    (post,) = of(
        {"data": [{"id": ID, "text": "x"}]}, url="https://api.twitter.com/2/users/77/tweets?max_results=5"
    ).posts
    assert post.author.external_id == "77"


def test_one_odd_item_is_set_aside_and_the_rest_is_read() -> None:
    odd = [None, 7, {"id": "12"}, {"text": "x"}, tweet(text=None), {"id": "12", "text": "no time", "created_at": "?"}]
    reading = of({"data": [*odd, tweet()]}, url=SEARCH)
    assert [post.external_id for post in reading.posts] == [ID]
    assert [reject.place for reject in reading.rejects] == [f"data[{number}]" for number in range(len(odd))]
    assert all(reject.reason for reject in reading.rejects)
    old = of(
        [status(), None, {"id_str": "5", "text": {}, "user": 3}], url="https://api.twitter.com/1.1/statuses/lookup"
    )
    assert (len(old.posts), len(old.rejects)) == (1, 2)


def test_ids_are_text_whatever_they_were() -> None:
    (post,) = of(status(id_str=None, in_reply_to_status_id=5, user={"id": 7, "screen_name": "ada"})).posts
    assert (post.external_id, post.in_reply_to, post.author.external_id) == (ID, "5", "7")


@pytest.mark.parametrize(
    ("error", "url", "gone"),
    [
        ({"parameter": "ids", "type": "x/resource-not-found"}, "/2/tweets?ids=3", ("3",)),
        ({"parameter": "ids", "type": "x/not-authorized-for-resource"}, "/2/tweets?ids=3", ("3",)),
        ({"parameter": "id", "type": "x/resource-not-found"}, "/2/tweets/3", ("3",)),
        ({"parameter": "referenced_tweets.id", "type": "x/resource-not-found"}, "/2/tweets/search/recent", ("3",)),
        ({"parameter": "referenced_tweets.id", "type": "x/not-authorized-for-resource"}, "/2/tweets", ()),
        ({"parameter": "id", "type": "x/resource-not-found", "resource_type": "user"}, "/2/users/3/tweets", ()),
    ],
)
def test_partial_errors_say_what_is_gone(error: dict[str, str], url: str, gone: tuple[str, ...]) -> None:
    whole = {"resource_type": "tweet", "resource_id": "3", "value": "3", "detail": "Could not find it.", **error}
    reading = of({"data": [tweet()], "errors": [whole]}, url=f"https://api.twitter.com{url}")
    assert (len(reading.posts), reading.deleted) == (1, gone)


@pytest.mark.parametrize(
    ("body", "gone"),
    [
        ({"id": {"3": None, ID: status()}}, ("3",)),
        (COMPLIANCE, ("3", "5")),
    ],
)  # fmt: skip
def test_look_ups_and_compliance_jobs_say_what_is_gone(body: object, gone: tuple[str, ...]) -> None:
    assert of(body).deleted == gone


@pytest.mark.parametrize(
    ("method", "url", "body"),
    [
        ("POST", "https://api.twitter.com/1.1/statuses/destroy/3.json", status()),
        ("DELETE", "https://api.twitter.com/2/tweets/3", {"data": {"deleted": True}}),
    ],
)
def test_a_deletion_of_our_own_is_one(method: str, url: str, body: object) -> None:
    reading = of(body, method=method, url=url)
    assert (reading.posts, reading.deleted) == ((), ("3",))


@pytest.mark.parametrize(
    ("body", "note"),
    [
        (b"", "nothing"), (b"<html>", "a page of HTML"), (b"oauth_token=a&oauth_token_secret=b", "a token"),
        ({"token_type": "bearer", "access_token": "x"}, "a token"), ({"users": []}, "people"), ([], "an empty list"),
        ({"id_str": "7", "screen_name": "ada", "status": {"id_str": "1", "text": "x"}}, "a person"),
        ([{"id_str": "7", "screen_name": "ada"}], "a person"), ({"data": USERS[0]}, "a person"),
        ({"data": USERS}, "a person"), ({"meta": {"result_count": 0}}, "an empty page"),
        ({"statuses": []}, "an empty page"), ([{"trends": []}], "trends"), ({"ids": [1, 2]}, "ids of people"),
        ({"event": {"type": "message_create", "message_create": {}}}, "a private message"),
        ([{"id_str": "1", "text": "psst", "sender": {}, "recipient": {}}], "a private message"),
        ({"data": [{"id": "1", "text": "psst", "event_type": "MessageCreate"}]}, "a private message"),
        ({"resources": {}}, "rate limits"), ({"media_id": 1}, "a picture or film"),
        ({"data": {"liked": True}}, "a receipt"),
        ({"errors": [{"code": 34, "message": "Gone away"}]}, "an error: Gone away"),
        ({"error": "Not authorized."}, "an error: Not authorized."), (b'"hm"', "a bare value"),
        ({"something": 1}, "something without posts"),
    ],
)  # fmt: skip
def test_what_holds_no_posts_says_what_it_is(body: object, note: str) -> None:
    assert of(body) == Reading(note=note)


@pytest.mark.parametrize(
    ("status_code", "body", "note"),
    [
        (401, {"title": "Unauthorized", "detail": "Unauthorized"}, "an error 401: Unauthorized"),
        (429, {"errors": [{"message": "Rate limit exceeded", "code": 88}]}, "an error 429: Rate limit exceeded"),
        (503, b"<html>Over capacity</html>", "an error 503"),
    ],
)
def test_errors_say_why(status_code: int, body: object, note: str) -> None:
    assert of(body, status=status_code).note == note


def test_a_body_that_breaks_off_is_set_aside_whole() -> None:
    (reject,) = of(json.dumps({"data": [tweet()]}).encode()[:-20]).rejects
    assert (reject.place, reject.payload[:9]) == ("body", '{"data": ')


TERN = Viewer(id="9", handle="tern")
NAMED = {"entities": {"mentions": [{"username": "tern", "id": "9"}]}}
QUOTES = {"referenced_tweets": [{"type": "quoted", "id": "4"}]}


@pytest.mark.parametrize(
    ("item", "along", "called"),
    [
        (tweet(**NAMED), {}, True),
        (tweet(entities={"mentions": [{"username": "tern_fan", "id": "8"}]}), {}, False),
        # A handle that somebody else has taken over: the id decides.
        (tweet(entities={"mentions": [{"username": "tern", "id": "8"}]}), {}, False),
        (tweet(text="nobody"), {}, False),
        (tweet(text="@tern but nothing is marked"), {}, None),
        (tweet(**QUOTES), {"tweets": [tweet(id="4", author_id="9")]}, True),
        (tweet(**QUOTES), {"tweets": [tweet(id="4", author_id="7")]}, False),
        (tweet(**QUOTES), {}, None),
        (
            tweet(referenced_tweets=[{"type": "replied_to", "id": "4"}]),
            {"tweets": [tweet(id="4", author_id="9")]},
            False,
        ),
        (tweet(note_tweet={"text": "long @tern", **NAMED}, entities={}), {}, True),
        (status(entities={"user_mentions": [{"screen_name": "Tern", "id_str": "9"}]}), None, True),
        (status(entities={"user_mentions": []}), None, False),
        (status(entities={}, is_quote_status=True, quoted_status=status(user={"id_str": "9"})), None, True),
        (status(entities={}, is_quote_status=True), None, None),
    ],
)
def test_who_called_on_the_account(item: dict[str, Any], along: dict[str, Any] | None, called: Any) -> None:
    body = [item] if along is None else {"data": [item], "includes": along}
    (post,) = read(Answer(body=json.dumps(body).encode()), viewer=TERN).posts
    assert post.addressed is called


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | st.just(ID),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["data", "includes", "errors", "id", "id_str", "text", "full_text", "user", "users", "tweets", "statuses",
             "created_at", "referenced_tweets", "type", "entities", "mentions", "delete", "status", "retweeted_status",
             "meta", "edit_history_tweet_ids", "note_tweet", "author_id", "objects", "username", "action", "reason"]
        ),
        inner, max_size=5,
    ),
    max_leaves=30,
)  # fmt: skip


@given(body=ODD, url=st.sampled_from(["", SEARCH, "/2/tweets/3", "/1.1/statuses/destroy/3.json", "/2/users/3/tweets"]))
def test_no_json_makes_it_raise(body: object, url: str) -> None:
    reading = read(Answer(body=json.dumps(body).encode(), url=url), viewer=TERN)
    assert all(post.external_id and post.author.external_id for post in reading.posts)
    assert all(reject.reason for reject in reading.rejects)


@given(body=st.binary(max_size=60))
def test_no_bytes_make_it_raise(body: bytes) -> None:
    reading = read_answer(Answer(body=body))
    assert reading.posts or reading.rejects or reading.deleted or reading.note
