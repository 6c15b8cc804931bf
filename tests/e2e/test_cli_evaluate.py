"""`earnest evaluate` as people run it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from runtime.cli.main import app
from tests.unit.sentiment.sentences import SENTENCES


def evaluate(*words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(app, ["evaluate", *words], input=given)


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("labelled") / "posts.jsonl"
    rows = [
        {"words": each.text, "gold": str(each.sentiment).upper(), "tongue": each.language} for each in SENTENCES[:40]
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + "{broken\n", encoding="utf-8")
    return path


def test_json_holds_every_figure(labelled: Path) -> None:
    fields = ("--text-field", "words", "--label-field", "gold", "--language-field", "tongue")
    done = evaluate(str(labelled), "--task", "sentiment", *fields, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["rows"], told["skipped"]) == (40, 1)
    (model,) = told["models"]
    report = model["report"]
    assert model["model"].startswith("earnest-")
    assert report["accuracy"]["value"] >= 0.75
    assert report["labels"] == ["positive", "neutral", "negative"]
    assert sum(map(sum, report["confusion"])) == 40
    for figure in ("accuracy", "macro_f1", "macro_recall", "brier", "ece", "ece_if_perfect"):
        assert report[figure]["low"] <= report[figure]["high"]
    assert {line["language"] for line in model["languages"]} == {each.language for each in SENTENCES[:40]}
    assert [share for share, _ in report["coverage"]] == [1.0, 0.95, 0.9, 0.8, 0.7]
    assert "isn't JSON" in done.stderr


def test_people_get_tables(tmp_path: Path) -> None:
    posts = tmp_path / "posts.csv"
    posts.write_text("text,label\nThank you for the warm tea!,praise\nwhere is my parcel?,question\n")
    done = evaluate(str(posts), "--task", "intent")
    assert done.exit_code == 0, done.output
    for part in ("macro-F1", "macro-recall", "ECE, if perfectly calibrated", "is praise", "by language", "surest 90%"):
        assert part in done.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--task", "sentiment"), "Line 2 has the label “LABEL_2” in its field label"),
        (("--task", "intent", "--label-field", "gold"), "Line 2 has no field gold"),
        (("--task", "intent", "--compare", "bert"), "--compare bert isn't known"),
        (("--task", "mood"), "mood"),
    ],
)
def test_bad_input_is_one_sentence(tmp_path: Path, words: tuple[str, ...], sentence: str) -> None:
    posts = tmp_path / "posts.csv"
    posts.write_text("text,label\nhello,LABEL_2\n")
    done = evaluate(str(posts), *words)
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.output
