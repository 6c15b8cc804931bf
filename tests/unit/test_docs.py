"""The documentation holds together: every page is found, every link leads somewhere, every plug-in is named."""

import re
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "bench" / "README.md", ROOT / "CHANGELOG.md"])
LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
# Folders of the machine on which something was written, which no reader has.
PLACES = re.compile(r"(?<![\w.])/(?:work|tmp|root|home|Users)/\w")


def _links(page: Path) -> Iterator[tuple[str, str]]:
    """Yield the path and the fragment of each link that stays within the repository."""
    for target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        if not re.match(r"[a-z]+:", target):
            path, _, fragment = target.partition("#")
            yield path, fragment


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ +(.+?) *$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    lost = []
    for path, fragment in _links(page):
        target = (page.parent / path).resolve() if path else page
        known = target.exists() and target.is_relative_to(ROOT)
        if not known or (fragment and target.suffix == ".md" and fragment not in _anchors(target)):
            lost.append(f"{path}#{fragment}" if fragment else path)
    assert lost == []


def test_every_page_is_reached_from_the_index() -> None:
    reached, edge = set(), [DOCS / "README.md"]
    while edge:
        page = edge.pop()
        reached.add(page)
        targets = [(page.parent / path).resolve() for path, _ in _links(page) if path.endswith(".md")]
        edge += [target for target in targets if target not in reached and target.is_relative_to(DOCS)]
    assert {page for page in PAGES if page.is_relative_to(DOCS)} - reached == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_names_a_place_that_readers_do_not_have(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert PLACES.findall(text) == []
    assert "../shared" not in text


@pytest.mark.parametrize("group", ["earnest.collectors", "earnest.publishers", "earnest.platforms"])
def test_every_plug_in_is_named(group: str) -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES if page.is_relative_to(DOCS))
    own = {entry.name for entry in entry_points(group=group) if entry.dist and entry.dist.name == "earnest"}
    assert own
    assert {name for name in own if f"`{name}`" not in text} == set()


def test_every_port_is_explained() -> None:
    source = (ROOT / "domain" / "ports.py").read_text(encoding="utf-8")
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES if page.is_relative_to(DOCS))
    ports = re.findall(r"^class (\w+)\(Protocol\)", source, re.MULTILINE)
    assert ports
    assert [port for port in ports if not re.search(rf"\b{port}\b", text)] == []
