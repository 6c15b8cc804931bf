"""Only what a demo made is ever replaced."""

from pathlib import Path

import pytest
from filelock import FileLock

from config.loading import load
from domain.errors import InvalidInput
from runtime.demo.folder import DATABASE, make_folder


def test_folder_loads_with_both_brands(tmp_path: Path) -> None:
    loaded = load(make_folder(tmp_path / "demo", port=9001))
    assert set(loaded.brands) == {"ploverday", "cap-aubray"}
    assert loaded.settings.server.port == 9001
    assert loaded.settings.outbox.to == "file"
    for brand in loaded.brands.values():
        for source in brand.profile.sources:
            assert loaded.resolve(source.path).is_file()  # type: ignore[union-attr]


def test_a_demo_is_replaced_whole(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    make_folder(folder, port=1)
    (folder / "old.txt").write_text("of the demo before")
    make_folder(folder, port=2)
    assert not (folder / "old.txt").exists()


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    assert make_folder(tmp_path / "demo", port=1).exists()


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_what_no_demo_made_stays(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "mine"
    if kind == "file":
        place.write_text("mine")
    else:
        place.mkdir()
        (place / "earnest.yaml").write_text("mine")
    with pytest.raises(InvalidInput, match="wasn't made by a demo"):
        make_folder(place, port=1)
    assert (place if kind == "file" else place / "earnest.yaml").read_text() == "mine"


def test_a_demo_at_work_stays(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    make_folder(folder, port=1)
    with FileLock(folder / f"{DATABASE}.lock"), pytest.raises(InvalidInput, match="still running"):
        make_folder(folder, port=1)
    assert (folder / "earnest.yaml").exists()
