"""`earnest rejects` lists what couldn't be read and reads it again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.posts import Batch, Reject
from listener.needles import Needles
from listener.rejects import scrub_rejects
from tests.integration.privacy.planting import HANDLE, SLUG, Planted, copy_planted


@pytest.fixture
def planted(planted_template: Planted, tmp_path: Path) -> Iterator[Planted]:
    made = copy_planted(planted_template, tmp_path / "home")
    yield made
    made.parts.close()


def test_what_can_be_read_now_leaves_the_list(planted: Planted) -> None:
    row = '{"id": "late", "author": "eve", "text": "Cap Aubray is lovely"}'
    reject = Reject(place="rows.jsonl:9", reason="odd", payload=row)
    planted.parts.intake.save(planted.source_id, Batch(rejects=(reject,)), aside=True)
    listed = planted.home.json("rejects", "list", "--brand", SLUG)["items"]
    assert [(item["source"], item["place"]) for item in listed][-1] == ("import", "rows.jsonl:9")
    assert planted.home.run("rejects", "replay", "--source", "nowhere").exit_code == 2
    done = planted.home.run("rejects", "replay", "--brand", SLUG, "--everything")
    # The planted rows hold a text, so they can be read too.
    assert done.exit_code == 0, done.output
    assert f"{SLUG} import: 4 read now, 4 of them new; 0 left." in done.stdout
    assert planted.home.json("rejects", "list")["items"] == []
    assert "nothing that couldn't be read" in planted.home.ok("rejects", "replay")


def test_what_still_cannot_be_read_stays_with_why(planted: Planted) -> None:
    reject = Reject(place="rows.jsonl:9", reason="odd", payload="{broken")
    planted.parts.intake.save(planted.source_id, Batch(rejects=(reject,)), aside=True)
    done = planted.home.run("rejects", "replay")
    assert done.exit_code == 1
    assert "rows.jsonl:9: The line isn't JSON" in done.output
    (left,) = planted.home.json("rejects", "list")["items"]
    assert left["place"] == "rows.jsonl:9"


def test_files_that_somebody_is_just_writing_are_left_to_them(tmp_path: Path) -> None:
    begun, moved = tmp_path / "begun.part", tmp_path / "moved.part"
    begun.touch()
    moved.symlink_to(tmp_path / "nowhere")  # as one that was put into its place just after the folder was read
    left = tmp_path / "left.part"
    left.write_text(f"{HANDLE} said\nsomebody else\n", encoding="utf-8")
    assert scrub_rejects(tmp_path, needles=Needles([HANDLE])) == 1
    assert begun.exists()
    assert left.read_text(encoding="utf-8") == "somebody else\n"
