"""The matcher and the plainest possible one always agree."""

from hypothesis import given, settings
from hypothesis import strategies as st

from listener.matching import CompiledQuery, Match, Matcher, locate
from listener.matching.expression import Expression, Term
from listener.matching.terms import anchors, wanted_terms
from tests.unit.listener.matching import reference
from tests.unit.listener.matching.strategies import LANGUAGES, PIECES, PLATFORMS, POSTS, QUERIES, TERMS


@settings(deadline=None, max_examples=200)
@given(st.lists(QUERIES, min_size=1, max_size=5), POSTS, LANGUAGES, PLATFORMS)
def test_agrees_with_the_reference(
    queries: list[Expression], post: str, language: str | None, platform: str | None
) -> None:
    compiled = [CompiledQuery(brand=f"b{n}", name="q", expression=query) for n, query in enumerate(queries)]
    expected = tuple(
        Match(
            brand=f"b{n}",
            query="q",
            terms=tuple(str(term) for term in wanted_terms(query) if reference.has(term, post)),
        )
        for n, query in enumerate(queries)
        if reference.matches(query, post, language=language, platform=platform)
    )
    assert Matcher(compiled).match(text=post, language=language, platform=platform) == expected


@settings(deadline=None, max_examples=200)
@given(TERMS, st.lists(st.sampled_from(PIECES), max_size=4), st.lists(st.sampled_from(PIECES), max_size=4))
def test_agrees_where_the_term_surely_occurs(term: Term, before: list[str], after: list[str]) -> None:
    post = "".join([*before, term.kind.value, term.text, *after])
    found = Matcher([CompiledQuery(brand="b", name="q", expression=term)]).match(text=post)
    assert bool(found) is reference.has(term, post)


@settings(deadline=None)
@given(TERMS, POSTS, POSTS)
def test_shows_what_it_matched(term: Term, before: str, after: str) -> None:
    post = f"{before}{term.kind.value}{term.text}{after}"
    spans = locate([str(term)], post)
    assert bool(spans) is reference.has(term, post)
    for start, end in spans:
        assert 0 <= start < end <= len(post)


@settings(deadline=None)
@given(QUERIES)
def test_every_match_holds_one_of_the_terms_that_wake_its_query(query: Expression) -> None:
    assert anchors(query)
    assert not reference.matches(query, "", language="en", platform="reddit")


@settings(deadline=None)
@given(st.text(st.one_of(st.characters(), st.characters(categories=["Cs", "Cc", "Cf", "Mn"]))))
def test_any_text_can_be_matched_and_shown(text: str) -> None:
    matcher = Matcher([CompiledQuery(brand="b", name="q", expression=Term(text="a", prefix=True))])
    for match in matcher.match(text=text, title=text):
        assert match.terms == ("a*",)
    assert all(start < end for start, end in locate(["a", "é"], text))
