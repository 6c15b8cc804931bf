"""Where an answer comes from, and what no script can answer."""

from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from config.secrets import Secrets
from domain.errors import InvalidInput
from platforms.connecting import Ask
from runtime.cli.connecting.answers import Answers

FRESH = Ask(name="address", question="The address?", fresh="A script signs in by password.")


def _answers(*, interactive: bool, **given: str) -> Answers:
    return Answers("harbour", given=given, secrets=Secrets(environ={}), interactive=interactive)


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return what lets a person type these lines, one a question."""

    def prepare(*lines: str) -> None:
        rest = iter(lines)
        monkeypatch.setattr(typer, "prompt", lambda *_, **__: next(rest))

    return prepare


def test_what_is_new_each_time_comes_from_a_person(type_in: Callable[..., None], tmp_path: Path) -> None:
    type_in("https://localhost/?code=1")
    assert _answers(interactive=True)(FRESH) == "https://localhost/?code=1"
    file = tmp_path / "address"
    file.write_text("https://localhost/?code=0")
    for given in ({}, {"address": f"@{file}"}):
        with pytest.raises(InvalidInput, match=r"new at every sign-in.* A script signs in by password\.") as refused:
            _answers(interactive=False, **given)(FRESH)
        assert "--set address" not in str(refused.value)
    assert _answers(interactive=False)(Ask(name="again", question="?", default="", fresh="No.")) == ""


def test_a_person_is_asked_again_and_a_script_is_not(
    type_in: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    def read(told: str) -> int:
        if not told.isdecimal():
            raise InvalidInput(f"“{told}” is no number.")
        return int(told)

    ask = Ask(name="sources", question="Which?", default="x")
    type_in("y", "7")
    assert _answers(interactive=True).until(ask, read) == 7
    assert "“y” is no number." in capsys.readouterr().err
    for answers in (_answers(interactive=False), _answers(interactive=True, sources="all")):
        with pytest.raises(InvalidInput, match="is no number"):
            answers.until(ask, read)
