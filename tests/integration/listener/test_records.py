"""What a platform demands before it may be read, records and a budget in its currency, is asked for at one place."""

from pathlib import Path
from typing import Any

import pytest

from config.secrets import Secrets
from domain.posts import SignalKind
from domain.states import SourceState
from listener.collection import CollectionReport, collect_source
from listener.collectors.memory import MemoryCollector
from listener.context import Collectors, Factory
from listener.http import Fetcher
from platforms.registry import installed
from tests.integration.listener.home import Home, open_home, post

DEMANDING = sorted(name for name, facts in installed().items() if facts.demands_to_read)


def read(
    home: Home, folder: Path, platform: str, records: dict[str, str], **more: str
) -> tuple[Home, CollectionReport]:  # fmt: skip
    """Read a source of the platform with these records through a collector that needs nothing."""

    def build(_source: Any, /, *, context: Any) -> MemoryCollector:
        return MemoryCollector([post(1)])

    def load() -> Factory:
        return build

    told_apart = "".join([*records.values(), *more.values()])
    slug = f"tern-{len(records)}{''.join(filter(str.isalnum, told_apart))}".lower()
    source = {"id": "there", "type": platform, "records": records, **more}
    told = open_home(home.database, home.clock, slug=slug, sources=[source])
    collectors = Collectors(
        clock=home.clock, base=folder, secrets=Secrets(environ={}), fetcher=Fetcher(), factories={platform: load}
    )  # fmt: skip
    return told, collect_source(
        home.database, home.jobs, home.clock, build=collectors, source_id=told.sources["there"]
    )  # fmt: skip


def test_reddit_is_one_that_demands_something() -> None:
    assert "reddit" in DEMANDING


@pytest.mark.parametrize("platform", DEMANDING)
def test_without_the_record_nothing_is_read_and_the_way_to_it_is_told(
    sqlite_home: Home, tmp_path: Path, platform: str
) -> None:
    demands = installed()[platform].demands_to_read
    for records in ({}, {demand.key: "  " for demand in demands}):
        home, report = read(sqlite_home, tmp_path, platform, records)
        assert report.signal is not None
        assert report.signal.kind is SignalKind.MISCONFIGURED
        assert demands[0].sentence.rstrip(".") in report.signal.message
        assert f"records: {{{demands[0].key}:" in report.signal.message
        assert (report.posts.new, home.source("there").state) == (0, SourceState.STOPPED)


@pytest.mark.parametrize("platform", DEMANDING)
def test_with_the_record_it_is_read(sqlite_home: Home, tmp_path: Path, platform: str) -> None:
    records = {demand.key: "2026" for demand in installed()[platform].demands_to_read}
    _, report = read(sqlite_home, tmp_path, platform, records)
    assert (report.signal, report.posts.new) == (None, 1)


def test_a_budget_that_would_limit_nothing_is_refused(sqlite_home: Home, tmp_path: Path) -> None:
    home, report = read(sqlite_home, tmp_path, "x", {}, budget="5.00 EUR")
    assert report.signal is not None
    assert report.signal.kind is SignalKind.MISCONFIGURED
    assert report.signal.message == "X charges in USD; write the budget of the source there in it."
    assert (report.posts.new, home.source("there").state) == (0, SourceState.STOPPED)
    assert read(sqlite_home, tmp_path, "x", {}, budget="5.00 USD")[1].posts.new == 1
