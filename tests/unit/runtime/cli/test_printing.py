"""Tables for people: whole words in a narrow terminal, and nothing empty."""

import pytest

from runtime.cli.printing import print_table

LONG = "the handle came off this morning, with hot water in it, and nobody at the shop answers"


def test_short_columns_keep_their_words_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    print_table("1 draft waits", ("draft", "priority", "intent", "platform", "said"),
                [(12, "medium", "suggestion", "bluesky", LONG)])  # fmt: skip
    told = capsys.readouterr().out
    assert all(word in told for word in ("priority", "suggestion", "platform", "bluesky", "medium"))
    assert max(map(len, told.splitlines())) <= 60
    assert [word for word in LONG.split() if word not in told] == []


def test_what_is_empty_throughout_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("Sources", ("source", "skipped"), [("news", None), ("inbox", None)])
    assert "skipped" not in capsys.readouterr().out
    print_table("0 cases", ("case", "brand"), [])
    assert capsys.readouterr().out == "0 cases\n"


def test_markup_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("Said", ("said",), [("[bold]loud[/bold]",)])
    assert "[bold]loud[/bold]" in capsys.readouterr().out
