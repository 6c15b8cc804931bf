"""The operator's settings: safe by default, and refusals that keep secrets out of the file."""

import pytest
from pydantic import ValidationError

from config.operator import Settings
from config.secrets import Secrets


def test_defaults_are_safe() -> None:
    settings = Settings()
    assert settings.server.host == "127.0.0.1"
    assert settings.auto_send == ()
    assert not settings.network.allow_private
    assert settings.smtp.host is None
    assert (settings.workers.concurrency, settings.workers.polling_interval_ms) == (8, 50)
    assert settings.server.address == "http://127.0.0.1:8765"


def test_the_environment_is_not_read_behind_the_callers_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARNEST__SERVER__PORT", "9000")
    assert Settings().server.port == 8765


def test_cookies_follow_the_public_address() -> None:
    def secure(**server: object) -> bool:
        return Settings.model_validate({"server": server}).server.cookies_are_secure

    assert secure(public_url="https://desk.example.com/")
    assert not secure()
    assert secure(secure_cookies=True)
    assert not secure(public_url="https://desk.example.com", secure_cookies=False)


@pytest.mark.parametrize(
    ("url", "right"),
    [
        ("sqlite:///x.db", True),
        ("postgresql://e@h/e", True),
        ("postgresql+psycopg://e:${PW}@h/e", True),
        ("postgresql://h/e?user=e&password=${PW}", True),
        ("${DATABASE_URL}", True),
        ("postgresql://e:hunter2@h/e", False),
        ("postgresql://e:hunter2${PW}@h/e", False),
        ("postgresql://h/e?password=hunter2", False),
        ("mysql://h/e", False),
        ("x", False),
        ("http://[", False),
    ],
)
def test_a_database_address_holds_no_password(url: str, *, right: bool) -> None:
    try:
        Settings.model_validate({"database": {"url": url}})
    except ValidationError as error:
        assert not right
        assert all("hunter2" not in detail["msg"] + str(detail.get("ctx")) for detail in error.errors())
    else:
        assert right


@pytest.mark.parametrize(
    ("smtp", "said"),
    [
        ({"host": "m"}, "no sender"),
        ({"host": "m", "from_address": "a@b.c", "username": "u"}, "no password"),
        (
            {"host": "m", "from_address": "a@b.c", "username": "u", "password_secret": "P", "security": "none"},
            "in the open",
        ),
        ({"host": "m", "from_address": "Desk <a@b.c>"}, "isn't a mail address"),
    ],
)
def test_a_mail_server_is_described_whole(smtp: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Settings.model_validate({"smtp": smtp})


@pytest.mark.parametrize(
    ("model", "right"), [("default", True), ("hf:models/x", True), ("hf:", False), ("gpt", False), ("models/x", False)]
)
def test_a_model_is_ours_or_a_folder(model: str, *, right: bool) -> None:
    if right:
        assert Settings.model_validate({"sentiment": {"model": model}}).sentiment.model == model
    else:
        with pytest.raises(ValidationError, match="isn't a model"):
            Settings.model_validate({"sentiment": {"model": model}})


def test_labels_of_a_model_become_ours() -> None:
    labels = {"LABEL_0": "negative", "POS": "praise"}
    assert Settings.model_validate({"sentiment": {"labels": labels}}).sentiment.labels == labels
    with pytest.raises(ValidationError, match="isn't a label"):
        Settings.model_validate({"sentiment": {"labels": {"LABEL_0": "bad"}}})


def test_secrets_are_never_shown() -> None:
    secrets = Secrets(
        environ={"EARNEST_A": "hunter2", "PATH": "x", "EARNEST_EMPTY": ""}, stored={"B": "old", "A": "old"}
    )
    assert secrets.fill_address("${A}:${B}:$C:${lower}") == "hunter2:old:$C:${lower}"
    assert "A" in secrets
    assert "EARNEST_A" in secrets
    assert "EMPTY" not in secrets
    assert "PATH" not in secrets
    assert "hunter2" not in f"{secrets!r}{secrets.get('A')!r}{vars(secrets)}"
