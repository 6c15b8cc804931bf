"""The benchmark of matching compares ways that do the same work, on the same posts each time."""

import random

import pytest

from bench.matching import SEED, build_queries, check_same_work, make_posts, make_words


def posts_and_words() -> tuple[list[str], list[str]]:
    chance = random.Random(SEED)
    words = make_words(chance, count=2_000)
    return make_posts(chance, words, count=60), words


def test_draws_the_same_posts_each_time() -> None:
    assert posts_and_words() == posts_and_words()


def test_the_ways_agree_and_find_something() -> None:
    posts, words = posts_and_words()
    check_same_work(words[:100], posts, count=len(posts))
    assert any(build_queries(words[:100])(post) for post in posts)


def test_a_disagreement_stops_the_run() -> None:
    with pytest.raises(SystemExit, match="disagree"):
        check_same_work(["cafe"], ["Un café"], count=1)
