"""A person who is forgotten is nowhere: not in a table, not in a file, not in a byte of the database."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from domain.posts import Batch
from domain.states import DraftState, FollowUpState, MentionState, ReplyState
from domain.time import SystemClock
from listener.deletions import find_unerased
from storage.tables import AuditEvent, Draft, FollowUp, Installation, Mention, Person, Receipt, Reply
from tests import parts as outside
from tests.integration.privacy.planting import (
    HANDLE,
    IDENTITY,
    SLUG,
    WORD,
    Planted,
    copy_planted,
    letters_left,
    plant,
    post_of,
)
from tests.integration.receiver import receiving

CORNERS = {
    "authors", "cases", "classifications", "conversations", "dead_letters", "drafts", "findings", "follow_ups",
    "ideas", "mentions", "notes", "persons", "replies", "reviews", "thread_posts",
}  # fmt: skip


@pytest.fixture
def planted(planted_template: Planted, tmp_path: Path) -> Iterator[Planted]:
    made = copy_planted(planted_template, tmp_path / "home")
    yield made
    made.parts.close()


def forget(planted: Planted, who: str = f"x:@{HANDLE}", *more: str) -> str:
    done = planted.home.run("forget", who, "--yes", *more)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_every_corner_is_planted(planted: Planted) -> None:
    assert {column.strip('"').partition('"')[0] for column in planted.in_tables()} >= CORNERS
    files = planted.in_files()
    assert {"data/outbox.jsonl", "data/rejects/rows.jsonl.rejects.jsonl"} <= set(files)
    assert any(name.startswith("data/earnest.db") for name in files)
    assert any(name.endswith(".html") for name in files)
    assert planted.found_by_search() == 1


def test_a_forgotten_person_is_nowhere(planted: Planted) -> None:
    said = forget(planted)
    assert WORD not in said
    assert planted.in_tables() == []
    assert planted.in_files() == []
    assert planted.found_by_search() == 0
    # What is somebody else's stays.
    assert letters_left(planted) == ["rows.jsonl:5"]
    assert "somebody" in (planted.data / "rejects" / "rows.jsonl.rejects.jsonl").read_text(encoding="utf-8")


def test_what_is_left_is_counted_and_dated_without_content(planted: Planted) -> None:
    forget(planted)
    with planted.parts.database.read() as session:
        person = session.get_one(Person, planted.person_id)
        assert (person.name, person.opted_out_at is not None) == ("[erased]", True)
        mention = session.get_one(Mention, planted.mention_id)
        assert (mention.state, mention.text) == (MentionState.DELETED, "")
        replies = session.scalars(select(Reply).order_by(Reply.id)).all()
        assert [reply.state for reply in replies] == [ReplyState.SENT, ReplyState.WITHDRAWN, ReplyState.FAILED]
        assert replies[0].external_id == "ours1"
        # One of its parts was sent, so it was approved and not merely expired.
        assert session.scalars(select(Draft.state)).one() is DraftState.APPROVED
        assert session.scalars(select(FollowUp.state)).one() is FollowUpState.CANCELLED
        receipt = session.scalars(select(Receipt).where(Receipt.object_kind == "person")).one()
        assert receipt.reason == "asked to be forgotten"
        assert receipt.touched["listener"] > 0
        assert len(receipt.object_hash) == 64
        assert session.scalars(select(AuditEvent).where(AuditEvent.action == "person.erased")).one()
    keys = [json.loads(line) for line in (planted.data / "outbox.jsonl").read_bytes().splitlines()]
    assert keys == [{"key": "1" * 64, "erased": True}, {"key": "3" * 64, "erased": True}]


def test_their_later_posts_are_not_taken_in(planted: Planted) -> None:
    forget(planted)
    post = post_of(SystemClock())
    report = planted.parts.intake.save(planted.source_id, Batch(posts=(post,)), everything=True)
    assert (report.new, report.forgotten) == (0, 1)
    assert planted.in_tables() == []


def test_other_systems_are_told_in_the_same_command(planted: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARNEST_COPY", "both sides know")
    monkeypatch.setenv("EARNEST__NETWORK__ALLOW_PRIVATE", "true")
    with receiving() as system:
        brand = planted.home.folder / "brands" / f"{SLUG}.yaml"
        webhook = {"id": "copy", "url": system.url, "signing_secret": "COPY"}
        brand.write_text(brand.read_text(encoding="utf-8") + f"\nwebhooks: [{json.dumps(webhook)}]\n", encoding="utf-8")
        assert planted.home.run("config", "apply").exit_code == 0
        forget(planted)
    assert system.ids
    assert all(IDENTITY in name for name in system.ids)
    assert WORD.encode() not in b"".join(body for _, body in system.told)
    assert planted.in_tables() == []
    assert planted.in_files() == []


def test_it_can_be_cut_short_and_run_again(planted: Planted) -> None:
    for eraser in planted.parts.erasers[:2]:
        eraser.erase_person(planted.person_id)
    forget(planted)
    assert planted.in_tables() == []
    assert planted.in_files() == []
    forget(planted, str(planted.person_id))
    with planted.parts.database.read() as session:
        assert len(session.scalars(select(Receipt).where(Receipt.object_kind == "person")).all()) == 1


def test_the_sweep_does_not_take_them_for_lost_erasures(planted: Planted) -> None:
    forget(planted)
    now = SystemClock().now() + timedelta(hours=1)
    with planted.parts.database.read() as session:
        assert find_unerased(session, since=now - timedelta(days=30), until=now, limit=9) == []


def test_it_shows_what_goes_and_asks_first(planted: Planted) -> None:
    no = planted.home.run("forget", HANDLE, given="n\n")
    assert no.exit_code == 1
    for told in ("mentions: 1", "replies: 3", "cases: 1", f"x:{HANDLE}", "can't be undone"):
        assert told in no.output
    assert planted.in_tables() != []
    yes = planted.home.run("forget", f"@{HANDLE}", given="y\n")
    assert yes.exit_code == 0, yes.output
    assert planted.in_tables() == []


@pytest.mark.parametrize("who", ["nobody-at-all", "99999", f"mastodon:{HANDLE}"])
def test_nobody_is_guessed(planted: Planted, who: str) -> None:
    done = planted.home.run("forget", who, "--yes")
    assert done.exit_code == 2
    assert "Nobody is known" in done.output
    assert planted.in_tables() != []


def test_files_that_are_not_earnests_are_named(planted: Planted) -> None:
    own = planted.data / "notes.txt"
    own.write_text(f"Call {HANDLE} back", encoding="utf-8")
    (planted.data / "old.tar.gz").write_bytes(b"\x1f\x8b")
    done = planted.home.run("forget", HANDLE, "--yes")
    assert done.exit_code == 1
    assert "notes.txt names them still" in done.output
    assert "old.tar.gz can't be looked into" in done.output


def test_a_running_desk_is_not_in_the_way(planted: Planted) -> None:
    """Another connection's open snapshot keeps the log from being emptied, and that is said."""
    with planted.parts.database.read() as session:
        session.scalars(select(Installation)).all()
        done = planted.home.run("forget", HANDLE, "--yes")
    assert done.exit_code == 1
    assert "its file may hold traces" in done.output
    assert planted.in_tables() == []
    forget(planted, str(planted.person_id))
    assert planted.in_files() == []


@pytest.mark.postgres
def test_on_postgresql_no_table_holds_a_word(
    tmp_path: Path, postgres_template: str, request: pytest.FixtureRequest
) -> None:  # fmt: skip
    url = outside.create_database(postgres_template, "forgetting")
    request.addfinalizer(lambda: outside.drop_database(url))
    planted = plant(tmp_path / "home", SystemClock(), url=url.replace("postgresql:", "postgresql+psycopg:"))
    assert planted.in_tables() != []
    forget(planted)
    assert planted.in_tables() == []
    assert planted.in_files() == []
    assert planted.found_by_search() == 0
    planted.parts.close()
