"""The brand's queries in X's words: what they find there is what the brand's own matcher is then asked about."""

from typing import Any

import pytest

from listener.collectors.x_query import search_queries
from platforms.x.options import QUERY_CAP
from simulators.x_query import compile_query
from tests.integration.platforms.x_world import profile_of


def queries(*expressions: str, **more: Any) -> tuple[str, ...]:
    found = [{"name": f"q{number}", "expression": text, **more} for number, text in enumerate(expressions)]
    return search_queries(profile_of([], queries=found))


def post(text: str, **more: Any) -> dict[str, Any]:
    return {"text": text, "lang": "en", "author_id": "7", "entities": {"mentions": []}, **more}


@pytest.mark.parametrize(
    ("expression", "found", "passed_over"),
    [
        ("tern AND (coffee OR \"flat white\") AND NOT (bird OR nest)", ["Tern coffee!", "a flat white at tern"],
         ["tern", "tern coffee bird", "white flat tern"]),
        ("#tern OR tern", ["#tern", "tern"], ["external"]),
        ('"tern kettle"', ["my Tern kettle"], ["kettle tern"]),
        ("tern NOT \"tern point\"", ["tern"], ["at tern point"]),
    ],
)  # fmt: skip
def test_a_query_finds_what_it_says(expression: str, found: list[str], passed_over: list[str]) -> None:
    (query,) = queries(expression)
    test = compile_query(query)
    assert [text for text in (*found, *passed_over) if test(post(text))] == found
    assert not test(post(found[0], referenced_tweets=[{"type": "retweeted", "id": "1"}]))


def test_a_handle_is_who_is_meant() -> None:
    (query,) = queries("@terncoffee")
    test = compile_query(query)
    assert test(post("@TernCoffee hi", entities={"mentions": [{"username": "TernCoffee"}]}))
    assert not test(post("terncoffee hi"))


def test_languages_are_asked_for_there() -> None:
    (query,) = queries("tern", languages=["en", "pt-BR"])
    test = compile_query(query)
    assert [code for code in ("en", "pt", "de") if test(post("tern", lang=code))] == ["en", "pt"]
    # The matcher rather hears a post whose language nobody knows, which X calls und.
    assert test(post("tern", lang="und"))
    # X calls Hebrew and Indonesian by their old codes.
    (renamed,) = queries("tern", languages=["he", "id"])
    assert [code for code in ("iw", "in") if compile_query(renamed)(post("tern", lang=code))] == ["iw", "in"]
    (filtered,) = queries("tern lang:de")
    assert not compile_query(filtered)(post("tern"))


def test_many_queries_share_as_few_as_their_length_allows() -> None:
    found = queries(*(f"kettle{number} AND maker{number}" for number in range(60)))
    assert 1 < len(found) < 10
    assert all(len(query) <= QUERY_CAP for query in found)
    assert all(
        any(compile_query(query)(post(f"kettle{number} maker{number}")) for query in found) for number in range(60)
    )


def test_one_that_is_too_long_is_asked_for_word_by_word() -> None:
    words = [f"word{number:03}" for number in range(120)]
    found = queries(" OR ".join(words))
    assert all(len(query) <= QUERY_CAP for query in found)
    assert all(any(compile_query(query)(post(word)) for query in found) for word in words)


@pytest.mark.parametrize("expression", ["=Käthe AND NOT =Kathe", "kettle AND NOT kett*", "tern AND NOT (a AND b)"])
def test_what_x_would_leave_out_wrongly_is_left_to_the_matcher(expression: str) -> None:
    (query,) = queries(expression)
    assert " -is:retweet" in query
    assert query.count("-") == 1


def test_queries_for_other_platforms_are_not_asked_for() -> None:
    assert queries("tern", platforms=["mastodon"]) == ()
