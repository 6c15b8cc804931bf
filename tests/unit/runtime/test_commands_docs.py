"""docs/commands.md says what the command line says."""

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_commands_page_is_as_written() -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "write_commands.py"))
    assert (ROOT / "docs" / "commands.md").read_text(encoding="utf-8") == script["render"](), (
        "run: python scripts/write_commands.py"
    )
