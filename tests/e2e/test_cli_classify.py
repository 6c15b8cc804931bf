"""`earnest classify` as people run it: files and standard input, broken rows, and what it loads."""

import json
import os
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner, Result

from runtime.cli.main import app

# What a run that only sorts texts never needs.
UNWANTED = {"sqlalchemy", "fastapi", "transformers", "torch", "dbos", "alembic", "config", "storage", "psycopg"}


def classify(*words: str, given: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["classify", *words], input=given)


def test_standard_input_keeps_its_order_and_its_broken_rows() -> None:
    given = (
        b'{"id": 7, "text": "Thank you for the warm tea!"}\n\n{"text": "caf\xe9"}\n{"text": "where is my parcel?"}\n'
    )
    done = classify("-", "--brand", "Tern", given=given)
    assert done.exit_code == 0
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["intent"] for line in lines] == ["praise", "abstained", "abstained", "question"]
    assert [line["abstained"] for line in lines] == [False, True, True, False]
    assert lines[0]["id"] == 7
    assert "Line 2 is blank" in done.stderr
    assert "Line 3 isn't UTF-8" in done.stderr
    assert "2 row(s)" in done.stderr


def test_csv_comes_on_standard_input_too() -> None:
    done = classify("-", "--text-field", "comment", given="id;comment\n1;Thank you for the warm tea!\n")
    assert json.loads(done.stdout)["intent"] == "praise"


def test_what_is_read_is_not_overwritten(tmp_path: Path) -> None:
    posts = tmp_path / "posts.jsonl"
    posts.write_text('{"text": "hello"}\n')
    done = classify(str(posts), "--out", str(posts))
    assert done.exit_code == 2
    assert "is the file that is read" in done.stderr
    assert posts.read_text() == '{"text": "hello"}\n'


def test_what_is_read_from_standard_input_is_not_overwritten(tmp_path: Path) -> None:
    posts = tmp_path / "posts.jsonl"
    posts.write_text('{"text": "hello"}\n' * 400)
    with posts.open() as given:
        words = [sys.executable, "-m", "runtime.cli", "classify", "-", "--out", str(posts)]
        done = subprocess.run(words, stdin=given, capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, "is the file that is read" in done.stderr) == (2, True)
    assert posts.read_text() == '{"text": "hello"}\n' * 400


def test_a_run_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    posts, out = tmp_path / "empty.csv", tmp_path / "out.jsonl"
    posts.write_text("")
    out.write_text("last week's\n")
    assert classify(str(posts), "--out", str(out)).exit_code == 2
    assert out.read_text() == "last week's\n"
    assert len(list(tmp_path.iterdir())) == 2


def test_letters_come_out_whatever_the_terminal_speaks(tmp_path: Path) -> None:
    posts = tmp_path / "posts.jsonl"
    posts.write_text('{"id": "é", "text": "hello there"}\n', encoding="utf-8")
    words = [sys.executable, "-m", "runtime.cli", "classify", str(posts)]
    plain = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(words, capture_output=True, check=True, env=plain)  # noqa: S603
    assert json.loads(done.stdout.decode("utf-8"))["id"] == "é"


def test_a_model_that_is_not_there_writes_nothing(tmp_path: Path) -> None:
    posts, out = tmp_path / "posts.jsonl", tmp_path / "out.jsonl"
    posts.write_text('{"text": "hello"}\n')
    assert classify(str(posts), "--model", "best", "--out", str(out)).exit_code == 2
    missing = classify(str(posts), "--model", f"hf:{tmp_path / 'nowhere'}", "--out", str(out))
    assert missing.exit_code == 1
    assert "config.json" in missing.stderr
    assert classify(str(posts), "--model", "hf:x", "--label", "LABEL_1").exit_code == 2
    assert not out.exists()


def test_it_opens_no_database_and_loads_nothing_heavy(tmp_path: Path) -> None:
    posts = tmp_path / "posts.jsonl"
    posts.write_text('{"text": "where is my parcel?"}\n')
    code = (
        "import sys; from typer.testing import CliRunner; from runtime.cli.main import app; "
        f"done = CliRunner().invoke(app, ['classify', {str(posts)!r}]); "
        "print(done.exit_code, *{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603
    code_of_run, *modules = done.stdout.split()
    assert code_of_run == "0"
    assert {"onnxruntime", "tokenizers"} <= set(modules)
    assert not UNWANTED & set(modules)
