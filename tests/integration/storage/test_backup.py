"""A backup holds everything, fits either database, and what is restored from it can't send."""

import json
import tarfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from domain.time import ManualClock
from storage import archives
from storage.backup import BackupError, backup, restore
from storage.database import Database
from storage.instance import confirm_sending, ensure_installation, read_file
from storage.migration import Version, upgrade, version
from storage.queries.brands import find_brand
from storage.queries.mentions import MentionFilter, list_mentions
from storage.tables import Brand, Draft, Installation, Mention
from tests import parts
from tests.filling import fill_every_table, read_every_table
from tests.rows import add_author, add_brand, add_draft, add_mention

_numbers = count(1)


def _quiet(_name: str, _count: int) -> None:
    return None


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory with a file beside the database."""
    folder = tmp_path / "data"
    (folder / "rejects").mkdir(parents=True)
    (folder / "rejects" / "inbox.jsonl").write_text("{}\n")
    (folder / "secrets.env").write_text("PASSWORD=hush\n")
    (folder / "keys").mkdir()
    (folder / "keys" / "write.key").write_text("hush\n")
    return folder


@pytest.fixture
def archive(database: Database, clock: ManualClock, data: Path, tmp_path: Path) -> Path:
    """A backup of a brand with a mention, a draft and a file beside the database."""
    with database.write() as session:
        ensure_installation(session, data_dir=data, clock=clock)
        revision = add_brand(session, clock)
        author = add_author(session, revision, clock.now())
        mention = add_mention(session, author, "p1", "Ein schöner Kessel 🫖", clock.now())
        add_draft(session, mention, revision, clock.now())
    return _backup(database, data, tmp_path / "backup.tar.gz", clock)


def _backup(database: Database, data: Path, target: Path, clock: ManualClock) -> Path:
    secrets = [data / "secrets.env"]
    backup(database, data_dir=data, target=target, clock=clock, progress=_quiet, leave_out=secrets)
    return target


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def make_empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Database]]:
    """Makes databases without a table, of either kind."""
    made: list[Database] = []

    def make() -> Database:
        number = next(_numbers)
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path}/empty-{number}/earnest.db"
        else:
            url = parts.create_database(request.getfixturevalue("postgres_template"), f"empty_{number}")
        made.append(Database(url))
        return made[-1]

    yield make
    for database in made:
        database.close()


def test_a_restored_copy_is_whole_and_cannot_send(
    archive: Path, make_empty: Callable[[], Database], tmp_path: Path, clock: ManualClock
) -> None:
    copy, data = make_empty(), tmp_path / "copy"
    counts = restore(copy, data_dir=data, source=archive, progress=_quiet)
    assert (counts["mentions"], counts["brands"], counts["replies"]) == (1, 1, 0)
    with copy.write() as session:
        brand = find_brand(session, "tern")
        page = list_mentions(session, brand_id=brand.id, filters=MentionFilter(words="kessel"))
        assert [item.text for item in page.items] == ["Ein schöner Kessel 🫖"]
        assert session.scalars(select(Draft)).one().created_at == clock.now()
        installation = ensure_installation(session, data_dir=data, clock=clock)
        assert "restored from a backup" in (installation.sending_off_reason or "")
        confirm_sending(session, data_dir=data, clock=clock, user_id=None)
        assert ensure_installation(session, data_dir=data, clock=clock).sending_off_reason is None
        assert read_file(data) == session.scalars(select(Installation.instance_id)).one()
        assert add_brand(session, clock, slug="second").brand_id == 2
    assert (data / "rejects" / "inbox.jsonl").read_text() == "{}\n"
    assert not (data / "secrets.env").exists()
    assert not (data / "keys").exists()


def test_every_row_comes_through_from_either_kind_to_either_kind(
    database: Database, make_empty: Callable[[], Database], data: Path, tmp_path: Path, clock: ManualClock
) -> None:
    with database.write() as session:
        fill_every_table(session)
        before = read_every_table(session)
    copy, back = make_empty(), make_empty()
    first = _backup(database, data, tmp_path / "first.tar.gz", clock)
    restore(copy, data_dir=tmp_path / "copy", source=first, progress=_quiet)
    second = _backup(copy, tmp_path / "copy", tmp_path / "second.tar.gz", clock)
    restore(back, data_dir=tmp_path / "back", source=second, progress=_quiet)
    for each in (copy, back):
        with each.read() as session:
            after = read_every_table(session)
        for row, old in zip(after["installation"], before["installation"], strict=True):
            assert "confirm" in row["sending_off_reason"]
            row["sending_off_reason"] = old["sending_off_reason"]
        assert after == before
    assert all(len(rows) == 3 for rows in before.values())


def test_an_archive_is_one_moment_though_rows_are_written_meanwhile(
    database: Database, data: Path, tmp_path: Path, clock: ManualClock
) -> None:
    with database.write() as session:
        add_brand(session, clock)
    late = iter(range(10))

    def write_more(_name: str, _count: int) -> None:
        # The brand's revision is read after the brand: a second brand in between must be in neither.
        if next(late) == 0:
            with database.write() as session:
                add_brand(session, clock, slug="late")

    target = tmp_path / "backup.tar.gz"
    counts = backup(database, data_dir=data, target=target, clock=clock, progress=write_more)
    assert (counts["brands"], counts["brand_revisions"]) == (1, 1)


def test_an_upgraded_database_without_rows_is_empty_enough(
    archive: Path, make_empty: Callable[[], Database], tmp_path: Path, clock: ManualClock
) -> None:
    copy, data = make_empty(), tmp_path / "copy"
    upgrade(copy)
    with copy.write() as session:
        ensure_installation(session, data_dir=data, clock=clock)
    restore(copy, data_dir=data, source=archive, progress=_quiet)
    with copy.write() as session:
        assert "restored" in (ensure_installation(session, data_dir=data, clock=clock).sending_off_reason or "")


def test_a_database_that_is_not_empty_is_left_alone(archive: Path, database: Database, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="isn't empty"):
        restore(database, data_dir=tmp_path / "copy", source=archive, progress=_quiet)
    with database.read() as session:
        assert session.scalars(select(Installation.sending_off_reason)).one() is None


def test_no_file_is_overwritten(archive: Path, make_empty: Callable[[], Database], tmp_path: Path) -> None:
    mine = tmp_path / "copy" / "rejects" / "inbox.jsonl"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine\n")
    copy = make_empty()
    with pytest.raises(BackupError, match="move rejects out of"):
        restore(copy, data_dir=tmp_path / "copy", source=archive, progress=_quiet)
    assert mine.read_text() == "mine\n"
    assert version(copy) is Version.EMPTY


def test_a_file_that_cannot_be_written_leaves_the_database_empty(
    archive: Path, make_empty: Callable[[], Database], tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    folder.mkdir()
    (folder / "rejects").write_text("a file where the archive has a folder")
    copy = make_empty()
    with pytest.raises(BackupError, match="can't be written"):
        restore(copy, data_dir=folder, source=archive, progress=_quiet)
    with copy.read() as session:
        assert session.scalar(select(func.count()).select_from(Brand)) == 0


def test_only_its_owner_reads_an_archive_and_none_is_overwritten(
    archive: Path, database: Database, data: Path, clock: ManualClock
) -> None:
    assert archive.stat().st_mode & 0o077 == 0
    with pytest.raises(BackupError, match="name a new file"):
        _backup(database, data, archive, clock)


def test_former_archives_and_the_database_itself_stay_out(
    sqlite_database: Database, tmp_path: Path, clock: ManualClock
) -> None:
    # The database and its archives lie in the data directory, as they do by default.
    (tmp_path / "outbox.jsonl").write_text("{}\n")
    first = _backup(sqlite_database, tmp_path, tmp_path / "a.tar.gz", clock)
    second = _backup(sqlite_database, tmp_path, tmp_path / "b.tar.gz", clock)
    for path in (first, second):
        with tarfile.open(path) as file:
            assert archives.file_names(file) == ["outbox.jsonl"]
    assert sorted(path.name for path in tmp_path.iterdir() if "tar" in path.name) == ["a.tar.gz", "b.tar.gz"]


def test_a_backup_that_fails_leaves_nothing(
    sqlite_database: Database, data: Path, tmp_path: Path, clock: ManualClock
) -> None:
    def fail(_name: str, _count: int) -> None:
        raise KeyboardInterrupt

    with sqlite_database.write() as session:
        add_brand(session, clock)
    target = tmp_path / "out" / "backup.tar.gz"
    with pytest.raises(KeyboardInterrupt):
        backup(sqlite_database, data_dir=data, target=target, clock=clock, progress=fail)
    assert list(target.parent.iterdir()) == []


def _flip(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda content: content[:200],
    "without its end": lambda content: content[:-6],
    "flipped": _flip,
    "text": lambda _content: b"not an archive",
    "empty": lambda _content: b"",
}


def _rewrite(archive: Path, bad: Path, *, change: Callable[[str, bytes], bytes], more: tuple[str, ...] = ()) -> None:
    with tarfile.open(archive) as old, tarfile.open(bad, "w:gz") as new:
        for name in old.getnames():
            member = old.extractfile(name)
            assert member is not None
            archives.add_bytes(new, name, change(name, member.read()))
        for name in more:
            archives.add_bytes(new, name, b"x")


def _damage(archive: Path, bad: Path, how: str) -> None:
    if how in SPOILT:
        bad.write_bytes(SPOILT[how](archive.read_bytes()))
    elif how == "revision":
        newer = json.dumps({"format": 1, "revision": "9999", "rows": {}}).encode()
        _rewrite(archive, bad, change=lambda name, content: newer if name == "manifest.json" else content)
    elif how == "rows":
        _rewrite(archive, bad, change=lambda name, content: b"" if name == "tables/mentions.jsonl" else content)
    elif how == "outside":
        _rewrite(archive, bad, change=lambda _name, content: content, more=("files/../../escaped",))


@pytest.mark.parametrize("how", [*SPOILT, "revision", "rows", "outside", "missing"])
def test_a_damaged_archive_changes_nothing(
    sqlite_database: Database, tmp_path: Path, clock: ManualClock, how: str
) -> None:
    with sqlite_database.write() as session:
        fill_every_table(session)
    archive = _backup(sqlite_database, tmp_path / "none", tmp_path / "good.tar.gz", clock)
    bad, fresh = tmp_path / "bad.tar.gz", tmp_path / "fresh"
    _damage(archive, bad, how)
    copy = Database(f"sqlite:///{fresh}/earnest.db")
    with pytest.raises(BackupError, match=r"name (another|a backup)|9999"):
        restore(copy, data_dir=fresh, source=bad, progress=_quiet)
    copy.close()
    assert list(fresh.iterdir()) == []
    assert not (tmp_path / "escaped").exists()


def test_a_row_that_a_database_refuses_is_named_by_its_table_alone(
    sqlite_database: Database, tmp_path: Path, clock: ManualClock
) -> None:
    with sqlite_database.write() as session:
        revision = add_brand(session, clock)
        add_mention(session, add_author(session, revision, clock.now()), "p1", "Psst", clock.now())
    archive, bad = _backup(sqlite_database, tmp_path / "none", tmp_path / "good.tar.gz", clock), tmp_path / "bad.tar.gz"
    _rewrite(archive, bad, change=lambda _name, content: content.replace(b'"author_id": 1', b'"author_id": 99'))
    copy = Database(f"sqlite:///{tmp_path}/fresh/earnest.db")
    with pytest.raises(BackupError, match="mentions") as caught:
        restore(copy, data_dir=tmp_path / "fresh", source=bad, progress=_quiet)
    assert "Psst" not in str(caught.value)
    with copy.read() as session:
        assert session.scalar(select(func.count()).select_from(Mention)) == 0
        assert session.scalar(text("SELECT count(*) FROM mentions_search")) == 0
    copy.close()
