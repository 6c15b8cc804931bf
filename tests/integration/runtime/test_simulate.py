"""`earnest simulate`: what it prints is all that a person needs to collect from it and to answer there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from typer.testing import CliRunner

from config.brand.listening import Account
from config.brand.sources import OutsideSource
from platforms.registry import capabilities_of
from runtime.cli.main import app
from runtime.cli.simulating import describe, serve_trial, trials
from simulators.x_demo import start

ROOT = Path(__file__).parents[3]


def test_what_is_printed_can_be_used(capsys: pytest.CaptureFixture[str]) -> None:
    told, counted = "", []

    def wait(_seconds: float) -> None:
        nonlocal told
        told += capsys.readouterr().out
        address = next(word.rstrip(";") for word in told.split() if word.startswith("http://127.0.0.1"))
        token = next(line.partition("=")[2] for line in told.splitlines() if "BEARER_TOKEN=" in line)
        address += "/2/tweets/search/recent?query=@kestrel&max_results=100"
        page = requests.get(address, headers={"Authorization": f"Bearer {token}"}, timeout=5).json()
        counted.append(page["meta"]["result_count"])
        if len(counted) == 2:
            raise KeyboardInterrupt

    serve_trial("x", port=0, handle="kestrel", wait=wait)
    assert counted == [4, 5]
    assert "Ended" in capsys.readouterr().out


def test_every_trial_has_what_its_platform_demands() -> None:
    trial = start(handle="kestrel")
    facts = capabilities_of(trial.platform)
    assert {demand.key for demand in facts.demands_to_answer} <= {*trial.records}
    Account.model_validate({"platform": trial.platform, "handle": trial.handle, "records": dict(trial.records)})
    for source in trial.sources:
        OutsideSource.model_validate(source)
    assert "endpoints" in describe(trial, "http://127.0.0.1:1")
    assert "      x:\n        answer: reviewed" in describe(trial, "http://127.0.0.1:1")
    assert "&id" not in describe(trial, "http://127.0.0.1:1")
    assert trials() == sorted(trials())


def test_one_that_is_not_there_is_named() -> None:
    result = CliRunner().invoke(app, ["simulate", "nowhere"])
    assert result.exit_code == 2
    assert "no simulator of “nowhere”" in result.output


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    first = subprocess.Popen(
        [sys.executable, "-m", "runtime.cli", "simulate", "x", "--port", "0"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert first.stdout is not None
        port = first.stdout.readline().split("127.0.0.1:")[1].split(";")[0]
        result = CliRunner().invoke(app, ["simulate", "x", "--port", port])
        assert result.exit_code == 2
        assert f"Port {port} can't be used" in result.output
    finally:
        first.terminate()
        first.communicate(timeout=10)
