"""Fetching over real sockets on loopback: what is refused, capped, cut short or sent on."""

import gzip
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from listener.http import Fetcher, FetchFailed, Limits
from platforms.addresses import AddressRefused, HostNotFound, resolve
from simulators.loopback import Answer, Request, serve

INSIDE = Limits(allow_private=True, timeout=timedelta(seconds=2), max_body=100_000)


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f000001", "127.1", "017700000001", "localhost", "::1"])
def test_every_spelling_of_this_machine_is_refused(host: str) -> None:
    with pytest.raises(AddressRefused, match="allow_private"):
        resolve(host, 80, allow_private=False)
    assert resolve(host, 80, allow_private=True)


def test_a_name_without_an_address_says_so() -> None:
    with pytest.raises(HostNotFound):
        resolve("a" * 70 + ".invalid", 80, allow_private=False)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://[::ffff:127.0.0.1]/", "http://2130706433/", "http://localhost:1/"]
)
def test_a_fetch_from_inside_fails_for_good(url: str) -> None:
    with pytest.raises(FetchFailed, match="private network") as caught:
        Fetcher().get(url)
    assert not caught.value.retry


def fetch(answer: Answer, limits: Limits = INSIDE) -> bytes:
    with serve(lambda _: answer) as address:
        fetcher = Fetcher(limits)
        try:
            return fetcher.get(f"{address}/feed").body
        finally:
            fetcher.close()


def test_a_body_comes_back_without_its_compression() -> None:
    body = b"<rss/>" * 100
    assert fetch(Answer(headers={"Content-Encoding": "gzip"}, body=gzip.compress(body))) == body


@pytest.mark.parametrize(
    "answer",
    [Answer(body=b"x" * 200_000),
     Answer(headers={"Content-Encoding": "gzip"}, body=gzip.compress(b"\0" * 200_000_000, compresslevel=1))],
    ids=["large", "bomb"],
)  # fmt: skip
def test_a_body_is_capped_also_when_compressed(answer: Answer) -> None:
    with pytest.raises(FetchFailed, match="larger than") as caught:
        fetch(answer)
    assert not caught.value.retry


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_damaged_body_is_tried_again(coding: str) -> None:
    with pytest.raises(FetchFailed, match="damaged") as caught:
        fetch(Answer(headers={"Content-Encoding": coding}, body=b"not compressed at all"))
    assert caught.value.retry


def test_a_compression_that_nobody_asked_for_is_refused() -> None:
    with pytest.raises(FetchFailed, match="didn't ask for"):
        fetch(Answer(headers={"Content-Encoding": "br"}, body=b"x"))


def test_a_body_that_drips_is_cut_off() -> None:
    def drip() -> Iterator[bytes]:
        for _ in range(100):
            yield b"x"
            time.sleep(0.05)

    started = time.monotonic()
    with pytest.raises(FetchFailed, match="too long") as caught:
        fetch(Answer(parts=drip()), Limits(allow_private=True, timeout=timedelta(seconds=0.4)))
    assert caught.value.retry
    assert time.monotonic() - started < 3


def test_a_redirect_is_followed_and_a_circle_is_not() -> None:
    def respond(request: Request) -> Answer:
        if request.path == "/circle":
            return Answer(status=302, headers={"Location": "/circle"})
        return Answer(status=301, headers={"Location": "/end"}) if request.path == "/start" else Answer(body=b"end")

    with serve(respond) as address:
        fetcher = Fetcher(INSIDE)
        answer = fetcher.get(f"{address}/start")
        assert (answer.body, answer.url) == (b"end", f"{address}/end")
        with pytest.raises(FetchFailed, match="too often"):
            fetcher.get(f"{address}/circle")
        fetcher.close()


def test_the_body_of_a_redirect_is_never_read() -> None:
    def drip() -> Iterator[bytes]:
        for _ in range(100):
            yield b"x"
            time.sleep(0.05)

    def respond(request: Request) -> Answer:
        if request.path == "/bomb":
            # Not even unpacked: one that can't be is passed over.
            return Answer(
                status=302, headers={"Location": "/drip", "Content-Encoding": "gzip"}, body=b"x" * 200_000
            )  # fmt: skip
        if request.path == "/drip":
            return Answer(status=302, headers={"Location": "/end"}, parts=drip())
        return Answer(body=b"end")

    with serve(respond) as address:
        fetcher = Fetcher(INSIDE)
        started = time.monotonic()
        assert fetcher.get(f"{address}/bomb").body == b"end"
        assert time.monotonic() - started < 2
        fetcher.close()


def test_redirects_share_the_time_of_one_answer() -> None:
    seconds = iter(range(0, 100, 3))
    with serve(lambda _: Answer(status=302, headers={"Location": "/on"})) as address:
        fetcher = Fetcher(Limits(allow_private=True, timeout=timedelta(seconds=5)), monotonic=lambda: next(seconds))
        with pytest.raises(FetchFailed, match="for too long") as caught:
            fetcher.get(address)
        fetcher.close()
    assert caught.value.retry


def test_nobody_listening_is_tried_again() -> None:
    with serve(lambda _: Answer()) as address:
        pass
    with pytest.raises(FetchFailed, match="can't be reached") as caught:
        Fetcher(INSIDE).get(address)
    assert caught.value.retry
