"""Answers of Reddit's API are read into posts, whatever endpoint they came from and whatever is wrong with them."""

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.labels import PostKind
from domain.posts import RawPost
from platforms.recordings import Answer, Reading
from platforms.reddit.reading import read_answer, read_data
from platforms.reddit.things import Setting, bare_name

COMMENT: dict[str, Any] = {
    "name": "t1_c1", "id": "c1", "body": "Tea & toast, <3", "body_html": "<div>Tea &amp; toast, &lt;3</div>",
    "author": "ada", "author_fullname": "t2_ada", "created_utc": 1_760_000_000.0, "parent_id": "t3_s1",
    "link_id": "t3_s1", "permalink": "/r/tea/comments/s1/best_tea/c1/", "score": 3, "subreddit": "tea", "replies": "",
}  # fmt: skip
SUBMISSION: dict[str, Any] = {
    "name": "t3_s1", "id": "s1", "title": "Best tea?", "selftext": "Which one", "selftext_html": "<div>Which one</div>",
    "author": "bo", "author_fullname": "t2_bo", "created_utc": 1_760_000_000, "num_comments": 2, "score": 5,
    "permalink": "/r/tea/comments/s1/best_tea/", "subreddit": "tea",
}  # fmt: skip


def thing(kind: str, base: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"kind": kind, "data": {**base, **changes}}


def comment(**changes: Any) -> dict[str, Any]:
    return thing("t1", COMMENT, **changes)


def submission(**changes: Any) -> dict[str, Any]:
    return thing("t3", SUBMISSION, **changes)


def listing(*children: Any, **more: Any) -> dict[str, Any]:
    return {"kind": "Listing", "data": {"children": list(children), "after": None, "before": None, **more}}


def read(data: Any, *, url: str = "https://oauth.reddit.com/new?raw_json=1", status: int = 200) -> Reading:
    return read_answer(Answer(body=json.dumps(data).encode(), url=url, status=status))


def only(reading: Reading) -> RawPost:
    (post,) = reading.posts
    assert (reading.rejects, reading.deleted, reading.note) == ((), (), "")
    return post


def test_a_comment_is_a_reply_with_everything_that_is_told_of_it() -> None:
    post = only(read(listing(comment())))
    assert (post.platform, post.external_id, post.kind) == ("reddit", "t1_c1", PostKind.REPLY)
    assert (post.text, post.title, post.posted_at) == (
        "Tea & toast, <3",
        None,
        datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC),
    )
    assert (post.in_reply_to, post.conversation_id) == ("t3_s1", "t3_s1")
    assert (post.author.external_id, post.author.handle) == ("t2_ada", "ada")
    assert post.url == "https://www.reddit.com/r/tea/comments/s1/best_tea/c1/"
    assert (post.addressed, dict(post.metrics)) == (None, {"score": 3})


def test_a_submission_is_its_own_conversation() -> None:
    post = only(read(listing(submission())))
    assert (post.external_id, post.kind, post.title, post.text) == ("t3_s1", PostKind.POST, "Best tea?", "Which one")
    assert (post.in_reply_to, post.conversation_id) == (None, "t3_s1")
    assert dict(post.metrics) == {"score": 5, "num_comments": 2}


@pytest.mark.parametrize("nothing", ["", None, 5])
def test_a_submission_of_a_link_says_what_its_title_says(nothing: object) -> None:
    post = only(read(listing(submission(selftext=nothing, selftext_html=None))))
    assert (post.text, post.title) == ("Best tea?", None)


def test_what_lies_in_an_inbox_is_addressed_and_names_its_thread_in_its_address() -> None:
    bare = {key: value for key, value in COMMENT.items() if key not in {"link_id", "permalink"}}
    inbox = {**bare, "was_comment": True, "type": "comment_reply", "parent_id": "t1_c0"}
    post = only(
        read(listing({"kind": "t1", "data": {**inbox, "context": "/r/tea/comments/s1/best_tea/c1/?context=3"}}))
    )
    assert (post.addressed, post.conversation_id, post.in_reply_to) == (True, "t3_s1", "t1_c0")
    assert post.url == "https://www.reddit.com/r/tea/comments/s1/best_tea/c1/"


def test_private_messages_are_no_posts_and_are_told_of() -> None:
    message = {
        "kind": "t4",
        "data": {"name": "t4_m", "body": "psst", "author": "ada", "created_utc": 1.0, "replies": ""},
    }
    reading = read(listing(message, comment(), message))
    assert [post.external_id for post in reading.posts] == ["t1_c1"]
    assert reading.note == "Not posts: 2 private messages, which aren't public."
    assert reading.rejects == ()


def test_a_tree_of_comments_is_read_from_the_top_down_however_deep() -> None:
    node: Any = ""
    for number in range(60, 0, -1):
        node = listing(comment(name=f"t1_d{number}", id=f"d{number}", replies=node))
    more = {"kind": "more", "data": {"name": "t1_zz", "id": "zz", "children": ["zz", "zy"], "parent_id": "t3_s1"}}
    node["data"]["children"].append(more)
    reading = read([listing(submission()), node])
    assert [post.external_id for post in reading.posts] == ["t3_s1", *(f"t1_d{number}" for number in range(1, 61))]


@pytest.mark.parametrize(
    "data",
    [
        {"json": {"errors": [], "data": {"things": [comment(), comment()]}}},
        {"kind": "Listing", "data": {"children": [COMMENT]}},
        listing(comment(), comment(score=4)),
        {"collection_id": "1", "sorted_links": listing(comment())},
        [listing(), listing(comment())],
    ],
)
def test_other_shapes_hold_the_same_post_once(data: Any) -> None:
    assert only(read(data)).external_id == "t1_c1"


def test_a_crosspost_is_one_post() -> None:
    assert (
        only(read(listing(submission(crosspost_parent_list=[{**SUBMISSION, "name": "t3_old"}])))).external_id == "t3_s1"
    )


@pytest.mark.parametrize(("url", "html", "text"), [
    ("https://oauth.reddit.com/x?raw_json=1", None, "&lt;3 &amp;amp; &eacute;"),
    ("https://oauth.reddit.com/x", None, "<3 &amp; &eacute;"),
    ("", None, "&lt;3 &amp;amp; &eacute;"),
    ("", "&lt;div&gt;", "<3 &amp; &eacute;"),
    ("https://oauth.reddit.com/x", "<div>", "&lt;3 &amp;amp; &eacute;"),
])  # fmt: skip
def test_escapes_are_taken_out_where_reddit_put_them_in(url: str, html: str | None, text: str) -> None:
    assert only(read(listing(comment(body="&lt;3 &amp;amp; &eacute;", body_html=html)), url=url)).text == text


@pytest.mark.parametrize("words", ["[deleted]", "[removed]", "[Removed]", "[ Removed by Reddit ]", "[deleted by user]"])
def test_words_that_were_taken_away_are_gone(words: str) -> None:
    reading = read(listing(comment(body=words), submission(selftext=words)))
    assert (reading.posts, reading.deleted) == ((), ("t1_c1", "t3_s1"))


@pytest.mark.parametrize("change", [{"author": "[deleted]"}, {"removed_by_category": "moderator"}])
def test_what_lost_its_author_or_was_removed_is_gone_where_posts_are_kept(change: dict[str, str]) -> None:
    data = listing(submission(**change))
    assert [post.external_id for post in read_data(data).posts] == ["t3_s1"]
    strict = read_data(data, setting=Setting(strict=True))
    assert (strict.posts, strict.deleted) == ((), ("t3_s1",))


@pytest.mark.parametrize(("change", "reason"), [
    ({"name": None, "id": None}, "It has no id."),
    ({"name": ["t1_x"], "id": {"a": 1}}, "It has no id."),
    ({"author": None}, "t1_c1 names no author."),
    ({"author": 5}, "t1_c1 names no author."),
    ({"created_utc": "soon"}, "t1_c1 has no time."),
    ({"created_utc": 1e300}, "t1_c1 has no time."),
    ({"created_utc": float("nan")}, "t1_c1 has no time."),
    ({"created_utc": True}, "t1_c1 has no time."),
    ({"body": None}, "t1_c1 has no text."),
    ({"body": {"a": 1}}, "t1_c1 has no text."),
])  # fmt: skip
def test_one_broken_item_never_takes_the_others_along(change: dict[str, Any], reason: str) -> None:
    reading = read(listing(comment(**change), submission()))
    assert [post.external_id for post in reading.posts] == ["t3_s1"]
    (broken,) = reading.rejects
    assert (broken.place, broken.reason) == ("item 1", reason)
    assert "permalink" in broken.payload


@pytest.mark.parametrize("child", [None, 7, "t1_c9", ["t1"], {"kind": "t1", "data": None}, {"kind": "t3", "data": []}])
def test_what_is_no_thing_at_all_is_set_aside(child: Any) -> None:
    reading = read(listing(submission(), child))
    assert len(reading.posts) == 1
    assert [(each.place, each.reason) for each in reading.rejects] == [
        ("item 2", "The item isn't a submission or a comment.")
    ]


@pytest.mark.parametrize(("change", "expected"), [
    ({"name": None, "id": 42}, ("t1_42", "t3_s1")),
    ({"created_utc": "1760000000"}, ("t1_c1", "t3_s1")),
    ({"link_id": None, "permalink": None}, ("t1_c1", "t3_s1")),
    ({"link_id": 3, "parent_id": "t1_c0", "permalink": None}, ("t1_c1", None)),
    ({"score": "many", "num_comments": None, "author_fullname": None, "replies": None}, ("t1_c1", "t3_s1")),
])  # fmt: skip
def test_odd_fields_are_made_do_with(change: dict[str, Any], expected: tuple[str, str | None]) -> None:
    post = only(read(listing(comment(**change))))
    assert (post.external_id, post.conversation_id) == expected


@pytest.mark.parametrize(("status", "body", "note"), [
    (200, b'{"access_token": "x", "expires_in": 3600}', "No posts, but a token."),
    (200, b'{"error": "invalid_grant"}', "An error: invalid_grant"),
    (200, b"", "An empty answer: Reddit did as it was told and says no more."),
    (200, b"{}", "An empty answer: Reddit did as it was told and says no more."),
    (200, b"null", "An empty answer: Reddit did as it was told and says no more."),
    (200, b"<html>over capacity</html>", "The answer isn't JSON: a page for people, or cut off."),
    (200, b'{"kind": "Listing", "data": {"chil', "The answer isn't JSON: a page for people, or cut off."),
    (200, b"[" * 100_000, "The answer isn't JSON: a page for people, or cut off."),
    (200, b'{"kind": "t2", "data": {"name": "ada"}}', "Not posts: 1 users."),
    (200, b'{"json": {"errors": [["RATELIMIT", "try again in 9 minutes", "ratelimit"]]}}',
     "An error: RATELIMIT: try again in 9 minutes: ratelimit"),
    (200, b'{"json": {"errors": [], "data": {"things": []}}}', "Reddit did as it was told and sends no post back."),
    (404, b'{"reason": "banned", "message": "Not Found", "error": 404}', "An error 404: banned: Not Found"),
    (302, b"<html>", "Reddit sends elsewhere (302); there is no such place, or it has moved."),
    (503, b"<html>", "An error 503."),
])  # fmt: skip
def test_an_answer_without_posts_says_what_it_is(status: int, body: bytes, note: str) -> None:
    assert read_answer(Answer(body=body, status=status)) == Reading(note=note)


def test_an_answer_that_was_recorded_packed_is_unpacked() -> None:
    body = gzip.compress(json.dumps(listing(comment())).encode())
    assert only(read_answer(Answer(body=body))).external_id == "t1_c1"
    assert read_answer(Answer(body=b"\x1f\x8bnonsense")).note.startswith("The answer isn't JSON")


@pytest.mark.parametrize("handle", ["tern", "u/tern", "/u/Tern/", "@tern", " U/tern "])
def test_a_name_is_a_name_however_it_is_written(handle: str) -> None:
    assert bare_name(handle).casefold() == "tern"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(sorted({*COMMENT, "kind", "data", "children", "title"})), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(
    data=json_values, changes=st.dictionaries(st.sampled_from(sorted({*COMMENT, *SUBMISSION})), json_values, max_size=4)
)
def test_nothing_that_stands_in_an_answer_raises(data: Any, changes: dict[str, Any]) -> None:
    for shape in (data, listing(data, comment(**changes), submission(**changes))):
        for post in read(shape).posts:
            assert post.external_id[:3] in {"t1_", "t3_"}
