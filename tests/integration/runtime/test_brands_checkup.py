"""What `earnest doctor` says of a brand's sources, and how it says it."""

from datetime import timedelta
from typing import Any

import pytest
from filelock import FileLock
from sqlalchemy import update

from domain.states import SourceState
from domain.time import SystemClock
from runtime.cli.checkups import show_findings
from runtime.cli.checkups.brands import look_at_brands
from runtime.cli.checkups.finding import Finding, Health
from storage.tables import Source
from tests.integration.runtime.quay import Quay


def _set(quay: Quay, **values: Any) -> None:
    database = quay.open()
    with database.write() as session:
        session.execute(update(Source).values(**values))
    database.close()


def _mend(quay: Quay) -> str:
    return next(found.mend for found in look_at_brands(quay.load()) if found.about == "tern harbour")


def test_a_message_that_ends_in_a_command_isn_t_run_into_the_mend(capsys: pytest.CaptureFixture[str]) -> None:
    show_findings(
        [
            Finding(about="a", health=Health.WRONG, message="It has no key; run: earnest connect x", mend="Mend it."),
            Finding(about="b", health=Health.NOTE, message="It is quiet.", mend="Look at it."),
        ]
    )
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert lines[0].endswith("run: earnest connect x")
    assert lines[1].strip() == "Mend it."
    assert lines[2].endswith("It is quiet. Look at it.")


def test_nobody_is_asked_whether_it_runs_where_that_is_seen(quay: Quay) -> None:
    quay.connect("--sources", "1", "--apply")
    _set(quay, state=SourceState.ACTIVE, last_ok_at=SystemClock().now() - timedelta(days=4))
    assert _mend(quay) == "Start it with: earnest run"
    with FileLock(f"{quay.database_file}.lock"):
        assert _mend(quay) == "To see why, run: earnest collect -b tern -s harbour"
