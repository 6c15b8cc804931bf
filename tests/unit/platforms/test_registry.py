"""Platforms are found through their entry points: ours by name, and an outsider's like ours."""

from collections.abc import Iterator
from datetime import timedelta
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from platforms.registry import GROUP, PlatformError, capabilities_of, count_length, installed


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    installed.cache_clear()
    yield
    installed.cache_clear()


@pytest.fixture
def outsider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package that brings a platform of its own."""
    (tmp_path / "harbour.py").write_text(
        "from platforms.capabilities import Capabilities\n"
        "def half(text): return len(text) // 2\n"
        "FACTS = Capabilities(platform='harbour', name='Harbour', max_length=10, count=half, can_reply=True)\n"
        "WRONG = {'platform': 'wrong'}\n"
    )
    info = tmp_path / "harbour-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: harbour\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{GROUP}]\nharbour = harbour:FACTS\n")
    monkeypatch.syspath_prepend(tmp_path)
    return info


def test_every_entry_point_is_the_platform_it_names() -> None:
    found = installed()
    assert set(found) == {entry.name for entry in entry_points(group=GROUP)} >= {"x", "reddit", "mastodon", "bluesky"}
    for name, facts in found.items():
        assert facts.platform == name
        assert facts.name
        assert facts.lag > timedelta()
        assert facts.max_length is None or facts.count("") == 0
        assert all(price.micros >= 0 and len(price.currency) == 3 and price.source for price in facts.prices)


def test_an_outsiders_platform_counts_like_ours(outsider: Path) -> None:
    assert capabilities_of("harbour").name == "Harbour"
    assert count_length("harbour", "12345678") == 4
    assert capabilities_of("harbour").fits("x" * 21)
    assert not capabilities_of("harbour").fits("x" * 22)


def test_a_wrong_entry_point_is_named(outsider: Path) -> None:
    (outsider / "entry_points.txt").write_text(f"[{GROUP}]\nwrong = harbour:WRONG\n")
    with pytest.raises(PlatformError, match="wrong of harbour:WRONG"):
        installed()


def test_a_platform_that_nobody_described_is_answered_by_hand() -> None:
    facts = capabilities_of("carrier-pigeon")
    assert (facts.name, facts.can_reply, facts.max_length) == ("Carrier-pigeon", False, None)
    assert facts.fits("x" * 100_000)
