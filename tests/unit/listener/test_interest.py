"""What a brand wants to hear, whose posts are its own, and what is only counted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from config.brand.profile import Profile
from domain.posts import RawAuthor, RawPost
from listener.interest import Interest, bare_handle
from listener.sieve import Rule, sieve

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)
PROFILE = Profile.model_validate(
    {
        "slug": "kestrel", "name": "Kestrel", "time_zone": "Europe/Berlin", "answer_window": "7d",
        "queries": [
            {"name": "brand", "expression": "kestrel"},
            {"name": "german", "expression": "falke", "languages": ["de"]},
            {"name": "forum", "expression": "bird", "platforms": ["forum"]},
            {"name": "rival", "expression": "osprey", "rival": "Osprey"},
        ],
        "accounts": [
            {"platform": "x", "handle": "@KestrelCoffee", "id": "77"},
            {"platform": "reddit", "handle": "u/kestrel"},
        ],
        "known_bots": [{"platform": "x", "handle": "dealbot"}],
        "platforms": {"tiktok": {"listen": False}, "quiet": {"answer": "never"}},
    }
)  # fmt: skip
POST = RawPost(
    platform="x", external_id="1", text="I like kestrel", posted_at=NOW, author=RawAuthor(external_id="9", handle="ada")
)  # fmt: skip


def interest() -> Interest:
    return Interest(PROFILE)


def test_a_query_keeps_to_its_languages_and_hears_unknown_ones() -> None:
    post = replace(POST, text="Der Falke")
    assert interest().match(replace(post, language="de-AT")) == ["german"]
    assert interest().match(replace(post, language="en")) == []
    assert interest().match(post) == ["german"]


def test_a_query_keeps_to_its_platforms() -> None:
    assert interest().match(replace(POST, text="bird")) == []
    assert interest().match(replace(POST, text="bird", platform="forum")) == ["forum"]


@pytest.mark.parametrize(
    ("platform", "author", "own"),
    [("x", RawAuthor(external_id="77", handle="renamed"), True),
     ("x", RawAuthor(external_id="5", handle="kestrelcoffee"), True),
     ("reddit", RawAuthor(external_id="kestrel", handle="Kestrel"), True),
     ("bluesky", RawAuthor(external_id="77", handle="kestrelcoffee"), False)],
)  # fmt: skip
def test_own_accounts_are_known_by_id_or_handle(platform: str, author: RawAuthor, own: bool) -> None:  # noqa: FBT001
    assert interest().is_own(platform, author) is own


def test_handles_are_compared_without_their_signs() -> None:
    assert {bare_handle(handle) for handle in ("@Ada", "ada", "u/ADA", "/u/ada")} == {"ada"}


def test_what_is_old_watched_or_never_answered_is_only_counted() -> None:
    hears = interest()
    assert not hears.only_counts(POST, queries=["brand"], now=NOW)
    assert hears.only_counts(replace(POST, posted_at=NOW - timedelta(days=8)), queries=["brand"], now=NOW)
    assert hears.only_counts(POST, queries=["rival"], now=NOW)
    assert not hears.only_counts(POST, queries=["rival", "brand"], now=NOW)
    assert hears.only_counts(replace(POST, platform="quiet"), queries=["brand"], now=NOW)


def test_a_batch_is_parted() -> None:
    posts = [
        replace(POST, external_id="a", author=RawAuthor(external_id="b", handle="DealBot")),
        replace(POST, external_id="own", author=RawAuthor(external_id="77", handle="k")),
        replace(POST, external_id="none", text="nothing of interest"),
        replace(POST, external_id="deaf", platform="tiktok"),
        replace(POST, external_id="bad", text=""),
        replace(POST, external_id="a", text="kestrel, edited", author=RawAuthor(external_id="b", handle="DealBot")),
    ]
    parts = sieve(posts, rule=Rule(interest=interest()), now=NOW)
    assert [(heard.post.external_id, heard.post.text) for heard in parts.heard] == [("a", "kestrel, edited")]
    assert parts.heard[0].post.author.is_bot
    assert [post.external_id for post in parts.own] == ["own"]
    assert {post.external_id for post in parts.unmatched} == {"none", "deaf"}
    assert [reject.place for reject in parts.rejects] == ["post bad"]
    assert parts.repeated == 1


def test_a_source_that_keeps_everything_keeps_what_names_nobody() -> None:
    parts = sieve([replace(POST, text="Slow but kind")], rule=Rule(interest=interest(), everything=True), now=NOW)
    assert [heard.queries for heard in parts.heard] == [()]
    assert not parts.heard[0].counted_only


@pytest.mark.parametrize(("addressed", "is_heard"), [(True, True), (False, False), (None, False)])
def test_who_calls_on_the_account_is_heard_whatever_the_words(*, addressed: bool | None, is_heard: bool) -> None:
    post = replace(POST, text="When do you open?", addressed=addressed)
    parts = sieve([post], rule=Rule(interest=interest()), now=NOW)
    assert ([heard.queries for heard in parts.heard], parts.unmatched) == (([()], []) if is_heard else ([], [post]))


def test_a_call_on_the_account_is_answered_though_it_names_a_rival() -> None:
    post = replace(POST, text="Are you better than Osprey?", addressed=True)
    heard = sieve([post], rule=Rule(interest=interest()), now=NOW).heard[0]
    assert (heard.queries, heard.counted_only) == (("rival",), False)
