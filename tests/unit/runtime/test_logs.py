"""Nothing that a customer wrote, and no secret, reaches a log."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from runtime.logs import LEFT_OUT, configure
from runtime.places import describe

SECRET = "my card is 4111 1111 1111 1111"


@pytest.fixture(params=["json", "console"])
def lines(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure(level="debug", style=request.param, to=stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def test_private_names_are_left_out_at_any_depth(lines: io.StringIO) -> None:
    log = structlog.get_logger("runtime.test")
    log.info(
        "mention saved", mention=7, reply=12, text=SECRET, row={"id": 7, "body": SECRET, "author": [{"handle": SECRET}]}
    )
    assert "mention saved" in lines.getvalue()
    assert LEFT_OUT in lines.getvalue()
    assert "12" in lines.getvalue()
    assert SECRET not in lines.getvalue()


def test_an_error_is_told_by_class_and_place(lines: io.StringIO) -> None:
    for log in (structlog.get_logger("ours"), logging.getLogger("theirs")):
        try:
            int(SECRET)
        except ValueError as error:
            log.exception("it failed")
            log.warning("it failed", exc_info=error)
        log.warning("again", exc_info=ValueError(SECRET))
    assert lines.getvalue().count("ValueError at tests/unit/runtime/test_logs.py:") == 4
    assert SECRET not in lines.getvalue()


def test_an_error_as_a_value_is_told_by_its_class(lines: io.StringIO) -> None:
    structlog.get_logger("ours").warning("it failed", cause=ValueError(SECRET), causes=[OSError(SECRET)])
    assert "ValueError" in lines.getvalue()
    assert SECRET not in lines.getvalue()


def test_libraries_are_quiet_about_addresses(lines: io.StringIO) -> None:
    logging.getLogger("httpx").info("GET https://api.example.org?token=%s", SECRET)
    logging.getLogger("sqlalchemy.engine").info("INSERT ... %s", SECRET)
    logging.getLogger("uvicorn.access").info("GET /mentions?q=%s", SECRET)
    assert lines.getvalue() == ""


def test_json_lines_can_be_read_by_programs(capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    before = logging.getLogger().handlers[:]
    configure(style="json", to=stream)
    structlog.get_logger("runtime.engine").info("engine started", executor="local")
    logging.getLogger().handlers[:] = before
    structlog.reset_defaults()
    line = json.loads(stream.getvalue())
    assert (line["event"], line["executor"], line["level"]) == ("engine started", "local", "info")
    assert line["timestamp"].endswith("Z")
    assert line["logger"] == "runtime.engine"


def test_a_place_is_the_deepest_one_of_ours() -> None:
    try:
        json.loads("{")
    except ValueError as error:
        assert describe(error).startswith("JSONDecodeError at tests/unit/runtime/test_logs.py:")
    assert describe(ValueError(SECRET)) == "ValueError"
