"""The rules of the house that no linter knows: short files, short functions, nothing swallowed or left for later."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILE, FUNCTION = 300, 50
# Alembic's scripts are lists of columns.
LISTS = ("storage/migrations/versions/",)


@cache
def _tracked() -> tuple[Path, ...]:
    if not (ROOT / ".git").exists():
        pytest.skip("this copy isn't a git repository, so which files are the project's isn't known")
    told = subprocess.run(["git", "ls-files", "-z", "*.py"], cwd=ROOT, capture_output=True, check=True)  # noqa: S607
    paths = (ROOT / name for name in told.stdout.decode().split("\0") if name)
    return tuple(path for path in paths if path.exists())


def _functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in _tracked():
        name = str(path.relative_to(ROOT))
        if name.startswith(LISTS):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{name}:{node.lineno} {node.name}", node


def test_no_file_is_too_long() -> None:
    long = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in _tracked()}
    assert {name: lines for name, lines in long.items() if lines > FILE} == {}


def test_no_function_is_too_long() -> None:
    lengths = {name: (node.end_lineno or 0) - node.lineno + 1 for name, node in _functions()}
    assert {name: lines for name, lines in lengths.items() if lines > FUNCTION} == {}


def test_no_error_is_swallowed() -> None:
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in _tracked()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or all(isinstance(step, ast.Pass) for step in node.body))
    ]
    assert silent == []


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"#.*\b(?:TODO|FIXME|XXX|HACK)\b")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in _tracked()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if later.search(line) and path != Path(__file__)
    ]
    assert found == []
