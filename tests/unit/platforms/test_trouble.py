"""What platforms say of an error becomes part of a sentence that people read on a page and on a terminal."""

from datetime import UTC, datetime

import pytest

from platforms.bluesky.client import trouble_of_answer
from platforms.trouble import Trouble, TroubleKind, before_connected, trouble_of_status, unreachable

NOW = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.mark.parametrize("status", [400, 401, 429, 503])
def test_a_reason_moves_no_cursor_and_stays_on_its_line(status: int) -> None:
    told = str(trouble_of_status(status, {}, noun="It", now=NOW, detail="no\x1b[2J\r\nway\u202e." + "x" * 300))
    assert told.startswith(f"It answers {status}: no [2J way .xxx")
    assert told.isprintable()
    assert len(told) < 350


def test_so_does_blueskys() -> None:
    told = str(trouble_of_answer(400, {}, b'{"error": "NotFound", "message": "gone\\u001b[1m"}', now=NOW))
    assert told == "Bluesky answers NotFound: gone [1m."


def test_no_reason_leaves_no_colon() -> None:
    assert str(trouble_of_status(500, {}, noun="It", now=NOW, detail="\x00 ")) == "It answers 500. It is tried again."


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
def test_who_connects_an_account_is_told_what_to_do_themselves(status: int) -> None:
    told = str(before_connected(trouble_of_status(status, {}, noun="It", now=NOW, detail="no")))
    assert told.startswith(f"It answers {status}: no. ")
    assert told.endswith("start again.")


def test_nothing_is_tried_again_before_an_account_is_connected() -> None:
    told = before_connected(unreachable("It", "ConnectError", reached=False))
    assert str(told) == "It can't be reached (ConnectError). Check the address and that it runs, and start again."
    assert not told.reached


def test_a_mend_of_its_own_stays() -> None:
    own = Trouble("It has no such place. Name another.", kind=TroubleKind.GONE)
    assert before_connected(own) is own
