"""Files and folders: read on from where they stopped, whatever happens to them in between."""

import json
import os
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from domain.posts import Batch, SignalKind
from domain.time import ManualClock
from listener.collectors.files import FileCollector
from listener.collectors.folder import FolderCollector
from listener.reading import files
from listener.reading.posts import Shape


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "posts.jsonl"


def shape(clock: ManualClock) -> Shape:
    return Shape(platform="survey", zone=ZoneInfo("Europe/Berlin"), today=clock.now())


def collector(path: Path, clock: ManualClock, *, finished: bool = False) -> FileCollector:
    return FileCollector(path=path, name=path.name, shape=shape(clock), clock=clock, finished=finished)


def row(number: int, **more: object) -> str:
    return json.dumps({"id": number, "text": f"Post {number}", **more}) + "\n"


def read(
    collector: FileCollector | FolderCollector, cursor: str | None, clock: ManualClock
) -> tuple[list[str], str | None]:
    batches = list(collector.collect(cursor=cursor, since=clock.now()))
    return ids(batches), next((batch.cursor for batch in reversed(batches) if batch.cursor), cursor)


def ids(batches: Iterable[Batch]) -> list[str]:
    return [post.external_id for batch in batches for post in batch.posts]


def test_what_is_added_is_read_and_nothing_twice(path: Path, clock: ManualClock) -> None:
    path.write_text(row(1) + row(2))
    found, cursor = read(collector(path, clock), None, clock)
    assert found == ["1", "2"]
    assert list(collector(path, clock).collect(cursor=cursor, since=clock.now())) == []
    with path.open("a") as file:
        file.write(row(3))
    found, cursor = read(collector(path, clock), cursor, clock)
    assert found == ["3"]


def test_a_file_that_is_written_anew_is_read_from_its_start(path: Path, clock: ManualClock) -> None:
    path.write_text(row(1) + row(2))
    _, cursor = read(collector(path, clock), None, clock)
    path.write_text(row(8) + row(9) + row(10))
    found, _ = read(collector(path, clock), cursor, clock)
    assert found == ["8", "9", "10"]


def test_a_last_line_waits_until_the_file_rests(path: Path, clock: ManualClock) -> None:
    path.write_text(row(1) + '{"id": 2, "text": "half')
    found, cursor = read(collector(path, clock), None, clock)
    assert found == ["1"]
    path.write_text(row(1) + row(2).strip())
    found, cursor = read(collector(path, clock), cursor, clock)
    assert found == []
    found, cursor = read(collector(path, clock), cursor, clock)
    assert found == ["2"]
    assert ids(collector(path, clock, finished=True).collect(cursor=None, since=clock.now())) == ["1", "2"]


def test_a_row_whose_quote_is_open_waits_until_the_file_rests(tmp_path: Path, clock: ManualClock) -> None:
    path = tmp_path / "survey.csv"
    path.write_text('id,text\n1,first\n2,"Dear shop,\nthe kettle\n')
    first = list(collector(path, clock).collect(cursor=None, since=clock.now()))
    assert (ids(first), [batch.rejects for batch in first]) == (["1"], [()])
    with path.open("a") as file:
        file.write('is broken."\n3,"never\nclosed\n')
    second = list(collector(path, clock).collect(cursor=first[-1].cursor, since=clock.now()))
    assert [post.text for batch in second for post in batch.posts] == ["Dear shop,\nthe kettle\nis broken."]
    assert [batch.rejects for batch in second] == [()]
    rested = list(collector(path, clock).collect(cursor=second[-1].cursor, since=clock.now()))
    assert [reject.place for batch in rested for reject in batch.rejects] == ["survey.csv:6", "survey.csv:7"]


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_reading_cut_after_any_page_goes_on_there(
    tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setattr(files, "PAGE", 3)
    path = tmp_path / f"posts.{form}"
    rows = [row(number) for number in range(20)]
    if form == "csv":
        rows = ["id,text\n", *(f'{number},"Post\nnumber {number}"\n' for number in range(20))]
    path.write_text("".join(rows))
    cursor: str | None = None
    found: list[str] = []
    for _ in range(30):
        batch = next(collector(path, clock).collect(cursor=cursor, since=clock.now()), None)
        if batch is None:
            break
        found += [post.external_id for post in batch.posts]
        assert not batch.rejects
        cursor = batch.cursor
    assert found == [str(number) for number in range(20)]


def test_rows_of_the_future_wait_for_their_time(path: Path, clock: ManualClock) -> None:
    now = clock.now()
    path.write_text(row(1, at="-2d 10:00") + row(2, at="-0d -10m") + row(3, at="-1d 10:00"))
    clock.set(now - timedelta(days=1, hours=12))
    anchor = Shape(platform="survey", zone=ZoneInfo("Europe/Berlin"), today=now)

    def build() -> FileCollector:
        return FileCollector(path=path, name=path.name, shape=anchor, clock=clock)

    found, cursor = read(build(), None, clock)
    assert found == ["1"]
    assert read(build(), cursor, clock)[0] == []
    clock.set(now - timedelta(hours=1))
    found, cursor = read(build(), cursor, clock)
    assert found == ["3"]
    clock.set(now)
    found, cursor = read(build(), cursor, clock)
    assert found == ["2"]
    assert read(build(), cursor, clock)[0] == []


def test_relative_times_count_from_the_first_reading(path: Path, clock: ManualClock) -> None:
    path.write_text(row(1, at="-1d 10:00"))
    first = list(collector(path, clock).collect(cursor=None, since=clock.now()))
    with path.open("a") as file:
        file.write(row(2, at="-1d 10:00"))
    clock.advance(timedelta(days=3))
    second = list(collector(path, clock).collect(cursor=first[-1].cursor, since=clock.now()))
    assert first[0].posts[0].posted_at == second[0].posts[0].posted_at


def test_too_many_rows_of_the_future_stop_the_reading_there(
    path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LATER_CAP", 3)
    later = (clock.now() + timedelta(days=1)).isoformat()
    path.write_text("".join(row(number, at=later) for number in range(6)) + row(9))
    found, cursor = read(collector(path, clock), None, clock)
    assert found == []
    clock.advance(timedelta(days=2))
    found, cursor = read(collector(path, clock), cursor, clock)
    assert sorted(found) == ["0", "1", "2", "3", "4", "5", "9"]


def test_a_missing_file_is_a_signal(tmp_path: Path, clock: ManualClock) -> None:
    (batch,) = collector(tmp_path / "none.csv", clock).collect(cursor=None, since=clock.now())
    assert batch.signal is not None
    assert batch.signal.kind is SignalKind.UNAVAILABLE
    assert "none.csv" in batch.signal.message


def test_a_table_without_words_is_misconfigured(tmp_path: Path, clock: ManualClock) -> None:
    path = tmp_path / "survey.csv"
    path.write_text("No,Remark\n1,Good\n")
    (batch,) = collector(path, clock).collect(cursor=None, since=clock.now())
    assert batch.signal is not None
    assert batch.signal.kind is SignalKind.MISCONFIGURED


def folder(path: Path, clock: ManualClock, pattern: str = "*") -> FolderCollector:
    return FolderCollector(folder=path, shape=shape(clock), clock=clock, pattern=pattern)


def write(path: Path, text: str, clock: ManualClock, *, age: timedelta) -> None:
    path.write_text(text)
    stamp = (clock.now() - age).timestamp()
    os.utime(path, (stamp, stamp))


def test_a_folder_reads_whole_files_oldest_first(tmp_path: Path, clock: ManualClock) -> None:
    write(tmp_path / "b.jsonl", row(1), clock, age=timedelta(hours=2))
    write(tmp_path / "a.jsonl", row(2).strip(), clock, age=timedelta(hours=1))
    write(tmp_path / "c.jsonl.part", row(3), clock, age=timedelta(hours=3))
    write(tmp_path / ".hidden", row(4), clock, age=timedelta(hours=3))
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "a.jsonl")
    found, cursor = read(folder(tmp_path, clock), None, clock)
    assert found == ["1", "2"]
    assert list(folder(tmp_path, clock).collect(cursor=cursor, since=clock.now())) == []


def test_a_folder_leaves_a_file_that_grows(tmp_path: Path, clock: ManualClock) -> None:
    path = tmp_path / "a.jsonl"
    write(path, row(1), clock, age=timedelta())
    found, cursor = read(folder(tmp_path, clock), None, clock)
    assert found == []
    write(path, row(1) + row(2), clock, age=timedelta())
    found, cursor = read(folder(tmp_path, clock), cursor, clock)
    assert found == []
    found, cursor = read(folder(tmp_path, clock), cursor, clock)
    assert found == ["1", "2"]


def test_one_bad_file_is_set_aside_once_and_the_rest_go_in(tmp_path: Path, clock: ManualClock) -> None:
    write(tmp_path / "bad.csv", "No,Remark\n1,x\n", clock, age=timedelta(hours=2))
    write(tmp_path / "good.csv", "id,text\n1,x\n", clock, age=timedelta(hours=1))
    batches = list(folder(tmp_path, clock).collect(cursor=None, since=clock.now()))
    assert ids(batches) == ["1"]
    assert [reject.place for batch in batches for reject in batch.rejects] == ["bad.csv:1"]
    again = list(folder(tmp_path, clock).collect(cursor=batches[-1].cursor, since=clock.now()))
    assert [reject for batch in again for reject in batch.rejects] == []
    write(tmp_path / "bad.csv", "id,text\n2,mended\n", clock, age=timedelta(minutes=1))
    _, cursor = read(folder(tmp_path, clock), batches[-1].cursor, clock)
    assert read(folder(tmp_path, clock), cursor, clock)[0] == ["2"]


def test_a_missing_folder_is_a_signal(tmp_path: Path, clock: ManualClock) -> None:
    (batch,) = folder(tmp_path / "none", clock).collect(cursor=None, since=clock.now())
    assert batch.signal is not None
    assert batch.signal.kind is SignalKind.UNAVAILABLE
