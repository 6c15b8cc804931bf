"""Addresses of posts, and the keys that replies get."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platforms.bluesky.addresses import key_for, page_of, read_place

POST = "at://did:plc:ada/app.bsky.feed.post/3m5abcdefgh2k"


@pytest.mark.parametrize(
    "uri",
    ["", "at://", "at://ada.example/app.bsky.feed.post/1", "https://bsky.app/profile/a/post/1", POST + "/x", None, 7],
)
def test_what_is_no_address(uri: object) -> None:
    assert read_place(uri) is None


def test_an_address_has_a_page() -> None:
    assert page_of(POST, handle="ada.example") == "https://bsky.app/profile/ada.example/post/3m5abcdefgh2k"
    assert page_of(POST) == "https://bsky.app/profile/did:plc:ada/post/3m5abcdefgh2k"
    assert page_of("nonsense") is None


def number(key: str) -> int:
    found = 0
    for sign in key:
        found = found * 32 + "234567abcdefghijklmnopqrstuvwxyz".index(sign)
    return found


@given(key=st.text(), post=st.sampled_from([POST, POST.replace("3m5abcdefgh2k", "self"), "nonsense", ""]))
def test_a_reply_s_key_is_a_valid_tid_and_always_the_same(key: str, post: str) -> None:
    # atproto.com/specs/tid: thirteen signs, the first of which leaves the highest bit of 64 at zero.
    made = key_for(key, answering=post)
    assert len(made) == 13
    assert made[0] in "234567abcdefghij"
    assert number(made) < 2**63
    assert made == key_for(key, answering=post)


def test_a_reply_s_key_is_a_moment_after_the_post_that_it_answers() -> None:
    after = (number(key_for("k", answering=POST)) >> 10) - (number("3m5abcdefgh2k") >> 10)
    assert 0 < after < 2_000_000


def test_two_replies_have_two_keys() -> None:
    keys = {key_for(f"reply {index}", answering=POST) for index in range(2_000)}
    assert len(keys) == 2_000
