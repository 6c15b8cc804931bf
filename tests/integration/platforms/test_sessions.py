"""Sessions of `requests` stay out of private networks, also where a name changes its mind after it was checked."""

import socket
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from platforms.reach import Reach
from platforms.sessions import guarded_session
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
