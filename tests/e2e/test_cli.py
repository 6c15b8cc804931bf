"""Every command of the command line: what it does, its JSON, its exit code and its sentences."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import typer
from typer.testing import CliRunner

from runtime.cli.main import app
from tests.e2e.commands import Home, copy_home, make_home
from tests.parts import free_port

HEAVY = ("sqlalchemy", "pydantic", "numpy", "dbos", "fastapi", "onnxruntime", "alembic", "rich.progress")


def commands(group: typer.Typer = app, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command."""
    for command in group.registered_commands:
        assert command.callback is not None
        yield (*path, command.name or command.callback.__name__)
    for each in group.registered_groups:
        assert each.typer_instance is not None
        yield from commands(each.typer_instance, (*path, each.name or ""))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home whose posts were read, sorted and drafted."""
    made = make_home(tmp_path_factory.mktemp("cli") / "home")
    made.ok("db", "upgrade")
    made.ok("config", "apply")
    made.ok("collect", "--now")
    return made


@pytest.fixture
def own(home: Home, tmp_path: Path) -> Home:
    """A copy of the home to change."""
    return copy_home(home, tmp_path / "own")


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_help_has_an_example(words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, [*words, "--help"])
    assert done.exit_code == 0
    assert re.search(rf"Example: .*earnest {' '.join(words)}", done.output.replace("\n", " "))


def test_help_imports_nothing_heavy() -> None:
    code = "import runtime.cli.main, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603
    assert not set(HEAVY) & set(done.stdout.split())


def test_unknown_option_is_bad_usage() -> None:
    assert CliRunner().invoke(app, ["queue", "--nonsense"]).exit_code == 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("queue", "--brand", "nobody"), "There is no brand “nobody”; the brands are: cap-aubray."),
        (("cases", "--state", "lost"), "There is no state “lost”"),
        (("collect", "--source", "nowhere"), "There is no source “nowhere” to read; there are: history."),
        (("import", "missing.csv", "--brand", "cap-aubray"), "There is no file missing.csv"),
        (("import", "-", "--brand", "nobody"), "There is no brand “nobody”"),
        (("import", "-", "--brand", "cap-aubray", "--column", "words=x"), "--column words=x can't be read"),
        (("digest", "--brand", "cap-aubray", "--week", "last"), "“last” isn't an ISO week"),
        (("digest", "--brand", "cap-aubray", "--week", "2199-W01"), "hasn't begun"),
        (("digest", "--brand", "cap-aubray", "--send"), "No mail server is set up"),
        (("users", "grant", "nobody", "cap-aubray:support"), "There is no user “nobody”"),
        (("config", "export", "nobody"), "There is no brand “nobody”"),
        (("config", "export", "cap-aubray", "--revision", "9"), "cap-aubray has no revision 9"),
    ],
)
def test_bad_input_is_one_sentence(home: Home, words: tuple[str, ...], sentence: str) -> None:
    done = home.run(*words)
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.output


def test_missing_settings_are_named(tmp_path: Path) -> None:
    done = Home(folder=tmp_path).run("queue")
    assert done.exit_code == 2
    assert "There is no file" in done.stderr


def test_empty_database_is_named(tmp_path: Path) -> None:
    done = make_home(tmp_path / "new").run("queue")
    assert done.exit_code == 1
    assert "The database is empty; run: earnest db upgrade" in done.stderr


def test_init_writes_what_check_accepts(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    assert CliRunner().invoke(app, ["init", str(folder)]).exit_code == 0
    assert Home(folder=folder).json("config", "check")["ok"]
    again = CliRunner().invoke(app, ["init", str(folder)])
    assert again.exit_code == 2
    assert "would be overwritten" in again.stderr


def test_config_check_names_every_mistake(own: Home) -> None:
    own.settings.write_text("server: {prt: 9}\nworkers: {concurrency: none}\n", encoding="utf-8")
    done = own.run("config", "check")
    assert done.exit_code == 2
    assert "earnest.yaml:1" in done.stderr
    assert "earnest.yaml:2" in done.stderr
    assert "port" in done.stderr


def test_config_apply_export_and_schema(own: Home) -> None:
    assert own.json("config", "apply")["brands"] == [{"brand": "cap-aubray", "revision": 1}]
    exported = own.ok("config", "export", "cap-aubray")
    (own.folder / "brands" / "cap-aubray.yaml").write_text(exported.replace("Cap-Aubray Railway", "Cap-Aubray Line"))
    assert own.json("config", "apply")["brands"][0]["revision"] in {1, 2}
    schema = CliRunner().invoke(app, ["config", "schema", "operator"])
    assert json.loads(schema.stdout)["type"] == "object"


def test_queue_and_cases(home: Home) -> None:
    items = home.json("queue")["items"]
    assert items
    assert {"brand", "draft_id", "text", "draft_text"} <= items[0].keys()
    cases = home.json("cases", "--state", "all")["items"]
    assert all(case["brand"] == "cap-aubray" for case in cases)
    assert f"{len(items)} drafts wait" in home.ok("queue")


def test_collect_brings_what_is_new(own: Home) -> None:
    inbox = own.folder / "inbox" / "cap-aubray.csv"
    with inbox.open("a", encoding="utf-8") as file:
        file.write("900001,x,ada,,@capaubray the tea was lovely,en,-0d -5m,,900001,post\n")
    (first,) = own.json("collect", "--brand", "cap-aubray")["items"]
    assert first["posts"]["new"] == 1
    inbox.unlink()
    done = own.run("collect")
    assert done.exit_code == 1
    assert "can't be read" in done.stderr


def test_import_sets_bad_rows_aside(own: Home, tmp_path: Path) -> None:
    posts = tmp_path / "posts.csv"
    posts.write_text(
        "id,comment,at,author\n1,Cap-Aubray was on time,2026-11-20,ada\n2,,2026-11-20,bo\n3,Cap-Aubray late,never,cy\n"
    )
    words = ("import", str(posts), "--brand", "cap-aubray", "--platform", "reviews")
    done = own.run(*words)
    assert done.exit_code == 0
    assert "posts.csv:3: " in done.stderr
    assert "posts.csv:4: " in done.stderr
    assert "1 new" in done.stdout
    assert f"mend them in {posts} and import it again" in done.stdout
    kept = (own.folder / "data" / "rejects" / "posts.csv.rejects.jsonl").read_text(encoding="utf-8")
    assert [json.loads(line)["place"] for line in kept.splitlines()] == ["posts.csv:3", "posts.csv:4"]
    again = own.json(*words)
    assert (again["posts"]["new"], again["posts"]["known"], again["posts"]["rejected"]) == (0, 1, 2)
    # Another file's summary names its own rejects alone.
    other = tmp_path / "other.csv"
    other.write_text("id,comment\n9,\n8,Cap-Aubray late\n")
    assert [Path(path).name for path in own.json("import", str(other), *words[2:])["files"]] == [
        "other.csv.rejects.jsonl"
    ]


def test_import_from_standard_input(own: Home) -> None:
    before = len(own.json("queue")["items"])
    rows = [{"id": n, "words": f"Can I take a bike on Cap-Aubray number {n}?", "author": f"rider{n}"} for n in range(3)]
    given = "".join(json.dumps(row) + "\n" for row in rows)
    words = ("import", "-", "--brand", "cap-aubray", "--platform", "forum", "--column", "text=words", "--now")
    done = own.json(*words, given=given)
    assert (done["rows"], done["posts"]["new"], done["sorted"]) == (3, 3, True)
    assert len(own.json("queue")["items"]) > before


def test_import_of_nothing_but_bad_rows_fails(own: Home) -> None:
    assert own.run("import", "-", "--brand", "cap-aubray", given='{"a": 1}\n{"b": 2}\n').exit_code == 2


def test_import_keeps_what_matches(own: Home) -> None:
    given = '{"id": 1, "text": "Nothing about trains", "author": "ada"}\n'
    assert own.json("import", "-", "--brand", "cap-aubray", given=given)["posts"]["unmatched"] == 1
    assert own.json("import", "-", "--brand", "cap-aubray", "--everything", given=given)["posts"]["new"] == 1


def test_classify_writes_a_line_for_each_row(tmp_path: Path) -> None:
    posts, out = tmp_path / "posts.csv", tmp_path / "sorted.jsonl"
    posts.write_text("comment\nThe train was late again and nobody said why.\nThank you for the warm tea!\n")
    words = ["classify", str(posts), "--text-field", "comment", "--brand", "Cap-Aubray", "--out", str(out)]
    assert CliRunner().invoke(app, words).exit_code == 0
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line["intent"] for line in lines] == ["complaint", "praise"]
    missing = CliRunner().invoke(app, ["classify", str(tmp_path / "none.csv")])
    assert missing.exit_code == 2


def test_digest_writes_page_mail_and_json(home: Home, tmp_path: Path) -> None:
    told = home.ok("digest", "--brand", "cap-aubray", "--week", "2026-W40", "--out", str(tmp_path))
    files = [tmp_path / f"cap-aubray-2026-W40.{ending}" for ending in ("html", "eml", "json")]
    assert all(str(path) in told.replace("\n", "") for path in files)
    assert "Subject: " in files[1].read_text(encoding="utf-8")
    assert json.loads(files[2].read_text(encoding="utf-8"))["week"] == "2026-W40"
    assert home.json("digest", "--brand", "cap-aubray", "--week", "2026-W40")["slug"] == "cap-aubray"


def test_users_come_and_go(own: Home) -> None:
    told = own.ok("users", "add", "ada", "--name", "Ada", "--brand", "cap-aubray:support")
    assert len(told.split()[-1]) >= 12
    own.ok("users", "grant", "ada", "cap-aubray:marketing")
    assert own.json("users", "list")["items"][-1]["roles"] == {"cap-aubray": ["marketing", "support"]}
    own.ok("users", "revoke", "ada", "cap-aubray")
    assert own.json("users", "list")["items"][-1]["roles"] == {}
    assert own.run("users", "revoke", "ada", "cap-aubray").exit_code == 2
    assert own.run("users", "add", "ada", "--name", "Ada").exit_code == 2
    assert told.split()[-1] != own.ok("users", "password", "ada").split()[-1]
    own.ok("users", "lock", "ada")
    assert own.json("users", "list")["items"][-1]["active"] is False


def test_backup_and_restore(own: Home, tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar.gz"
    own.ok("backup", str(archive))
    fresh = make_home(tmp_path / "fresh")
    assert "Sending is off" in fresh.ok("restore", str(archive))
    assert len(fresh.json("queue")["items"]) == len(own.json("queue")["items"])
    assert fresh.run("restore", str(archive)).exit_code == 1
    findings = fresh.run("doctor", "--json")
    assert findings.exit_code == 1
    assert any(
        item["about"] == "instance" and item["health"] == "wrong" for item in json.loads(findings.stdout)["items"]
    )


def test_database_check(home: Home, tmp_path: Path) -> None:
    assert home.json("db", "check")["version"] == "current"
    done = make_home(tmp_path / "new").run("db", "check")
    assert done.exit_code == 1
    assert "earnest db upgrade" in done.stdout


def test_doctor_finds_what_is_wrong(own: Home, tmp_path: Path) -> None:
    told = own.json("doctor")
    assert told["ok"]
    assert {"settings", "model", "database", "journal", "disk", "mail"} <= {item["about"] for item in told["items"]}
    new = make_home(tmp_path / "new").run("doctor")
    assert new.exit_code == 1
    assert "earnest db upgrade" in new.stdout
    with own.settings.open("a", encoding="utf-8") as file:
        file.write(f"smtp: {{host: 127.0.0.1, port: {free_port()}, from_address: a@example.com, security: none}}\n")
    without_mail = own.run("doctor")
    assert without_mail.exit_code == 1
    assert "can't be reached" in without_mail.stdout


@pytest.mark.timeout(60)
def test_run_serves_works_and_ends_cleanly(own: Home) -> None:
    port = free_port()
    words = [sys.executable, "-m", "runtime.cli", "run", "--config", str(own.settings), "--port", str(port)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", process)
            busy = own.run("doctor", "--json")
            assert any(
                item["about"] == "worker" and item["health"] == "well" for item in json.loads(busy.stdout)["items"]
            )
            started = time.monotonic()
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=10)
        finally:
            process.kill()
    assert process.returncode == 0, err
    assert time.monotonic() - started < 5
    assert f"http://127.0.0.1:{port}" in out


def wait_for(address: str, process: "subprocess.Popen[str]") -> None:
    """Wait until the desk answers; fail when the process ends first."""
    for _ in range(300):
        assert process.poll() is None, process.communicate()
        try:
            if httpx.get(address, timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"{address} never answered")
