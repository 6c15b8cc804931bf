"""docs/reliability.md shows what the fault matrix is tested against."""

from pathlib import Path

from tests.integration.platforms.page import write_tables

PAGE = Path(__file__).parents[3] / "docs" / "reliability.md"


def test_the_page_shows_the_matrix() -> None:
    assert write_tables() in PAGE.read_text(encoding="utf-8"), "run: python scripts/write_reliability.py"
