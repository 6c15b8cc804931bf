"""Loading: all files at once, every mistake with its file and line, the environment on top."""

from pathlib import Path

import pytest

from config.checks import Checks, Problem
from config.init import write_examples
from config.loading import Loaded, check_profile, find_settings_file, load, load_brand, read_brand
from config.mistakes import ConfigError, Mistake
from config.references import find_missing_secrets
from config.secrets import MissingSecret
from tests.unit.config.samples import brand

SMALL = "slug: {slug}\nname: Small\ntime_zone: UTC\nqueries: [{{name: brand, expression: small}}]\n"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EARNEST_CONFIG", raising=False)


def write(files: dict[str, str]) -> Path:
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")
    return Path("earnest.yaml")


def mistakes(files: dict[str, str], checks: Checks = Checks()) -> list[Mistake]:  # noqa: B008  (frozen)
    with pytest.raises(ConfigError) as error:
        load(write(files), checks=checks)
    return list(error.value.mistakes)


def loaded(files: dict[str, str]) -> Loaded:
    return load(write(files))


def test_the_examples_load(tmp_path: Path) -> None:
    written = write_examples(tmp_path)
    everything = load(written[0], checks=Checks(platforms=["hackernews", "file"], sources={}))
    assert list(everything.brands) == ["example"]
    assert everything.data_dir == tmp_path / "data"
    assert everything.database_url == f"sqlite:///{tmp_path / 'data' / 'earnest.db'}"
    assert find_missing_secrets(everything) == []


def test_every_mistake_in_every_file_is_reported_at_once() -> None:
    found = mistakes(
        {
            "earnest.yaml": "server:\n  prot: 1\n  port: x\nsmtp:\n  password: hunter2\n",
            "brands/a.yaml": SMALL.format(slug="same") + "approvals: 9\nvoice: {emoji: no}\n",
            "brands/b.yaml": SMALL.format(slug="same").replace("UTC", "Nowhere"),
            "brands/c.yaml": "slug: [\n",
            "brands/.hidden.yaml": "x",
            "brands/notes.txt": "x",
        },
        Checks(expression=lambda _: [Problem(message="It is odd.", mend="Mend it.")]),
    )
    assert [(mistake.file, mistake.line) for mistake in found] == [
        ("brands/a.yaml", 4), ("brands/a.yaml", 5), ("brands/a.yaml", 6),
        ("brands/b.yaml", 1), ("brands/b.yaml", 3), ("brands/b.yaml", 4),
        ("brands/c.yaml", 2),
        ("earnest.yaml", 2), ("earnest.yaml", 3), ("earnest.yaml", 5),
    ]  # fmt: skip
    text = str(ConfigError(found))
    assert text.startswith("10 mistakes in the settings:\n")
    assert "brands/b.yaml:1:7: slug: “same” is the slug of brands/a.yaml too." in text
    assert "EARNEST_PASSWORD" in text
    assert "hunter2" not in text


def test_a_mistake_is_readable_by_programs() -> None:
    (found,) = mistakes({"earnest.yaml": "sever: {}\n"})
    assert found.as_dict() == {
        "file": "earnest.yaml", "line": 1, "column": 1, "path": "sever",
        "message": "`sever` isn't a setting here.", "mend": "Did you mean `server`?", "warning": False,
    }  # fmt: skip


def test_a_missing_settings_file_says_what_to_run() -> None:
    with pytest.raises(ConfigError, match="Run earnest init"):
        load(Path("earnest.yaml"))


def test_brands_are_found_in_files_and_folders_each_once() -> None:
    files = {
        "earnest.yaml": "brands: [clients, clients/a.yaml, more/c.yml]\n",
        "clients/a.yaml": SMALL.format(slug="a"), "clients/b.yaml": SMALL.format(slug="b"),
        "more/c.yml": SMALL.format(slug="c"),
    }  # fmt: skip
    assert list(loaded(files).brands) == ["a", "b", "c"]
    (found,) = mistakes({**files, "earnest.yaml": "data_dir: x\nbrands:\n  - clients\n  - gone.yaml\n"})
    assert (found.line, found.column, found.path) == (4, 5, "brands[1]")


def test_a_single_folder_needs_no_list_and_the_usual_one_may_be_missing() -> None:
    assert list(loaded({"earnest.yaml": "brands: x\n", "x/a.yaml": SMALL.format(slug="a")}).brands) == ["a"]
    assert loaded({"earnest.yaml": ""}).brands == {}


def test_unattended_replies_name_a_brand_that_there_is() -> None:
    rule = "auto_send:\n  - {intent: praise, platform: x, brand: %s}\n"
    small = SMALL.format(slug="small")
    (found,) = mistakes({"earnest.yaml": rule % "smal", "brands/a.yaml": small})
    assert (found.line, found.path) == (2, "auto_send[0].brand")
    assert loaded({"earnest.yaml": rule % "small"}).settings.auto_send[0].brand == "small"


def test_the_environment_goes_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARNEST__SERVER__PORT", "9000")
    monkeypatch.setenv("EARNEST__NETWORK__ALLOW_PRIVATE", "true")
    monkeypatch.setenv("EARNEST__SERVER__TRUSTED_PROXIES", '["10.0.0.0/8"]')
    monkeypatch.setenv("EARNEST__BRANDS", "clients")
    settings = loaded({"earnest.yaml": "server:\n  host: 0.0.0.0\n  port: 1\nnetwork:\n",
                       "clients/a.yaml": SMALL.format(slug="a")}).settings  # fmt: skip
    assert (settings.server.host, settings.server.port) == ("0.0.0.0", 9000)  # noqa: S104
    assert settings.network.allow_private
    assert settings.server.trusted_proxies == ("10.0.0.0/8",)
    assert settings.brands == ("clients",)


@pytest.mark.parametrize(
    ("name", "value", "path", "said"),
    [
        ("EARNEST__SERVER__PORT", "many", "EARNEST__SERVER__PORT", "isn't a whole number"),
        ("EARNEST__SERVER__PROT", "1", "EARNEST__SERVER__PROT", "Did you mean `port`?"),
        ("EARNEST__SEVER__PORT", "1", "EARNEST__SEVER__PORT", "Did you mean EARNEST__SERVER?"),
        ("EARNEST__ZZZ", "1", "EARNEST__ZZZ", "Unset it."),
        ("EARNEST__SMTP__PASSWORD_SECRET", "hunter2", "EARNEST__SMTP__PASSWORD_SECRET", "EARNEST_NAME"),
        ("EARNEST__AUTO_SEND", "praise", "EARNEST__…", "as JSON"),
        ("EARNEST__BRANDS", "gone", "EARNEST__BRANDS[0]", "There is no “gone”."),
    ],
)
def test_a_wrong_variable_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, path: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    (found,) = mistakes({"earnest.yaml": "server:\n  port: 1\n"})
    assert (found.file, found.line, found.path) == ("the environment", 0, path)
    assert said in str(found)
    assert "hunter2" not in str(found)
    assert str(found).startswith(f"the environment: {path}: ")


def test_secrets_come_from_file_and_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "earnest.yaml": "secrets_file: s.env\ndatabase:\n  url: postgresql+psycopg://e:${DB_PASSWORD}@h/e\n"
        "smtp: {host: m, from_address: a@b.c, password_secret: SMTP_PASSWORD}\n",
        "s.env": "DB_PASSWORD=p@ss/word\n# a remark\nEARNEST_OTHER='x y'\n",
        "brands/a.yaml": SMALL.format(slug="a") + "sources: [{id: s, type: webhook, signing_secret: HOOK}]\n"
        "accounts: [{platform: x, handle: h, credentials: {token: '${OTHER}'}}]\n",
    }
    write(files)
    Path("s.env").chmod(0o600)
    everything = load(Path("earnest.yaml"))
    assert everything.database_url == "postgresql+psycopg://e:p%40ss%2Fword@h/e"
    assert [name for _, name in find_missing_secrets(everything)] == ["SMTP_PASSWORD", "HOOK"]
    monkeypatch.setenv("EARNEST_DB_PASSWORD", "elsewhere")
    assert "e:elsewhere@h" in load(Path("earnest.yaml")).database_url


def test_a_database_that_the_environment_names_may_hold_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARNEST__DATABASE__URL", "postgresql+psycopg://e:hunter2@h/e")
    everything = loaded({"earnest.yaml": ""})
    assert everything.database_url == "postgresql+psycopg://e:hunter2@h/e"
    assert "hunter2" not in repr(everything)


def test_a_secrets_file_that_others_can_read_is_refused() -> None:
    write({"earnest.yaml": "secrets_file: s.env\n", "s.env": "A=hunter2\n"})
    Path("s.env").chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600") as error:
        load(Path("earnest.yaml"))
    assert "hunter2" not in str(error.value)
    Path("s.env").unlink()
    with pytest.raises(ConfigError, match="can't be read"):
        load(Path("earnest.yaml"))


def test_a_missing_secret_is_named_when_it_is_needed() -> None:
    everything = loaded({"earnest.yaml": "database: {url: '${DATABASE_URL}'}\n"})
    with pytest.raises(MissingSecret, match="EARNEST_DATABASE_URL"):
        _ = everything.database_url


def test_one_brand_can_be_read_alone() -> None:
    write({"a.yaml": SMALL.format(slug="a")})
    assert load_brand(Path("a.yaml")) == read_brand(SMALL.format(slug="a"), name="the editor")
    with pytest.raises(ConfigError, match=r"^the editor:1:1: slog: "):
        read_brand(SMALL.format(slug="a").replace("slug", "slog") + "slug: a", name="the editor")
    assert check_profile(brand()).slug == "small"
    with pytest.raises(ConfigError, match="account_manager"):
        check_profile(brand(account_manager="mia"))


def test_the_settings_file_is_given_named_or_here(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_settings_file() == Path("earnest.yaml")
    monkeypatch.setenv("EARNEST_CONFIG", "/etc/earnest.yaml")
    assert find_settings_file() == Path("/etc/earnest.yaml")
    assert find_settings_file(Path("x.yaml")) == Path("x.yaml")


@pytest.mark.parametrize(("url", "file"), [("sqlite:///x/e.db", "conf/x/e.db"), ("sqlite:////srv/e.db", "/srv/e.db")])
def test_a_database_file_is_counted_from_the_settings_folder(tmp_path: Path, url: str, file: str) -> None:
    write({"conf/earnest.yaml": f"database: {{url: '{url}'}}\n"})
    assert load(Path("conf/earnest.yaml")).database_url == f"sqlite:///{tmp_path / file}"
