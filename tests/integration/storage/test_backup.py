"""A backup holds everything, fits either database, and what is restored from it can't send."""

import json
import tarfile
from pathlib import Path

import pytest
from sqlalchemy import func, select

from domain.time import ManualClock
from storage.backup import BackupError, backup, restore
from storage.database import Database
from storage.instance import confirm_sending, ensure_installation, read_file
from storage.queries.brands import find_brand
from storage.queries.mentions import MentionFilter, list_mentions
from storage.tables import Draft, Installation, Mention
from tests import parts
from tests.rows import add_author, add_brand, add_draft, add_mention


def _quiet(_name: str, _count: int) -> None:
    return None


@pytest.fixture
def archive(database: Database, clock: ManualClock, tmp_path: Path) -> Path:
    """A backup of a brand with a mention, a draft and a file beside the database."""
    data = tmp_path / "data"
    with database.write() as session:
        ensure_installation(session, data_dir=data, clock=clock)
        revision = add_brand(session, clock)
        author = add_author(session, revision, clock.now())
        mention = add_mention(session, author, "p1", "Ein schöner Kessel 🫖", clock.now())
        add_draft(session, mention, revision, clock.now())
    (data / "rejects").mkdir()
    (data / "rejects" / "inbox.jsonl").write_text("{}\n")
    target = tmp_path / "out" / "backup.tar.gz"
    counts = backup(database, data_dir=data, target=target, clock=clock, progress=_quiet)
    assert counts["mentions"] == 1
    return target


def test_a_restored_copy_is_whole_and_cannot_send(archive: Path, tmp_path: Path, clock: ManualClock) -> None:
    copy, data = Database(f"sqlite:///{tmp_path}/copy/earnest.db"), tmp_path / "copy"
    restore(copy, data_dir=data, source=archive, progress=_quiet)
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
    assert (data / "rejects" / "inbox.jsonl").exists()
    copy.close()


def test_a_backup_moves_into_the_same_kind_and_goes_on_counting(
    archive: Path, database: Database, request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock
) -> None:
    if database.is_sqlite:
        pytest.skip("the test above restores into SQLite; this one is about PostgreSQL's sequences")
    url = parts.create_database(request.getfixturevalue("postgres_template"), f"restored_{tmp_path.name[-20:]}")
    copy = Database(url)
    restore(copy, data_dir=tmp_path / "pg", source=archive, progress=_quiet)
    with copy.write() as session:
        revision = add_brand(session, clock, slug="second")
        assert revision.brand_id == 2
        assert session.scalar(select(func.count()).select_from(Mention)) == 1
    copy.close()


def test_a_database_that_is_not_empty_is_left_alone(archive: Path, database: Database, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="isn't empty"):
        restore(database, data_dir=tmp_path, source=archive, progress=_quiet)


def test_an_archive_is_never_overwritten_and_only_its_owner_reads_it(
    archive: Path, database: Database, tmp_path: Path, clock: ManualClock
) -> None:
    assert archive.stat().st_mode & 0o077 == 0
    with pytest.raises(BackupError, match="name a new file"):
        backup(database, data_dir=tmp_path, target=archive, clock=clock, progress=_quiet)


@pytest.mark.parametrize("damage", ["cut", "text", "revision"])
def test_a_damaged_archive_changes_nothing(archive: Path, tmp_path: Path, damage: str) -> None:
    bad = tmp_path / "bad.tar.gz"
    if damage == "cut":
        bad.write_bytes(archive.read_bytes()[:200])
    elif damage == "text":
        bad.write_text("not an archive")
    else:
        manifest = tmp_path / "manifest.json"
        manifest.write_text(json.dumps({"format": 1, "revision": "9999"}))
        with tarfile.open(bad, "w:gz") as file:
            file.add(manifest, "manifest.json")
    copy = Database(f"sqlite:///{tmp_path}/fresh/earnest.db")
    with pytest.raises(BackupError, match=r"damaged|can't be read|9999"):
        restore(copy, data_dir=tmp_path / "fresh", source=bad, progress=_quiet)
    copy.close()
