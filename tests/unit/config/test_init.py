"""The examples are written once, and never over something."""

from pathlib import Path

import pytest

from config.init import write_examples
from domain.errors import InvalidInput


def test_writes_both_files_and_refuses_to_overwrite(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "place"
    assert write_examples(folder) == [folder / "earnest.yaml", folder / "brands" / "example.yaml"]
    assert (folder / "inbox").is_dir()
    (folder / "earnest.yaml").unlink()
    mine = (folder / "brands" / "example.yaml").read_text(encoding="utf-8") + "# mine\n"
    (folder / "brands" / "example.yaml").write_text(mine, encoding="utf-8")
    with pytest.raises(InvalidInput, match="would be overwritten"):
        write_examples(folder)
    assert not (folder / "earnest.yaml").exists()
    assert (folder / "brands" / "example.yaml").read_text(encoding="utf-8") == mine


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(InvalidInput, match="can't be written to"):
        write_examples(tmp_path / "file")
