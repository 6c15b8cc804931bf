"""docs/sources.md names every collector, every field of a row and every limit as they are."""

from pathlib import Path

from config.brand.sources import BUILT_IN
from config.loading import check_profile
from listener import searching
from listener.collectors import hackernews, webhook
from listener.collectors.folder import REST
from listener.context import find_factories
from listener.normalisation import TEXT_CAP
from listener.reading.posts import METRICS, NAMES

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "sources.md").read_text(encoding="utf-8")


def test_every_source_has_a_row_and_an_example_that_is_valid() -> None:
    examples = [part.split("```")[0] for part in PAGE.split("```yaml\n")[1:]]
    from ruamel.yaml import YAML

    shown = [source for example in examples for source in YAML(typ="safe").load(example)]
    assert {source["type"] for source in shown} == set(BUILT_IN)
    assert all(f"| `{kind}` |" in PAGE for kind in BUILT_IN)
    profile = check_profile(
        {"slug": "b", "name": "B", "time_zone": "Europe/Berlin", "queries": [{"name": "q", "expression": "bee"}],
         "sources": shown}
    )  # fmt: skip
    assert len(profile.sources) == len(shown)


def test_every_installed_collector_is_told_of() -> None:
    ours = {name for name, load in find_factories().items() if load().__module__.startswith("listener.")}
    # A platform with keys has a page of its own.
    apart = {page.stem for page in (DOCS / "platforms").glob("*.md")}
    assert ours - apart == set(BUILT_IN) - {"webhook"}


def test_every_field_of_a_row_is_told_of() -> None:
    known = [*NAMES, *METRICS, *(alias for aliases in NAMES.values() for alias in aliases)]
    assert [name for name in known if f"`{name}`" not in PAGE] == []


def test_the_numbers_are_the_programs() -> None:
    assert f"{TEXT_CAP:,} characters" in PAGE
    assert f"{searching.CAP} at most" in PAGE
    assert f"{webhook.BODY_CAP // 2**20} MB or {webhook.POSTS_CAP:,} posts" in PAGE
    assert (REST.total_seconds(), hackernews.OVERLAP.total_seconds()) == (10, 900)
    assert "ten seconds" in PAGE
    assert "quarter of an hour" in PAGE
