"""`earnest rejects` lists what couldn't be read and reads it again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.posts import Batch, Reject
from tests.integration.privacy.planting import SLUG, Planted, copy_planted


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
