"""A cursor comes back from an address exactly as it went in, and pages lose and repeat nothing."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from storage.queries.paging import Cursor, KeyOf, Part, cut

INSTANTS = st.datetimes(timezones=st.just(UTC))
PARTS = st.lists(st.one_of(st.integers(), st.text(), INSTANTS), min_size=1, max_size=4).map(tuple)


@given(parts=PARTS)
def test_a_cursor_survives_an_address(parts: tuple[Part, ...]) -> None:
    text = Cursor(parts).encode()
    assert re.fullmatch(r"[A-Za-z0-9_-]*", text)
    assert Cursor.decode(text, shape=tuple(type(part) for part in parts)) == Cursor(parts)


@given(text=st.text(max_size=60))
def test_any_other_text_is_refused_with_a_sentence(text: str) -> None:
    try:
        cursor = Cursor.decode(text, shape=(datetime, int))
    except InvalidInput as error:
        assert "first page" in str(error)
    else:
        assert [type(part) for part in cursor.parts] == [datetime, int]


def test_a_cursor_of_another_list_is_refused() -> None:
    text = Cursor((1, 2)).encode()
    with pytest.raises(InvalidInput, match="another list"):
        Cursor.decode(text, shape=(datetime, int))
    with pytest.raises(InvalidInput, match="another list"):
        Cursor.decode(Cursor((True, 2)).encode(), shape=(int, int))


@dataclass(frozen=True)
class _Item:
    rank: int
    id: int


@given(count=st.integers(0, 30), limit=st.integers(1, 12))
def test_pages_put_together_are_the_list(count: int, limit: int) -> None:
    items = [_Item(rank=number // 3, id=number) for number in range(count)]
    seen: list[_Item] = []
    after: Cursor | None = None
    while True:
        left = [item for item in items if after is None or (item.rank, item.id) > after.parts]
        page = cut(left[: limit + 1], limit=limit, key=KeyOf("rank", "id"))
        seen += page.items
        assert len(page.items) <= limit
        if page.next is None:
            break
        after = page.next
    assert seen == items
