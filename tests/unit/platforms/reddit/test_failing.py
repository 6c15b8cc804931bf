"""What Reddit says is wrong with a write, in an answer that looks like a success."""

from datetime import timedelta
from typing import Any

import pytest

from platforms.reddit.failing import things_in
from platforms.trouble import Trouble, TroubleKind


def wrapped(*errors: Any, **more: Any) -> dict[str, Any]:
    return {"json": {"errors": list(errors), **more}}


@pytest.mark.parametrize(("answer", "wait"), [
    (wrapped(["RATELIMIT", "Take a break for 9 minutes before trying again.", "ratelimit"]), 541),
    (wrapped(["RATELIMIT", "you are doing that too much. try again in 3 seconds.", "ratelimit"]), 4),
    (wrapped(["RATELIMIT", "try again in 2 hours.", "ratelimit"]), 7201),
    (wrapped(["RATELIMIT", "try again in 9 minutes.", "ratelimit"], ratelimit=534.2), 534.2),
    (wrapped(["RATELIMIT", "try again later.", "ratelimit"]), None),
    (wrapped(["RATELIMIT", "try again later.", "ratelimit"], ratelimit=True), None),
])  # fmt: skip
def test_a_limit_says_how_long_it_holds(answer: dict[str, Any], wait: float | None) -> None:
    with pytest.raises(Trouble) as caught:
        things_in(answer)
    assert caught.value.kind is TroubleKind.RATE_LIMITED
    assert caught.value.retry_after == (None if wait is None else timedelta(seconds=wait))


@pytest.mark.parametrize(("error", "kind"), [
    (["DELETED_COMMENT", "that comment has been deleted", "parent"], TroubleKind.GONE),
    (["USER_REQUIRED", "Please log in to do that.", None], TroubleKind.REFUSED),
    (["SOMETHING_IS_BROKEN", "Something is broken, please try again later.", None], TroubleKind.UNAVAILABLE),
    (["THREAD_LOCKED", "Comments are locked.", "parent"], TroubleKind.WRONG),
    (["A_NEW_ONE"], TroubleKind.WRONG),
    ("a plain text", TroubleKind.WRONG),
    ([], TroubleKind.WRONG),
    ({"odd": 1}, TroubleKind.WRONG),
])  # fmt: skip
def test_each_error_has_its_meaning(error: Any, kind: TroubleKind) -> None:
    with pytest.raises(Trouble) as caught:
        things_in(wrapped(error, ["ANOTHER", "too"]))
    assert caught.value.kind is kind


@pytest.mark.parametrize("answer", [{}, [], None, {"json": None}, {"jquery": []}])
def test_an_answer_that_says_nothing_of_the_write_leaves_it_unknown(answer: Any) -> None:
    with pytest.raises(Trouble) as caught:
        things_in(answer)
    assert caught.value.kind is TroubleKind.UNAVAILABLE


@pytest.mark.parametrize(("data", "found"), [
    ({"things": [{"kind": "t1", "data": {"name": "t1_a"}}]}, [{"name": "t1_a"}]),
    ({"things": []}, []), ({"things": ["x", {"data": 3}]}, []), ({"things": {"a": 1}}, []), ({}, []), (None, []),
])  # fmt: skip
def test_what_a_write_made_is_found(data: Any, found: list[Any]) -> None:
    assert things_in(wrapped(data=data)) == found
