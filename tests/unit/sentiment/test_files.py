import pytest

from domain.errors import InvalidInput
from sentiment.files import InputRow, classify_rows, read_csv_rows, read_json_lines
from sentiment.keywords import KeywordClassifier


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
    assert read <= 512
