"""Writes the tables of docs/reliability.md from what the fault matrix is tested against."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.integration.platforms.page import BEGIN, END, write_tables

PAGE = ROOT / "docs" / "reliability.md"


def main() -> None:
    """Put the tables between their marks."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    PAGE.write_text(before + write_tables() + rest.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    main()
