"""The README's table of platforms claims what the facts say and what is there to do it, and names tests that exist."""

import re
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from domain.ports import Rechecker, ThreadReader
from platforms.registry import capabilities_of, installed

ROOT = Path(__file__).parents[3]
ROW = re.compile(r"^\| \[([^\]]+)\]\(docs/[^)]+\) \|(.+)\|$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#]+)")


def table() -> dict[str, list[str]]:
    """The cells of each row by the platform's name."""
    rows = ROW.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    return {name: [cell.strip() for cell in cells.split("|")] for name, cells in rows}


def collector_class(platform: str) -> type:
    """The class of a platform's collector."""
    (point,) = (each for each in entry_points(group="earnest.collectors") if each.name == platform)
    module = __import__(point.module, fromlist=["x"])
    (found,) = (
        each for each in vars(module).values()
        if isinstance(each, type) and each.__module__ == module.__name__ and hasattr(each, "collect")
    )  # fmt: skip
    return found


@pytest.mark.parametrize("platform", sorted(installed()))
def test_the_readme_claims_what_is_there(platform: str) -> None:
    facts = capabilities_of(platform)
    cells = next((cells for name, cells in table().items() if name.rstrip("s") == facts.name.rstrip("s")), None)
    assert cells, f"The README's table has no row for {facts.name}."
    read, threads, reply, deletions, tests = cells
    publishers = {point.name for point in entry_points(group="earnest.publishers")}
    found = collector_class(platform)
    assert ("stream" in read.lower() or "jetstream" in read.lower()) == facts.can_stream
    assert (threads == "yes") == facts.can_read_threads == issubclass(found, ThreadReader)
    assert (reply != "by hand") == facts.can_reply == (platform in publishers)
    assert ("called on" in reply) == facts.must_be_summoned
    assert ("approval" in reply) == any(demand.key == "approval" for demand in facts.demands_to_answer)
    assert deletions.startswith("yes") == (facts.delete_sync is not None) == issubclass(found, Rechecker)
    named = LINK.findall(tests)
    assert named
    assert [path for path in named if not (ROOT / path).is_file()] == []
    if facts.can_reply:
        # Whoever replies is driven through every fault.
        assert any(path.endswith((f"{platform}_world.py", "network.py")) for path in named)
