"""The vault: what goes in comes out, for its owner alone, and every key that can't be used is said in a sentence."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from config.secrets import Secrets
from domain.labels import Use
from domain.time import ManualClock
from runtime.cli.rotating import rotate_key
from storage.database import Database
from storage.keys import ExposedKey, Keys, MissingKey, WithheldKey
from storage.sealing import BadKey, new_key
from storage.tables import Credential
from storage.vault import Owner, Unopenable, Vault
from tests.rows import add_brand

TOKEN = "tk-7f3a-not-for-anybody"
OWNER = Owner(brand="tern", platform="harbour", account="@Tern", use=Use.READ)
WRITER = Owner(brand="tern", platform="harbour", account="@Tern", use=Use.WRITE)
Open = Callable[..., Vault]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def open_vault(sqlite_database: Database, data: Path, clock: ManualClock) -> Open:
    """Opens the vault of a database with one brand, with keys from secrets where they are given."""
    return opener(sqlite_database, data, clock)


def opener(database: Database, data: Path, clock: ManualClock) -> Open:
    with database.write() as session:
        add_brand(session, clock)

    def make(*, uses: tuple[Use, ...] = tuple(Use), folder: Path = data, **secrets: str) -> Vault:
        return Vault(
            database, keys=Keys(data_dir=folder, secrets=Secrets(environ={}, stored=secrets), uses=uses), clock=clock
        )

    return make


def test_what_goes_in_comes_out_for_its_owner_alone(database: Database, data: Path, clock: ManualClock) -> None:
    vault = opener(database, data, clock)()
    expires = datetime(2027, 1, 1, tzinfo=UTC)
    vault.keep(OWNER, "token", TOKEN, expires_at=expires, origin="o")
    kept = vault.find(OWNER, "token")
    assert kept is not None
    assert (kept.value, kept.origin, kept.expires_at) == (TOKEN, "o", expires)
    same = Owner(brand="tern", platform="harbour", account="tern", use=Use.READ)
    assert vault.find(same, "token") == kept
    assert vault.find(OWNER, "another") is None
    assert vault.find(WRITER, "token") is None
    vault.keep(OWNER, "token", "renewed")
    assert (found := vault.find(OWNER, "token"))
    assert found.value == "renewed"
    with database.read() as session:
        assert [(entry.owner.handle, entry.name) for entry in vault.entries(session)] == [("tern", "token")]
        assert TOKEN not in session.scalars(select(Credential.ciphertext)).one()


def test_storing_replaces_and_removing_leaves_the_others(database: Database, data: Path, clock: ManualClock) -> None:
    vault = opener(database, data, clock)()
    with database.write() as session:
        vault.store(session, OWNER, {"old": "1", "token": "2"})
        vault.store(session, WRITER, {"token": "3"})
        vault.store(session, OWNER, {"token": "4"})
    assert vault.find(OWNER, "old") is None
    with database.write() as session:
        assert vault.remove(session, OWNER) == 1
    assert vault.find(OWNER, "token") is None
    assert (left := vault.find(WRITER, "token"))
    assert left.value == "3"


def test_keys_are_made_on_first_use_for_their_owner_alone(open_vault: Open, data: Path) -> None:
    vault = open_vault()
    assert vault.find(OWNER, "token") is None
    assert not (data / "keys").exists()
    vault.keep(OWNER, "token", TOKEN)
    assert [(path.name, oct(path.stat().st_mode)) for path in (data / "keys").iterdir()] == [("read.key", "0o100600")]
    assert oct((data / "keys").stat().st_mode) == "0o40700"


@pytest.mark.parametrize(("path", "mode"), [("keys/read.key", 0o640), ("keys", 0o770)])
def test_a_key_that_others_can_reach_is_refused(open_vault: Open, data: Path, path: str, mode: int) -> None:
    vault = open_vault()
    vault.keep(OWNER, "token", TOKEN)
    (data / path).chmod(mode)
    with pytest.raises(ExposedKey, match=f"{mode:04o}.*chmod"):
        vault.find(OWNER, "token")


def test_each_use_has_its_own_key(open_vault: Open, data: Path) -> None:
    vault = open_vault()
    vault.keep(OWNER, "token", "reads")
    vault.keep(WRITER, "token", "writes")
    (data / "keys" / "write.key").unlink()
    listener = open_vault(uses=(Use.READ,))
    assert (found := listener.find(OWNER, "token"))
    assert found.value == "reads"
    with pytest.raises(MissingKey, match=r"no write key.*earnest connect"):
        vault.find(WRITER, "token")
    with pytest.raises(WithheldKey, match="only listens"):
        listener.find(WRITER, "token")


def test_a_process_without_the_key_makes_no_second_one(open_vault: Open, tmp_path: Path) -> None:
    open_vault().keep(OWNER, "token", TOKEN)
    elsewhere = open_vault(folder=tmp_path / "another-machine")
    with pytest.raises(MissingKey, match=r"put it back into .*read\.key"):
        elsewhere.keep(OWNER, "session", "x")
    assert not (tmp_path / "another-machine" / "keys").exists()


def test_connecting_the_only_account_again_makes_a_key_for_one_that_is_lost(
    open_vault: Open, sqlite_database: Database, tmp_path: Path
) -> None:
    open_vault().keep(OWNER, "token", TOKEN)
    elsewhere = open_vault(folder=tmp_path / "restored")
    with sqlite_database.write() as session:
        elsewhere.store(session, OWNER, {"token": "anew"})
    assert (found := elsewhere.find(OWNER, "token"))
    assert found.value == "anew"


def test_two_rotations_at_once_lose_no_token(sqlite_database: Database, open_vault: Open, data: Path) -> None:
    vault, threads = open_vault(), list[threading.Thread]()
    vault.keep(OWNER, "token", TOKEN)

    class Slow(Keys):
        """Keys with which a rotation is overtaken by another one just after it has looked."""

        def read(self, use: Use) -> tuple[str, ...]:
            found = super().read(use)
            other = threading.Thread(target=rotate_key, args=(sqlite_database, open_vault(), use))
            threads.append(other)
            other.start()
            other.join(0.5)
            return found

    vault.keys = Slow(data_dir=data, secrets=Secrets(environ={}))
    assert "1 stored entries" in rotate_key(sqlite_database, vault, Use.READ)
    threads[0].join()
    kept = open_vault().find(OWNER, "token")
    assert kept
    assert kept.value == TOKEN


def test_a_secret_goes_before_the_file_and_its_list_rotates(
    open_vault: Open, sqlite_database: Database, data: Path
) -> None:
    old, new = new_key(), new_key()
    open_vault(READ_KEY=old).keep(OWNER, "token", TOKEN)
    assert not (data / "keys").exists()
    both = open_vault(READ_KEY=f"{new}, {old}")
    assert (found := both.find(OWNER, "token"))
    assert found.value == TOKEN
    assert not both.is_current(Use.READ)
    with sqlite_database.write() as session:
        assert both.reseal(session, Use.READ) == 1
    assert both.is_current(Use.READ)
    assert (found := open_vault(READ_KEY=new).find(OWNER, "token"))
    assert found.value == TOKEN
    with pytest.raises(Unopenable, match=r"sealed with another key; put that key back into EARNEST_READ_KEY, or run"):
        open_vault(READ_KEY=old).find(OWNER, "token")


def test_what_is_no_key_is_named(open_vault: Open) -> None:
    for wrong in ("hunter2", ",", "tür" * 11):
        vault = open_vault(READ_KEY=wrong)
        with pytest.raises(BadKey, match=r"EARNEST_READ_KEY.*earnest keys new") as caught:
            vault.keep(OWNER, "token", TOKEN)
        assert wrong == "," or wrong not in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [{"account": "dove"}, {"platform": "pier"}, {"name": "session"}],
    ids=lambda change: next(iter(change)),
)
def test_a_token_that_was_moved_to_another_row_is_refused(
    open_vault: Open, sqlite_database: Database, change: dict[str, str]
) -> None:
    vault = open_vault()
    vault.keep(OWNER, "token", TOKEN)
    with sqlite_database.write() as session:
        session.execute(update(Credential).values(**change))
    moved = Owner(
        brand="tern", platform=change.get("platform", "harbour"), account=change.get("account", "tern"), use=Use.READ
    )
    with pytest.raises(Unopenable, match="stored for something else; run: earnest connect"):
        vault.find(moved, change.get("name", "token"))


def test_a_read_token_put_into_a_write_row_stays_shut(open_vault: Open, sqlite_database: Database) -> None:
    key = new_key()
    vault = open_vault(READ_KEY=key, WRITE_KEY=key)
    vault.keep(OWNER, "token", TOKEN)
    with sqlite_database.write() as session:
        session.execute(update(Credential).values(use="write"))
    with pytest.raises(Unopenable, match=r"write token “token” of tern's harbour @Tern.*something else"):
        vault.find(WRITER, "token")


@pytest.mark.parametrize("spoil", [lambda text: text[:-6], lambda text: text[:40] + "A" * 6 + text[46:], lambda _: "?"])
def test_a_damaged_token_is_said_to_be(
    open_vault: Open, sqlite_database: Database, spoil: Callable[[str], str]
) -> None:
    vault = open_vault()
    vault.keep(OWNER, "token", TOKEN)
    with sqlite_database.write() as session:
        row = session.scalars(select(Credential)).one()
        row.ciphertext = spoil(row.ciphertext)
    with pytest.raises(Unopenable, match="is damaged; run: earnest connect harbour --brand tern"):
        vault.find(OWNER, "token")
