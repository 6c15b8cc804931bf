"""Dead letters are read again after a fix: what can be read comes in once, and the rest says why it still can't."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from config.brand.profile import Profile
from domain.posts import Batch, RawPost, Reject
from listener.importing import ensure_source
from listener.rejects import write_rejects
from listener.rereading import NO_READER, Reread, reread_letters
from platforms import recordings
from platforms.recordings import Answer, Reading
from storage.queries.brands import apply_profile
from storage.tables import DeadLetter, Mention
from tests.integration.listener.home import BASE, Home, post


def set_aside(home: Home, source_id: int, *payloads: str, name: str = "rows.jsonl") -> None:
    rejects = tuple(
        Reject(place=f"{name}:{number}", reason="It wasn't understood.", payload=payload)
        for number, payload in enumerate(payloads, start=1)
    )
    home.intake.save(source_id, Batch(rejects=rejects), aside=True)


def again(home: Home, source_id: int, folder: Path, **more: Any) -> Reread:
    return reread_letters(
        home.database, home.clock, home.intake, source_id=source_id, base=folder, rejects_folder=folder / "rejects",
        **more,
    )  # fmt: skip


@pytest.fixture
def imports(home: Home) -> int:
    with home.database.write() as session:
        return ensure_source(session, brand_id=home.brand_id)


def row(number: int, text: str) -> str:
    return json.dumps({"id": f"r{number}", "platform": "forum", "author": "ada", "text": text})


def test_rows_that_can_be_read_now_come_in_once(home: Home, imports: int, tmp_path: Path) -> None:
    set_aside(home, imports, row(1, "I like kestrel"), row(2, "nobody is named"), '{"text": ""}', "{broken")
    write_rejects(home.database, folder=tmp_path / "rejects", source_id=imports)
    done = again(home, imports, tmp_path)
    assert (done.read, done.posts.new, done.posts.unmatched) == (2, 1, 1)
    assert [letter.place for letter in done.left] == ["rows.jsonl:3", "rows.jsonl:4"]
    kept = {letter.place: (letter.reason, letter.replayed_at) for letter in home.all(DeadLetter)}
    assert kept["rows.jsonl:1"][1] == home.clock.now()
    assert "no text" in kept["rows.jsonl:3"][0]
    assert kept["rows.jsonl:3"][1] is None
    assert len((tmp_path / "rejects" / "rows.jsonl.rejects.jsonl").read_text(encoding="utf-8").splitlines()) == 2
    assert [mention.text for mention in home.all(Mention)] == ["I like kestrel"]
    second = again(home, imports, tmp_path)
    assert (second.read, len(second.left)) == (0, 2)


def test_nameless_rows_are_posts_of_their_own_by_their_lines(home: Home, imports: int, tmp_path: Path) -> None:
    praise = '{"text": "I like kestrel", "at": "2026-11-02"}'
    set_aside(home, imports, praise, praise)
    assert again(home, imports, tmp_path).posts.new == 2
    for day in range(2):
        set_aside(home, home.sources["hook"], praise + " " * day, name="delivery")
    assert again(home, home.sources["hook"], tmp_path).posts.new == 2


def test_a_rejects_file_goes_with_its_last_row(home: Home, imports: int, tmp_path: Path) -> None:
    set_aside(home, imports, row(1, "I like kestrel"))
    (path,) = write_rejects(home.database, folder=tmp_path / "rejects", source_id=imports)
    again(home, imports, tmp_path)
    assert not path.exists()


def test_everything_takes_what_matches_no_query(home: Home, imports: int, tmp_path: Path) -> None:
    set_aside(home, imports, row(2, "nobody is named"))
    assert again(home, imports, tmp_path, everything=True).posts.new == 1


def test_a_row_of_a_table_needs_its_header(home: Home, tmp_path: Path) -> None:
    sources = [{"id": "table", "type": "file", "path": "table.csv"}]
    with home.database.write() as session:
        profile = Profile.model_validate({**BASE, "sources": sources})
        apply_profile(session, profile=profile, by="test", clock=home.clock)
        source_id = session.connection().exec_driver_sql("SELECT id FROM sources WHERE key = 'table'").scalar_one()
    set_aside(home, source_id, 'r1,ada,"I like kestrel, a lot"', name="table.csv")
    done = again(home, source_id, tmp_path)
    assert "header" in done.left[0].reason
    with home.database.read() as session:
        kept = session.scalars(select(DeadLetter.reason).where(DeadLetter.source_id == source_id)).one()
    assert "header" not in kept  # why it couldn't be read stays on record
    (tmp_path / "table.csv").write_text('id,author,text\nr1,ada,"I like', encoding="utf-8")
    assert again(home, source_id, tmp_path).posts.new == 1
    assert home.all(Mention)[0].text == "I like kestrel, a lot"


def test_a_platforms_items_go_through_its_reader(home: Home, tmp_path: Path) -> None:
    def read(answer: Answer) -> Reading:
        said = json.loads(answer.body)
        if "mended" not in said:
            return Reading(rejects=(Reject(place="item", reason="The date is odd.", payload=""),))
        made: RawPost = post(said["mended"], platform="memory")
        return Reading(posts=(made,))

    source_id = home.sources["main"]
    set_aside(home, source_id, '{"mended": "7"}', "{}", name="page")
    done = again(home, source_id, tmp_path, readers={"memory": lambda: read})
    assert (done.read, done.posts.new) == (1, 1)
    assert [letter.reason for letter in done.left] == ["The date is odd."]


def test_a_real_platforms_reader_reads_what_it_once_set_aside(home: Home, tmp_path: Path) -> None:
    sources = [{"id": "fedi", "type": "mastodon", "options": {"instance": "https://example.social"}}]
    with home.database.write() as session:
        profile = Profile.model_validate({**BASE, "sources": sources})
        apply_profile(session, profile=profile, by="test", clock=home.clock)
        source_id = session.connection().exec_driver_sql("SELECT id FROM sources WHERE key = 'fedi'").scalar_one()
    status = {
        "id": "113", "created_at": "2026-11-18T08:00:00.000Z", "content": "<p>I like kestrel</p>", "sensitive": False,
        "spoiler_text": "", "visibility": "public", "in_reply_to_id": None, "reblog": None, "favourites_count": 0,
        "uri": "https://example.social/users/ada/statuses/113", "url": "https://example.social/@ada/113",
        "account": {"id": "9", "acct": "ada", "username": "ada", "url": "https://example.social/@ada"},
    }  # fmt: skip
    set_aside(home, source_id, json.dumps(status), "<html>busy</html>", name="timeline")
    done = again(home, source_id, tmp_path)
    assert (done.read, done.posts.new, len(done.left)) == (1, 1, 1)
    assert home.all(Mention)[0].text == "I like kestrel"


def test_a_source_without_a_reader_says_so(home: Home, tmp_path: Path) -> None:
    assert "memory" not in recordings.find_readers()
    set_aside(home, home.sources["main"], "{}")
    assert [letter.reason for letter in again(home, home.sources["main"], tmp_path).left] == [NO_READER]
