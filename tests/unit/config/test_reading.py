"""The YAML reader: plain data, the line of everything, and every mistake it can see at once."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.reading import Mark, read_document, read_text


def lines(text: str) -> list[tuple[int, str]]:
    return [(mistake.line, mistake.message) for mistake in read_text(text, file="x.yaml").mistakes]


def test_remembers_where_keys_and_values_stand() -> None:
    document = read_text("a: 1\nb:\n  - c: 2\n    d: [x, y]\n", file="x.yaml")
    assert document.data == {"a": 1, "b": [{"c": 2, "d": ["x", "y"]}]}
    assert document.keys["b", 0, "d"] == Mark(4, 5)
    assert document.values["b", 0, "d", 1] == Mark(4, 12)
    assert document.locate(("b", 0, "missing")) == Mark(3, 5)
    assert document.locate(("nowhere",)) == Mark(1, 1)


def test_reports_every_doubled_key_and_wrong_value_at_once() -> None:
    found = lines("a: 1\na: 2\nb: 2026-02-31\nc: !thing x\na: 3\n? [1]\n: 2\n")
    assert [line for line, _ in found] == [2, 3, 4, 5, 6]
    assert "first on line 1" in found[0][1]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [1\nb: 2\n", 2),
        ("a: 1\nb:\n\tc: 1\n", 3),
        ("a: 1\nb: *x\n", 2),
        ("a: 1\nb: 'x\n", 3),
        ("a: 1\n---\nb: 1\n", 2),
        ("a: 1\nb: \x07\n", 2),
        ("- a\n- b\n", 1),
        ("just words\n", 1),
    ],
)
def test_says_the_line_of_a_syntax_mistake(text: str, line: int) -> None:
    document = read_text(text, file="x.yaml")
    assert document.broken
    assert [mistake.line for mistake in document.mistakes] == [line]


def test_yes_and_no_stay_words() -> None:
    assert read_text("no: on\nyes: 09:00\n3: x\n", file="x").data == {"no": "on", "yes": "09:00", "3": "x"}


def test_merges_what_an_anchor_shares() -> None:
    text = "base: &base {a: 1, b: 2}\nmore: &more\n  <<: *base\n  c: 3\nlast:\n  <<: [*more]\n  a: 9\n"
    assert read_text(text, file="x").data["last"] == {"a": 9, "b": 2, "c": 3}


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [*a]\n",
        "a: &a {<<: *a, b: 1}\n",
        "a: &a [1,1,1,1,1,1,1,1,1,1]\n"
        + "".join(
            f"{two}: &{two} [{','.join([f'*{one}'] * 10)}]\n" for one, two in ("ab", "bc", "cd", "de", "ef", "fg")
        ),
        "a: " + "[" * 1200,
    ],
    ids=["itself", "merged into itself", "a million", "deep"],
)
def test_stops_at_what_never_ends(text: str) -> None:
    document = read_text(text, file="x")
    assert len(document.mistakes) <= 1
    assert len(document.values) < 250_000


def test_an_empty_file_is_no_mistake() -> None:
    assert read_text("# nothing yet\n", file="x").data == {}


def test_unreadable_files_are_mistakes(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_bytes(b"a: 1\nb: \xff\n")
    assert read_document(wrong).mistakes[0].line == 2
    assert "can't be read" in read_document(tmp_path).mistakes[0].message
    assert "can't be read" in read_document(tmp_path / "gone.yaml").mistakes[0].message
    wrong.write_bytes(b"#" * 4_000_001)
    assert "4 MB" in read_document(wrong).mistakes[0].message


@settings(max_examples=150)
@given(st.text(alphabet=st.sampled_from(list("ab:- \n\t#[]{}'\"&*!|>%@`,?\x00é😀0")), max_size=40))
def test_never_fails_on_any_text(text: str) -> None:
    document = read_text(text, file="x")
    assert document.broken == bool(document.broken and document.mistakes)
    for mistake in document.mistakes:
        assert 1 <= mistake.line <= text.count("\n") + 2
