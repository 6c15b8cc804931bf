"""What Bluesky's errors mean: by their names where the status alone misleads."""

from datetime import timedelta

import pytest

from platforms.bluesky.client import NoRecord, StaleToken, trouble_of_answer
from platforms.trouble import TroubleKind
from tests.conftest import NOW


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, b'{"error":"InvalidRequest","message":"Invalid cursor"}', TroubleKind.WRONG),
        (400, b'{"error":"NotFound","message":"Post not found"}', TroubleKind.GONE),
        (400, b'{"error":"HandleNotFound"}', TroubleKind.GONE),
        (400, b'{"error":"InvalidRequest","message":"Could not find repo: did:plc:x"}', TroubleKind.GONE),
        (400, b'{"error":"AccountTakedown","message":"Account has been taken down"}', TroubleKind.REFUSED),
        (401, b'{"error":"AuthenticationRequired","message":"Invalid identifier or password"}', TroubleKind.REFUSED),
        (401, b'{"error":"AuthFactorTokenRequired"}', TroubleKind.REFUSED),
        (403, b"[]", TroubleKind.REFUSED),
        (402, b"", TroubleKind.SPENT),
        (429, b"<html>", TroubleKind.RATE_LIMITED),
        (302, b"", TroubleKind.WRONG),
        (500, b'"text"', TroubleKind.UNAVAILABLE),
        (502, b'{"error":"UpstreamFailure"}', TroubleKind.UNAVAILABLE),
        (503, b"<html>", TroubleKind.UNAVAILABLE),
    ],
)
def test_a_status_and_a_name_are_a_kind_of_trouble(status: int, body: bytes, kind: TroubleKind) -> None:
    trouble = trouble_of_answer(status, {}, body, now=NOW)
    assert trouble.kind is kind
    assert not isinstance(trouble, StaleToken | NoRecord)
    assert str(trouble).startswith("Bluesky ")


@pytest.mark.parametrize("name", ["ExpiredToken", "InvalidToken"])
@pytest.mark.parametrize("status", [400, 401])
def test_a_token_that_is_not_taken_any_more_is_known(name: str, status: int) -> None:
    assert isinstance(trouble_of_answer(status, {}, b'{"error":"%s"}' % name.encode(), now=NOW), StaleToken)


def test_a_record_that_is_not_there_is_known() -> None:
    assert isinstance(trouble_of_answer(400, {}, b'{"error":"RecordNotFound"}', now=NOW), NoRecord)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"ratelimit-reset": str(int(NOW.timestamp()) + 90)}, 90),
        ({"ratelimit-reset": str(int(NOW.timestamp()) - 90)}, 1),
        ({"ratelimit-reset": "soon"}, None),
    ],
)
def test_a_limit_is_obeyed_as_it_is_told(headers: dict[str, str], wait: int | None) -> None:
    trouble = trouble_of_answer(429, headers, b"{}", now=NOW)
    assert trouble.retry_after == (None if wait is None else timedelta(seconds=wait))
