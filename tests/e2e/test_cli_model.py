"""`earnest model` and `earnest reprocess` as people run them."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

from domain.labels import Intent
from runtime.cli.main import app
from sentiment.loading import SHIPPED, describe_model, weights_digest
from storage.database import Database
from storage.tables import ClassificationRow, Mention
from tests.e2e.commands import Home, make_home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home whose posts an older model sorted."""
    made = make_home(tmp_path_factory.mktemp("cli") / "home")
    made.ok("db", "upgrade")
    made.ok("config", "apply")
    made.ok("collect", "--now")
    return made


def outdate(home: Home) -> int:
    """Let every mention carry an older model's answer, all of them praise; return how many there are."""
    database = Database(f"sqlite:///{home.folder / 'data' / 'earnest.db'}")
    with database.write() as session:
        session.execute(update(ClassificationRow).values(model="older-1", intent=Intent.PRAISE))
        session.execute(update(Mention).values(intent=Intent.PRAISE))
        count = len(session.scalars(select(Mention.id)).all())
    database.close()
    assert count > 3
    return count


def intents(home: Home) -> set[Intent | None]:
    database = Database(f"sqlite:///{home.folder / 'data' / 'earnest.db'}")
    with database.read() as session:
        found = set(session.scalars(select(Mention.intent)))
    database.close()
    return found


def test_info_shows_labels_digest_and_card() -> None:
    done = CliRunner().invoke(app, ["model", "info", "--json"])
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert (told["model"], told["digest"]) == (describe_model().revision, weights_digest())
    assert told["labels"]["intent"] == ["praise", "complaint", "question", "suggestion", "other"]
    assert told["card"] == (SHIPPED / "CARD.md").read_text(encoding="utf-8")
    people = CliRunner().invoke(app, ["model", "info"]).stdout
    assert weights_digest() in people
    assert "# " not in people, "the card is shown as people read it, and not as it is written"


def test_what_is_no_model_is_one_sentence(tmp_path: Path) -> None:
    for words in (["info", "mine"], ["export", "mine", str(tmp_path / "out")]):
        done = CliRunner().invoke(app, ["model", *words])
        assert done.exit_code == 2
        assert "“mine” isn't a model" in done.stderr
    missing = CliRunner().invoke(app, ["model", "info", f"hf:{tmp_path}"])
    assert missing.exit_code == 1
    assert "config.json" in missing.stderr


def test_reprocess_relabels_here_where_nobody_else_works(home: Home) -> None:
    count = outdate(home)
    assert intents(home) == {Intent.PRAISE}
    told = home.json("reprocess", "--brand", "cap-aubray", "--batch", "2")
    assert (told["where"], told["outdated"], told["relabelled"], told["left"]) == ("here", count, count, 0)
    assert len(intents(home)) > 1
    assert "already" in home.ok("reprocess")


def test_reprocess_leaves_an_order_for_earnest_run(home: Home) -> None:
    count = outdate(home)
    told = home.json("reprocess", "--detach")
    assert (told["where"], told["relabelled"], told["left"]) == ("later", 0, count)
    assert home.json("reprocess", "--since", "2199-01-01")["outdated"] == 0
    assert f"{count} of {count} mentions were relabelled" in home.ok("reprocess", "--now")


def test_bad_input_is_one_sentence(home: Home) -> None:
    assert home.run("reprocess", "--now", "--detach").exit_code == 2
    assert home.run("reprocess", "--since", "soon").exit_code == 2
    done = home.run("reprocess", "--brand", "nobody")
    assert done.exit_code == 2
    assert "There is no brand “nobody”" in done.stderr
