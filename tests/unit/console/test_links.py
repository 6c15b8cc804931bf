"""Addresses from outside, and the way on after logging in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.shared.links import local_path, safe_url


@pytest.mark.parametrize("url", ["https://x.example/1?a=b", "http://forum.example", " https://x.example/ "])
def test_web_addresses_pass(url: str) -> None:
    assert safe_url(url) == url.strip()


@pytest.mark.parametrize(
    "url",
    [
        None, "", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "//evil.example", "/path", "https:",
        "vbscript:x", "file:///etc/passwd", "https://[::1", "java\nscript:alert(1)",
    ],
)  # fmt: skip
def test_all_others_are_dropped(url: str | None) -> None:
    assert safe_url(url) is None


@given(st.text())
def test_whatever_passes_begins_with_a_web_scheme(url: str) -> None:
    found = safe_url(url)
    assert found is None or found.lower().startswith(("http://", "https://"))


@pytest.mark.parametrize("path", ["/b/tern/queue", "/b/tern/queue?state=approved#x", "/"])
def test_own_paths_are_gone_to(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [None, "", "b/tern", "//evil.example", "/\\evil.example", "https://evil.example", "/a\nb", "/\t/evil.example"],
)
def test_nothing_leads_off_the_desk(path: str | None) -> None:
    assert local_path(path) == "/"
