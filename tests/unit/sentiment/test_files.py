import pytest

from domain.errors import InvalidInput
from sentiment.files import classify_rows
from sentiment.keywords import KeywordClassifier
from sentiment.reading import InputRow, find_problem, read_csv_rows, read_json_lines, read_rows


def test_order_is_kept_and_broken_rows_pass_through_as_abstained() -> None:
    lines = ['{"id": "1", "text": "love it"}', "{broken", "", '["list"]', '{"text": 7}', '{"text": "worst courier"}']
    results = list(classify_rows(read_json_lines(lines), KeywordClassifier()))
    assert [result["line"] for result in results] == [1, 2, 3, 4, 5, 6]
    assert [result["intent"] for result in results] == ["praise", *["abstained"] * 4, "complaint"]
    assert [("error" in result) for result in results] == [False, True, True, True, True, False]
    assert results[0]["id"] == "1"


def test_a_result_has_every_field() -> None:
    (result,) = classify_rows([InputRow(line=1, fields={"body": "Do you ship to Spain?"})], KeywordClassifier())
    assert result["intent"] == "question"
    assert set(result["intent_scores"]) == {"praise", "complaint", "question", "suggestion", "other"}
    assert set(result["sentiment_scores"]) == {"positive", "neutral", "negative"}
    assert {"urgency", "toxicity", "language", "themes", "abstained", "model"} <= set(result)


def test_csv_rows_are_read_by_their_header_and_named_by_line() -> None:
    rows = list(read_csv_rows(["text,brand\n", '"two\n', 'lines",Acme\n', "one,Acme\n"]))
    assert [(row.line, row.fields["brand"]) for row in rows] == [(3, "Acme"), (4, "Acme")]


def test_csv_without_a_header_says_so() -> None:
    with pytest.raises(InvalidInput, match="header"):
        list(read_csv_rows([]))


def test_a_named_field_that_is_missing_is_an_error_of_the_row() -> None:
    (result,) = classify_rows([InputRow(line=1, fields={"text": "x"})], KeywordClassifier(), text_field="comment")
    assert result["abstained"]
    assert "comment" in result["error"]


def test_it_streams() -> None:
    read = 0

    def rows() -> object:
        nonlocal read
        for number in range(10_000):
            read += 1
            yield InputRow(line=number + 1, fields={"text": "great"})

    results = classify_rows(rows(), KeywordClassifier())  # type: ignore[arg-type]  # counted while read
    assert next(results)["line"] == 1
    assert read <= 32, "the first label comes before much is read"
    for _ in range(5_000):
        next(results)
    assert read <= 5_001 + 512


def test_half_characters_and_bytes_that_are_no_utf8_break_no_run() -> None:
    lines = ['{"text": "love it"}', '{"text": "caf\udce9 love it"}', '{"text": "love \\ud83d it"}', "[" * 100_000]
    results = list(classify_rows(read_json_lines(lines), KeywordClassifier()))
    assert [result["intent"] for result in results] == ["praise", "abstained", "praise", "abstained"]
    assert "Line 2 isn't UTF-8" in results[1]["error"]


def test_blank_and_broken_csv_rows_keep_their_place() -> None:
    lines = ["id,text\n", "1,love it\n", "\n", "2,late, and broken\n", "3\n", '4," "\n', '5,"worst\n', "service\n"]
    results = list(classify_rows(read_csv_rows(lines), KeywordClassifier()))
    assert [result["line"] for result in results] == [2, 3, 4, 5, 6, 8]
    problems = [result.get("error", "") for result in results]
    assert problems[0] == ""
    told = ("Line 3 is blank", "3 cells", "has no field text", "is blank", "Lines 7 to 8 were read as one record")
    for problem, part in zip(problems[1:], told, strict=True):
        assert part in problem


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_header_tells_the_delimiter(delimiter: str) -> None:
    (row,) = read_csv_rows([delimiter.join(("id", "text")) + "\n", delimiter.join(("1", "hi")) + "\n"])
    assert row.fields == {"id": "1", "text": "hi"}


def test_a_quote_that_is_not_closed_is_named_where_it_opens() -> None:
    lines = ["id,text\n", "1,fine\n", '2,"hello\n', "3,fine\n", "4,fine\n"]
    *_, last = read_csv_rows(lines)
    assert last.problem is not None
    assert "Lines 3 to 5" in last.problem
    assert "a quote that opens on line 3" in last.problem


def test_a_very_long_cell_is_one_row() -> None:
    rows = list(read_csv_rows(["text,id\n", '"' + "word\n" * 40_000 + '",1\n', "short,2\n"]))
    assert [row.fields.get("id") for row in rows] == ["1", "2"]


@pytest.mark.parametrize(
    ("head", "field", "told"),
    [
        ("id,words\n", None, "its columns are id, words"),
        ("id,text\n", "Comment", "no column Comment; its columns are id, text"),
        ("text,id,text\n", None, "2 columns text"),
    ],
)
def test_a_header_without_the_texts_column_is_told_before_anything_is_written(
    head: str, field: str | None, told: str
) -> None:
    with pytest.raises(InvalidInput, match=told):
        list(read_csv_rows([head, "1,love it\n"], text_field=field))


def test_spaces_around_a_columns_name_do_not_count() -> None:
    assert [row.fields for row in read_csv_rows(["id, text\n", "1,love it\n"])] == [{"id": "1", "text": "love it"}]


@pytest.mark.parametrize("line", ['{"id": NaN, "text": "x"}', '{"id": 1e999, "text": "x"}'])
def test_what_json_cannot_hold_is_a_broken_row(line: str) -> None:
    (row,) = read_json_lines([line])
    assert row.problem is not None


@pytest.mark.parametrize("text", ["\u200b", "&nbsp;", " \u2060 "])
def test_a_text_that_only_looks_like_one_is_blank(text: str) -> None:
    assert "is blank" in (find_problem(InputRow(line=1, fields={"text": text}), None) or "")


def test_standard_input_may_be_either() -> None:
    assert next(read_rows(["id,comment\n", "1,hi\n"], text_field="comment")).fields == {"id": "1", "comment": "hi"}
    assert next(read_rows(['{"text": "a, text"}\n'])).fields == {"text": "a, text"}
    assert next(read_rows(["no text, no header\n"])).problem
    assert list(read_rows([])) == []
