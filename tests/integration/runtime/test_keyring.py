"""The keyring: what settings state goes first, what was renewed goes on, and nothing of it is ever logged."""

from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from config.secrets import MissingSecret, Secrets
from domain.time import ManualClock
from platforms.credentials import Credentials, Holder, MissingCredential, Use
from runtime.keyring import keyring_of
from storage.database import Database
from storage.keys import Keys
from storage.vault import Vault
from tests.rows import add_brand

HOLDER = Holder(brand="tern", platform="harbour", account="tern", use=Use.READ)
NAMES = {"token": "HARBOUR"}


class Room:
    """An installation in which credentials are asked for again and again, as by new processes."""

    def __init__(self, database: Database, data: Path, clock: ManualClock) -> None:
        self.database, self.data, self.clock = database, data, clock
        with database.write() as session:
            add_brand(session, clock)

    def ask(self, names: dict[str, str] | None = None, **secrets: str) -> Credentials:
        known = Secrets(environ={}, stored=secrets)
        vault = Vault(self.database, keys=Keys(data_dir=self.data, secrets=known), clock=self.clock)
        return keyring_of(vault, secrets=known)(HOLDER, names or {})


@pytest.fixture
def room(sqlite_database: Database, tmp_path: Path, clock: ManualClock) -> Room:
    structlog.reset_defaults()
    return Room(sqlite_database, tmp_path / "data", clock)


def test_the_vault_is_asked_where_settings_state_nothing(room: Room) -> None:
    room.ask().keep("token", "kept")
    assert room.ask().get("token") == "kept"
    assert room.ask().find("session") is None
    with pytest.raises(MissingCredential, match="earnest connect harbour --brand tern"):
        room.ask().get("session")


def test_a_secret_goes_before_the_vault(room: Room) -> None:
    room.ask().keep("token", "kept")
    assert room.ask(NAMES, HARBOUR="stated").get("token") == "stated"
    assert room.ask(NAMES).get("token") == "kept"
    with pytest.raises(MissingSecret, match="EARNEST_OTHER"):
        room.ask({"other": "OTHER"}).get("other")


def test_what_was_renewed_goes_on_until_the_operator_changes_the_secret(room: Room) -> None:
    room.ask(NAMES, HARBOUR="first").keep("token", "renewed")
    assert room.ask(NAMES, HARBOUR="first").get("token") == "renewed"
    assert room.ask(NAMES, HARBOUR="second").get("token") == "second"


def test_a_lost_key_leaves_the_secrets_in_force_and_is_logged_without_them(room: Room) -> None:
    room.ask(NAMES, HARBOUR="first-secret").keep("token", "renewed-secret")
    (room.data / "keys" / "read.key").unlink()
    with capture_logs() as logs:
        assert room.ask(NAMES, HARBOUR="first-secret").get("token") == "first-secret"
    assert [entry["error"] for entry in logs] == ["MissingKey"]
    assert "secret" not in str(logs).replace("its secret is used", "")


def test_a_brand_that_nobody_stored_has_nothing(sqlite_database: Database, tmp_path: Path, clock: ManualClock) -> None:
    secrets = Secrets(environ={})
    vault = Vault(sqlite_database, keys=Keys(data_dir=tmp_path, secrets=secrets), clock=clock)
    assert keyring_of(vault, secrets=secrets)(HOLDER, {}).find("token") is None
