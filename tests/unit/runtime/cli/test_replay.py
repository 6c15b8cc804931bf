"""`earnest replay`: each post once on standard output, what was set aside and why on standard error."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from domain.posts import RawAuthor, RawPost, Reject
from platforms import recordings
from platforms.recordings import Answer, Reading
from runtime.cli.main import app

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def read_harbour(answer: Answer) -> Reading:
    """A reader of a platform whose bodies are lines: `id text`, `?` for what can't be read, `-id` for what is gone."""
    lines = answer.body.decode().split("\n")
    if not any(lines):
        return Reading(note="An empty answer.")
    posts = [line.split(" ", 1) for line in lines if " " in line]
    return Reading(
        posts=tuple(
            RawPost(platform="harbour", external_id=number, text=text, posted_at=AT, language="en",
                    author=RawAuthor(external_id="7", handle="ada"), url=f"https://harbour.example/{number}")
            for number, text in posts
        ),
        rejects=tuple(Reject(place="line", reason="It has no text.", payload=line) for line in lines if line == "?"),
        deleted=tuple(line[1:] for line in lines if line.startswith("-")),
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _harbour(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("runtime.cli.replaying.find_readers", lambda: {"harbour": lambda: read_harbour})
    yield
    recordings.find_readers.cache_clear()


def test_posts_come_once_and_the_rest_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("1 Good morning\n?\n2 Any tide today?")
    (tmp_path / "b.txt").write_text("2 Any tide today?\n-9")
    (tmp_path / "c.txt").write_text("")
    told = CliRunner().invoke(app, ["replay", "harbour", str(tmp_path)])
    assert told.exit_code == 0
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert [(line["external_id"], line["text"]) for line in lines] == [
        ("1", "Good morning"), ("2", "Any tide today?"),
    ]  # fmt: skip
    assert lines[0] == {
        "platform": "harbour", "external_id": "1", "url": "https://harbour.example/1", "author": "ada",
        "author_id": "7", "text": "Good morning", "created_at": "2026-03-01T09:30:00+00:00", "in_reply_to": None,
        "conversation_id": None, "language": "en",
    }  # fmt: skip
    for sentence in (
        "a.txt, line: It has no text.", "b.txt: 1 posts are gone.", "c.txt: An empty answer.", "2 posts from 3 answers",
    ):  # fmt: skip
        assert sentence in told.stderr


def test_an_unknown_platform_and_a_missing_file_are_named(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["replay", "harbor", str(tmp_path)])
    assert told.exit_code == 2
    assert "No reader is called “harbor”; there are: harbour." in told.stderr
    told = CliRunner().invoke(app, ["replay", "harbour", str(tmp_path / "none")])
    assert told.exit_code == 2
    assert "There is no file or folder" in told.stderr
