"""The query language: what queries mean, and what is said about those that mean nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listener.matching import Problem, QueryError, Severity, check_expression, parse_query
from listener.matching.expression import Accents, And, Expression, Field, Filter, Kind, Not, Or, Term
from listener.matching.parser import MAXIMUM_DEPTH, MAXIMUM_LENGTH, MAXIMUM_TERMS
from tests.unit.listener.matching.strategies import QUERIES

A, B, C = Term(text="a"), Term(text="b"), Term(text="c")


@pytest.mark.parametrize(
    ("query", "meaning"),
    [
        ("a", A),
        ("a b c", And((A, B, C))),
        ("a AND b c", And((A, B, C))),
        ("a OR b c", Or((A, And((B, C))))),
        ("(a OR b) c", And((Or((A, B)), C))),
        ("a -b", And((A, Not(B)))),
        ("a NOT b OR c", Or((And((A, Not(B))), C))),
        ("a NOT (b OR c)", And((A, Not(Or((B, C)))))),
        ("a NOT NOT b", And((A, Not(Not(B))))),
        ("a -(b c)", And((A, Not(And((B, C)))))),
        ("(a (b c))", And((A, B, C))),
        ('"a  b\n c"', Term(text="a b c")),
        ("“a b” „c d“", And((Term(text="a b"), Term(text="c d")))),
        (r'"say \"a\" \\ b"', Term(text='say "a" \\ b')),
        ('"AND"', Term(text="AND")),
        ("ear*", Term(text="ear", prefix=True)),
        ('"a b"*', Term(text="a b", prefix=True)),
        ("#tag ＃tag", And((Term(text="tag", kind=Kind.TAG), Term(text="tag", kind=Kind.TAG)))),
        ("@a.b-c.example", Term(text="a.b-c.example", kind=Kind.HANDLE)),
        ("~#tag*", Term(text="tag", kind=Kind.TAG, prefix=True, accents=Accents.IGNORED)),
        ("=café", Term(text="café", accents=Accents.EXACT)),
        ("a lang:EN,pt_BR", And((A, Filter(field=Field.LANGUAGE, values=("en", "pt-br"))))),
        ("a -platform:Reddit", And((A, Not(Filter(field=Field.PLATFORM, values=("reddit",)))))),
        (
            "coca-cola o'neill AT&T earnest.com",
            And(tuple(Term(text=text) for text in ("coca-cola", "o'neill", "AT&T", "earnest.com"))),
        ),
        ("手机（咖啡 OR カフェ）", And((Term(text="手机"), Or((Term(text="咖啡"), Term(text="カフェ")))))),
        ("हिन्दी #हिन्दी", And((Term(text="हिन्दी"), Term(text="हिन्दी", kind=Kind.TAG)))),
        ("☕ $EARN", And((Term(text="☕"), Term(text="$EARN")))),
    ],
)
def test_reads_a_query(query: str, meaning: Expression) -> None:
    assert parse_query(query) == meaning


@pytest.mark.parametrize(
    ("query", "start", "message", "mend"),
    [
        ("", 0, "it is empty", "write at least one word"),
        ("  ", 2, "it is empty", "write at least one word"),
        ("a OR", 4, "after OR, but here the query ends", "or remove OR"),
        ("a AND OR b", 6, "after AND, but here OR stands", "or remove AND"),
        ("OR a", 0, "but here OR stands", "or remove OR"),
        ("a ()", 3, "after (, but here ) stands", "add what to look for"),
        ("(a OR b", 0, "never closed", "add a )"),
        ("a)", 1, "closes nothing", "remove it"),
        ('a "b', 2, "never closed", 'add a "'),
        ('"a"b', 3, "without a space", "put a space"),
        ('a"b"', 1, "without a space", "put a space"),
        ("a ”", 2, "before any opening one", "remove it"),
        ('""', 0, "no letter, digit or emoji", "write a word"),
        ('a "?!"', 2, "no letter, digit or emoji", "write a word"),
        ("ro*st", 2, "only stand at the end", "as in coff*"),
        ("a *st", 2, "only stand at the end", "as in coff*"),
        ("a *", 2, "can't begin with *", "as in coff*"),
        ("a*", 0, "at least 2 letters", "write more"),
        ("a || b", 2, "can't begin with |", "write OR"),
        ("a && b", 2, "can't begin with &", "write AND"),
        ("a !b", 2, "can't begin with !", "write NOT"),
        ("+a b", 0, "can't begin with +", "leave the + out"),
        ("'a b'", 0, "can't begin with '", "double quotes"),
        ("a, b", 1, ", has no meaning", "leave it out"),
        ("a - b", 2, "stands alone", "directly before a word"),
        ("a ~", 2, "nothing follows the ~", "before a word"),
        ("a ~(b)", 2, "nothing follows the ~", "before a word"),
        ("a #", 3, "needs its name", "write it like #earnest"),
        ("a #b.c", 3, "a hashtag can't hold .", "leave it out"),
        ("a @b.", 3, "a handle can't end in .", "leave it out"),
        ("site:b a", 0, "no filter site:", "double quotes"),
        ("a langs:en", 2, "no filter langs:", "write lang:"),
        ("lang:english a", 0, "wants language codes", "lang:pt-br"),
        ("a lang: en", 2, "wants language codes", "lang:en"),
        ("a platform:", 2, "wants platforms' names", "platform:reddit"),
        ("-a", 0, "hold none of its words", "that must be there"),
        (" NOT (a OR b) ", 1, "hold none of its words", "that must be there"),
        ("lang:en", 0, "hold none of its words", "that must be there"),
        ("a OR NOT b", 0, "hold none of its words", "that must be there"),
        ("a OR lang:en", 0, "hold none of its words", "that must be there"),
        ("(" * (MAXIMUM_DEPTH + 1) + "a", MAXIMUM_DEPTH, "levels inside each other", "fewer parentheses"),
        ("a " + "-" * (MAXIMUM_DEPTH + 1) + "b", MAXIMUM_DEPTH + 2, "levels inside each other", "fewer parentheses"),
        ("a" * (MAXIMUM_LENGTH + 1), MAXIMUM_LENGTH, "longer than 20,000", "several queries"),
        (" ".join(f"w{number}" for number in range(MAXIMUM_TERMS + 1)), 0, "it has 1,001 terms", "1,000 at most"),
    ],
)
def test_refuses_with_the_place_and_the_mend(query: str, start: int, message: str, mend: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(query)
    problem = caught.value.problem
    assert (problem.start, problem.severity) == (start, Severity.ERROR)
    assert message in problem.message
    assert mend in problem.mend
    assert check_expression(query) == [problem]


def test_points_at_the_place_under_its_line() -> None:
    with pytest.raises(QueryError) as caught:
        parse_query("earnest OR\n手机 AND) coffee")
    assert str(caught.value) == (
        'The query, line 2, position 7: expected a word, "phrase", #tag, @handle or ( after AND, but here ) stands; '
        "add what to look for, or remove AND.\n"
        "  手机 AND) coffee\n"
        "          ^"
    )


def test_warns_of_small_operators_and_of_mixtures_without_parentheses() -> None:
    query = "earnest and coffee OR tea"
    small, mixed = sorted(check_expression(query), key=lambda problem: problem.start, reverse=True)
    assert (small.start, small.end, small.severity) == (8, 11, Severity.WARNING)
    assert "write AND" in small.mend
    assert (mixed.start, mixed.end) == (0, len(query))
    assert "(earnest AND and AND coffee) OR tea" in mixed.message


@pytest.mark.parametrize("query", ["earnest coffee", '"and" b', "(a b) OR c", "a OR b OR c", "a -b", "(a OR b) c"])
def test_has_nothing_to_say_about_a_clear_query(query: str) -> None:
    assert check_expression(query) == []


@settings(deadline=None)
@given(QUERIES)
def test_what_is_written_reads_as_it_was_meant(expression: Expression) -> None:
    assert parse_query(str(expression)) == expression


WORDS = st.sampled_from(
    [
        "(",
        ")",
        " AND ",
        " OR ",
        " NOT ",
        "-",
        '"',
        "”",
        "a",
        "é",
        "手",
        "#",
        "@",
        "~",
        "=",
        "*",
        "lang:",
        "en",
        ",",
        "\\",
        "\n",
        " ",
    ]
)


@settings(deadline=None)
@given(
    st.one_of(
        st.text(st.characters()),
        st.text(st.characters(categories=["Cs", "Po"])),
        st.lists(WORDS, max_size=20).map("".join),
    )
)
def test_any_text_is_read_or_refused_with_a_place_inside_it(query: str) -> None:
    problems: list[Problem] = check_expression(query)
    for problem in problems:
        assert 0 <= problem.start <= len(query)
        assert problem.start <= problem.end
        sentence, line, carets = problem.describe(query), *problem.point(query).split("\n")
        assert sentence.endswith(".")
        assert line.isprintable()
        assert carets.strip().strip("^") == ""
    if not any(problem.severity is Severity.ERROR for problem in problems):
        assert parse_query(str(parse_query(query))) == parse_query(query)
