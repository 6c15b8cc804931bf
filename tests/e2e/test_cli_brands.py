"""Brands come and go with their files."""

import json
from pathlib import Path

import pytest

from tests.e2e.commands import Home, make_home


@pytest.fixture
def own(tmp_path: Path) -> Home:
    """A home whose posts were read, sorted and drafted."""
    made = make_home(tmp_path / "home")
    made.ok("db", "upgrade")
    made.ok("config", "apply")
    made.ok("collect", "--now")
    return made


def test_a_brand_whose_file_went_is_listened_for_no_longer(own: Home) -> None:
    file = own.folder / "brands" / "cap-aubray.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("slug: cap-aubray", "slug: cap-west"), encoding="utf-8")
    assert "cap-aubray has no file any more" in own.run("doctor").stdout.replace("\n", " ")
    done = own.json("config", "apply")
    assert ([each["brand"] for each in done["brands"]], done["retired"]) == (["cap-west"], ["cap-aubray"])
    assert own.json("config", "apply")["retired"] == []
    file.write_text(text, encoding="utf-8")
    assert own.json("config", "apply")["retired"] == ["cap-west"]
    assert own.json("queue", "--brand", "cap-aubray")["items"]
    file.unlink()
    emptied = own.run("config", "apply")
    assert (emptied.exit_code, "no brand to listen for" in emptied.stderr) == (2, True)
    assert "no brand to listen for" in own.ok("config", "check")


def test_doctor_names_a_damaged_database(tmp_path: Path) -> None:
    broken = make_home(tmp_path / "broken")
    (broken.folder / "data").mkdir()
    (broken.folder / "data" / "earnest.db").write_bytes(b"no database at all" * 400)
    told = json.loads(broken.run("doctor", "--json").stdout)["items"]
    assert "damaged or no SQLite database" in next(each["message"] for each in told if each["about"] == "database")
