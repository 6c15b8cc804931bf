"""Queries and posts made of few, awkward pieces, so that they meet often."""

from hypothesis import strategies as st

from listener.matching.expression import Accents, Expression, Field, Filter, Kind, Not, Term, all_of, any_of
from listener.matching.parser import parse_query
from listener.matching.problems import QueryError
from listener.matching.terms import anchors
from listener.matching.text import is_searchable, normalise

PIECES = (
    *(
        "a",
        "b",
        "ab",
        "B",
        "é",
        "e",
        "E\u0301",
        "ß",
        "ss",
        "İ",
        "ı",
        "ς",
        "Σ",
        "й",
        "手",
        "機",
        "カ",
        "ก",
        "ि",
        "न",
        "ا",
        "م\u064e",
    ),
    *(
        " ",
        " ",
        "  ",
        "\n",
        "\u00a0",
        "-",
        "'",
        "’",
        ".",
        ",",
        "#",
        "@",
        "/",
        "u/",
        "_",
        "☕",
        "\u200d",
        "\x00",
        "&",
        "1",
    ),
)
POSTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


def is_term(term: Term) -> bool:
    """Tell whether the query language can write this term."""
    try:
        return parse_query(str(term)) == term
    except QueryError:
        return False


def _phrases(pieces: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return pieces.map(lambda text: " ".join(text.replace("\x00", " ").split())).filter(
        lambda text: is_searchable(normalise(text))
    )


_SHORT = st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map("".join)
TERMS = st.builds(
    Term,
    text=_phrases(_SHORT),
    kind=st.sampled_from([Kind.TEXT, Kind.TEXT, Kind.TAG, Kind.HANDLE]),
    prefix=st.booleans(),
    accents=st.sampled_from(Accents),
).filter(is_term)
FILTERS = st.one_of(
    st.builds(Filter, field=st.just(Field.LANGUAGE), values=st.sampled_from([("en",), ("pt-br",), ("en", "de")])),
    st.builds(Filter, field=st.just(Field.PLATFORM), values=st.sampled_from([("reddit",), ("x", "reddit")])),
)
EXPRESSIONS: st.SearchStrategy[Expression] = st.recursive(
    st.one_of(TERMS, TERMS, FILTERS),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(all_of),
        st.lists(inner, min_size=2, max_size=3).map(any_of),
        inner.map(Not),
    ),
    max_leaves=6,
)
# A query must hold a word that has to be there; what happens to hold none is given one, so that no draw is lost.
QUERIES: st.SearchStrategy[Expression] = st.tuples(EXPRESSIONS, TERMS).map(
    lambda drawn: drawn[0] if anchors(drawn[0]) is not None else all_of(drawn)
)
LANGUAGES = st.sampled_from([None, "en", "en-GB", "de", "pt", "pt_BR"])
PLATFORMS = st.sampled_from([None, "reddit", "X", "mastodon"])
