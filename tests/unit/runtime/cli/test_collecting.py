"""What `earnest collect` shows of a reading."""

import pytest

from listener.intake import IntakeReport
from runtime.cli.collecting import Reading, show_readings


def _reading(**counts: int) -> Reading:
    return Reading(
        brand="tern", source="feed", kind="feed", posts=IntakeReport(**counts), batches=1, skipped=None, signal=None,
        message=None,
    )  # fmt: skip


def test_what_was_dropped_is_counted_where_there_was_any(capsys: pytest.CaptureFixture[str]) -> None:
    show_readings([_reading(new=3)])
    assert "besides" not in capsys.readouterr().out
    show_readings([_reading(new=3, own=21, deleted=22, forgotten=23), _reading()])
    told = " ".join(capsys.readouterr().out.split())
    assert "besides" in told
    assert all(word in told for word in ("21 own", "22 deleted", "23 forgotten"))
