"""`earnest recheck`: what a person deletes on a simulated platform is gone here as soon as they ask."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from ruamel.yaml import YAML
from typer.testing import CliRunner, Result

from config.secrets import PREFIX
from runtime.cli.main import app
from runtime.cli.simulating import secret_name
from simulators import reddit_demo, x_demo
from simulators.desk import PATH
from simulators.trial import Trial
from storage.database import Database
from storage.tables import Mention
from tests.integration.runtime.quay import Quay

Run = Callable[..., Result]


@contextmanager
def trying(trial: Trial, folder: Path) -> Iterator[tuple[Run, str]]:
    """Serve a platform to try and a brand that reads from it; yield how commands are run, and its address."""
    folder.mkdir()
    (folder / "data").mkdir()
    reads = {key: secret_name(trial.platform, key) for key in trial.read_keys}
    (folder / "keys").write_text("".join(f"{PREFIX}{reads[key]}={held}\n" for key, held in trial.read_keys.items()))
    (folder / "keys").chmod(0o600)
    brand: dict[str, Any] = {
        "slug": "tern", "name": "Tern", "time_zone": "UTC", "queries": [{"name": "brand", "expression": trial.handle}],
        "accounts": [{"platform": trial.platform, "handle": trial.handle, "publish": False}],
        "sources": [{**source, "credentials": reads} for source in trial.sources],
    }  # fmt: skip
    with trial.serve(port=0) as address:
        endpoints = {"network": {"endpoints": {trial.platform: address}}}
        write(folder / "earnest.yaml", {"brands": ["tern.yaml"], "secrets_file": "keys", **endpoints})
        write(folder / "tern.yaml", brand)
        yield lambda *words: CliRunner().invoke(app, [*words, "--config", str(folder / "earnest.yaml")]), address


def write(file: Path, data: dict[str, Any]) -> None:
    writer, out = YAML(), io.StringIO()
    writer.representer.ignore_aliases = lambda _: True
    writer.dump(data, out)
    file.write_text(out.getvalue())


def ok(result: Result) -> str:
    assert result.exit_code == 0, result.output + str(result.exception)
    return result.stdout


def looks(result: Result) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(ok(result))["items"]
    return found


def texts(folder: Path) -> dict[str, str]:
    database = Database(f"sqlite:///{folder / 'data' / 'earnest.db'}")
    with database.read() as session:
        found = {mention.external_id: mention.text for mention in session.query(Mention)}
    database.close()
    return found


@pytest.mark.parametrize("start", [x_demo.start, reddit_demo.start], ids=["x", "reddit"])
def test_what_is_deleted_there_is_gone_here_when_asked(start: Callable[..., Trial], tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    with trying(start(handle="kestrel"), folder) as (run, address):
        for words in (("db", "upgrade"), ("config", "apply"), ("collect",)):
            ok(run(*words))
        before = texts(folder)
        gone = next(iter(before))
        page = requests.post(f"{address}{PATH}/delete", data={"id": gone}, timeout=5)
        assert (page.status_code, page.text.count("<em>deleted</em>")) == (200, 1)
        told = run("recheck")
        assert "looked at within the hour; with --all" in told.stdout
        asked = looks(run("recheck", "--all", "--json"))
        assert (sum(each["asked"] for each in asked), sum(each["deleted"] for each in asked)) == (len(before), 1)
        after = texts(folder)
        assert [key for key, text in after.items() if not text] == [gone]
        again = looks(run("recheck", "--all", "--json", "--source", asked[0]["source"]))
        assert [(each["source"], each["deleted"]) for each in again] == [(asked[0]["source"], 0)]


def test_what_stops_a_look_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    with trying(x_demo.start(handle="kestrel"), folder) as (run, _):
        for words in (("db", "upgrade"), ("config", "apply"), ("collect",)):
            ok(run(*words))
        (folder / "keys").write_text(f"{PREFIX}X_BEARER_TOKEN=wrong\n")
        (folder / "keys").chmod(0o600)
        told = run("recheck", "--all")
        assert told.exit_code == 1
        assert "refused" in told.stdout
        assert "X" in told.stderr


def test_a_source_that_is_not_there_is_named(quay: Quay) -> None:
    quay.post("The tern kettle sings")
    quay.ok("config", "apply")
    told = quay.run("recheck", "--source", "nowhere")
    assert told.exit_code == 2
    assert "There is no source “nowhere” to read" in told.output
    assert "no source whose platform can be asked" in quay.ok("recheck", "--all")
