#!/bin/sh
# Everything that must hold: style, types, the import contract, then the suite.
set -eu
cd "$(dirname "$0")/.."
bin=.venv/bin
$bin/ruff check .
$bin/ruff format --check .
$bin/mypy
$bin/lint-imports
exec $bin/pytest -n 2 --dist loadscope "$@"
