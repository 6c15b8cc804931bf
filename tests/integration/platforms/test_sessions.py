"""Sessions of `requests` stay out of private networks, also where a name changes its mind after it was checked."""

import gzip
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from platforms.reach import Reach
from platforms.sessions import guarded_session, trouble_of_request
from platforms.trouble import Trouble, TroubleKind
from simulators.loopback import Answer, Request, serve


def test_a_name_that_changes_its_mind_gets_no_request(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Request] = []

    def answer(request: Request) -> Answer:
        asked.append(request)
        return Answer(body=b"{}")

    real, told = socket.getaddrinfo, iter(["93.184.216.34"])

    def rebind(host: str, port: int, *args: Any, **more: Any) -> Any:
        return real(next(told, "127.0.0.1") if host == "moving.example" else host, port, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebind)
    with serve(answer) as address:
        url = f"http://moving.example:{urlsplit(address).port}/"
        with (
            guarded_session(Reach(timeout=timedelta(seconds=2)), noun="It") as session,
            pytest.raises(Trouble) as told_so,
        ):
            session.post(url, data=b"secret")
    assert (told_so.value.kind, told_so.value.reached) == (TroubleKind.REFUSED, False)
    assert asked == []


def test_private_networks_are_reached_where_that_is_allowed() -> None:
    with (
        serve(lambda _: Answer(body=b"{}")) as address,
        guarded_session(Reach(allow_private=True), noun="It") as session,
    ):
        assert session.get(address).json() == {}


def _for_ever() -> Iterator[bytes]:
    while True:
        yield b"x" * 1024
        time.sleep(0.002)


@pytest.mark.parametrize("most", [10_000, 10**9])
def test_a_body_without_end_is_given_up(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platforms.sessions.MOST_BYTES", most)
    reach = Reach(allow_private=True, timeout=timedelta(seconds=0.3))
    with serve(lambda _: Answer(parts=_for_ever())) as address, guarded_session(reach, noun="It") as session:
        session.hooks["response"].append(lambda response, **_: response.content)
        began = time.monotonic()
        with pytest.raises(requests.RequestException) as failed:
            session.get(address)
    assert time.monotonic() - began < 3
    assert trouble_of_request(failed.value, noun="It").reached


def test_a_packed_body_is_read_whole_and_one_that_breaks_off_is_no_answer() -> None:
    packed = gzip.compress(b'{"a": "' + b"x" * 200_000 + b'"}')
    answers = [
        Answer(body=packed, headers={"Content-Encoding": "gzip", "Content-Length": str(len(packed))}),
        Answer(body=packed[:100], headers={"Content-Encoding": "gzip", "Content-Length": str(len(packed))}),
    ]  # fmt: skip
    with (
        serve(lambda _: answers.pop(0)) as address,
        guarded_session(Reach(allow_private=True), noun="It") as session,
    ):
        assert len(session.get(address).json()["a"]) == 200_000
        with pytest.raises(requests.RequestException):
            session.get(address)
