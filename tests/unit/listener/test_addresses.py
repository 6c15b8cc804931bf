"""Addresses inside are refused, however they are written."""

import socket
from ipaddress import ip_address

import httpx
import pytest

from listener.http import Fetcher, FetchFailed
from platforms.addresses import AddressRefused, is_public, resolve
from platforms.transport import CheckedTransport
from platforms.trouble import retry_after
from tests.conftest import NOW


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104
     "255.255.255.255", "224.0.0.1", "240.0.0.1", "192.0.2.1", "198.18.0.1", "::", "::1", "fe80::1", "fc00::1",
     "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1",
     "64:ff9b::a9fe:a9fe",
     "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "fec0::1", "2001:db8::1", "::ffff:0:127.0.0.1"],
)  # fmt: skip
def test_inside(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_outside(address: str) -> None:
    assert is_public(ip_address(address))


def test_a_name_that_points_both_ways_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(2, 1, 6, "", ("1.1.1.1", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(AddressRefused):
        resolve("both.example", 80, allow_private=False)


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([[(2, 1, 6, "", ("1.1.1.1", 443))], [(2, 1, 6, "", ("127.0.0.1", 443))]])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: next(answers))
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(302, headers={"Location": "https://feed.example/again"})

    transport = CheckedTransport(allow_private=False, inner=httpx.MockTransport(answer))
    with httpx.Client(transport=transport, follow_redirects=True) as client, pytest.raises(AddressRefused):
        client.get("https://feed.example/first")
    # The second hop's name has moved inside: it was refused before a request was made.
    assert [request.url.host for request in seen] == ["1.1.1.1"]
    assert seen[0].headers["host"] == "feed.example"
    assert seen[0].extensions["sni_hostname"] == "feed.example"


def test_an_address_that_is_silent_leaves_time_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(10, 1, 6, "", ("2606:4700:4700::1111", 443)), (2, 1, 6, "", ("1.1.1.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    patience: list[float] = []

    def answer(request: httpx.Request) -> httpx.Response:
        patience.append(request.extensions["timeout"]["connect"])
        if ":" in request.url.host:
            raise httpx.ConnectTimeout("No route.", request=request)
        return httpx.Response(200, content=b"ok")

    transport = CheckedTransport(allow_private=False, inner=httpx.MockTransport(answer))
    with httpx.Client(transport=transport, timeout=20) as client:
        assert client.get("https://feed.example/").content == b"ok"
    assert patience == [10, 10]


@pytest.mark.parametrize("url", ["ftp://example.com/", "file:///etc/passwd", "http://", "nonsense", "http://[::1"])
def test_what_is_no_web_address_fails_for_good(url: str) -> None:
    with pytest.raises(FetchFailed) as caught:
        Fetcher().get(url)
    assert not caught.value.retry


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120), ("Wed, 18 Nov 2026 10:05:00 GMT", 300), ("Wed, 18 Nov 2026 09:00:00 GMT", 0), ("soon", None),
     (None, None), ("-5", None), ("Mon, 01 Jan 99999999999 00:00:00 GMT", None)],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(value: str | None, seconds: int | None) -> None:
    wait = retry_after(value, now=NOW)
    assert (None if wait is None else wait.total_seconds()) == seconds
