"""How errors leave the command line."""

import pytest
import typer
from sqlalchemy.exc import OperationalError
from typer.testing import CliRunner

from domain.errors import EarnestError, InvalidInput, NotFound
from runtime.cli.errors import ErrorsAsSentences
from storage.migration import WrongVersion


def run(error: Exception) -> tuple[int, str, BaseException | None]:
    app = typer.Typer(cls=ErrorsAsSentences)

    @app.command()
    def fail() -> None:
        raise error

    @app.command()
    def other() -> None:
        pass

    done = CliRunner().invoke(app, ["fail"])
    return done.exit_code, done.stderr, done.exception


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidInput("The week is wrong."), 2),
        (NotFound("There is none."), 2),
        (WrongVersion("The database is older."), 1),
        (EarnestError("It failed."), 1),
    ],
)
def test_ours_are_sentences(error: EarnestError, code: int) -> None:
    assert run(error)[:2] == (code, f"{error}\n")


def test_a_database_that_is_away_is_a_sentence_without_its_text() -> None:
    code, said, _ = run(OperationalError("SELECT secret", {}, Exception("password=hunter2")))
    assert code == 1
    assert "earnest doctor" in said
    assert "hunter2" not in said


def test_a_file_that_cannot_be_used_is_named() -> None:
    code, said, _ = run(PermissionError(13, "Permission denied", "/srv/data"))
    assert (code, said) == (1, "/srv/data can't be used: Permission denied.\n")


def test_a_fault_of_ours_is_not_hidden() -> None:
    assert isinstance(run(ZeroDivisionError())[2], ZeroDivisionError)
