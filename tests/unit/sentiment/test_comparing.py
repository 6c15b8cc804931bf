"""Measuring classifiers on labelled rows."""

import sys

import pytest

from domain.errors import InvalidInput
from sentiment.comparing import UNNAMED, Fields, LabelledRow, measure_classifiers, read_labelled
from sentiment.errors import ModelError
from sentiment.keywords import KeywordClassifier
from sentiment.reading import read_csv_rows, read_json_lines
from sentiment.tasks import Task
from sentiment.vader import VaderClassifier

ROWS = ("text,gold,lang,client\nlove it,Praise,en,Tern\nworst courier,COMPLAINTS,en,\nlove this,question,de,Tern\n"
        "Do you ship to Spain?,question,de,Tern\n")  # fmt: skip


def rows_of(csv: str, task: Task, **fields: str) -> list[LabelledRow]:
    lines = csv.splitlines(keepends=True)
    return read_labelled(read_csv_rows(lines), task=task, fields=Fields(**fields), note_problem=pytest.fail)


def test_fields_are_read_by_the_names_given() -> None:
    rows = rows_of(ROWS, Task.INTENT, label="gold", language="lang", brand="client")
    assert [row.label for row in rows] == ["praise", "complaint", "question", "question"]
    assert [row.language for row in rows] == ["en", "en", "de", "de"]
    assert [row.post.brand for row in rows] == ["Tern", None, "Tern", "Tern"]


@pytest.mark.parametrize(
    ("written", "label"), [("0", "negative"), ("2.0", "positive"), ("NEU", "neutral"), (" Positive ", "positive")]
)
def test_sentiments_are_known_by_other_names(written: str, label: str) -> None:
    (row,) = rows_of(f"text,label\nx,{written}\n", Task.SENTIMENT)
    assert row.label == label


@pytest.mark.parametrize("written", ["LABEL_2", "3", "happy", ""])
def test_an_unknown_label_names_line_and_value(written: str) -> None:
    told = f"Line 3 has {f'the label “{written}”' if written else 'no label'} in its field label"
    with pytest.raises(InvalidInput, match=told):
        rows_of(f"text,label\nx,positive\ny,{written}\n", Task.SENTIMENT)


def test_zeros_and_ones_alone_could_mean_either() -> None:
    with pytest.raises(InvalidInput, match="Only the labels 0 and 1"):
        rows_of("text,label\nlove it,1\nworst ever,0\n", Task.SENTIMENT)
    assert len(rows_of("text,label\nlove it,2\nworst ever,0\nso so,1\n", Task.SENTIMENT)) == 3


def test_a_number_in_json_is_a_label_too() -> None:
    rows = read_json_lines(['{"text": "x", "sentiment": 0}', "broken", '{"text": " ", "sentiment": 7}'])
    problems: list[str] = []
    (row,) = read_labelled(rows, task=Task.SENTIMENT, fields=Fields(), note_problem=problems.append)
    assert row.label == "negative"
    assert [problem.split()[1] for problem in problems] == ["2", "text"]


def test_missing_fields_are_named() -> None:
    with pytest.raises(InvalidInput, match="--label-field"):
        rows_of("text,gold\nx,praise\n", Task.INTENT)
    with pytest.raises(InvalidInput, match="--language-field"):
        rows_of("text,label\nx,praise\n", Task.INTENT, language="lang")
    with pytest.raises(InvalidInput, match="nothing to measure"):
        rows_of("text,label\n", Task.INTENT)


def test_figures_by_hand() -> None:
    rows = rows_of(ROWS, Task.INTENT, label="gold", language="lang")
    done: list[int] = []
    (figures,) = measure_classifiers(
        [KeywordClassifier()], rows, task=Task.INTENT, note_done=lambda _model, count: done.append(count)
    )
    assert sum(done) == 4
    assert figures.report.accuracy.value == 0.75
    assert figures.report.accuracy.low <= 0.75 <= figures.report.accuracy.high
    by_label = {each.label: each for each in figures.report.classes}
    assert (by_label["praise"].precision.value, by_label["praise"].recall.value) == (0.5, 1.0)
    for figure in (by_label["question"].f1, by_label["question"].recall, figures.report.coverage[2][1]):
        assert figure.low <= figure.value <= figure.high
    assert [(line.language, line.figures.accuracy.value) for line in figures.languages] == [("de", 0.5), ("en", 1.0)]
    assert figures.answered == 1.0
    assert figures.texts_per_second > 0


def test_the_first_model_names_languages_where_the_file_does_not() -> None:
    rows = rows_of("text,label\nxyz,other\n", Task.INTENT)
    (figures,) = measure_classifiers([KeywordClassifier()], rows, task=Task.INTENT)
    assert [line.language for line in figures.languages] == [KeywordClassifier().classify([rows[0].post])[0].language
                                                             or UNNAMED]  # fmt: skip


def test_vader_is_measured_without_probabilities() -> None:
    rows = rows_of("text,label\nI love it,pos\nI hate it,neg\nthe box is blue,neu\n", Task.SENTIMENT)
    (figures,) = measure_classifiers([VaderClassifier()], rows, task=Task.SENTIMENT)
    assert figures.report.accuracy.value == 1.0
    assert not figures.calibrated
    assert figures.answered is None


def test_vader_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vaderSentiment.vaderSentiment", None)
    with pytest.raises(ModelError, match=r"earnest\[compare\]"):
        VaderClassifier()
