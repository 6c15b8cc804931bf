"""Instants come back aware and equal, and one without a zone never goes in."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.dialects.sqlite import pysqlite

from domain.errors import InvalidInput
from storage.tables.base import UtcDateTime

ZONES = st.timedeltas(timedelta(hours=-14), timedelta(hours=14)).map(
    lambda offset: timezone(timedelta(minutes=offset // timedelta(minutes=1)))
)
INSTANTS = st.datetimes(datetime(1970, 1, 2), datetime(9000, 1, 1), timezones=ZONES)  # noqa: DTZ001 - the zone is drawn

DIALECTS: tuple[Dialect, ...] = (pysqlite.SQLiteDialect_pysqlite(), psycopg.PGDialect_psycopg())  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("dialect", DIALECTS, ids=["sqlite", "postgresql"])
@given(instant=INSTANTS)
def test_an_instant_comes_back_equal_and_in_utc(dialect: Dialect, instant: datetime) -> None:
    column = UtcDateTime()
    kept = column.process_bind_param(instant, dialect)
    found = column.process_result_value(kept, dialect)
    assert found == instant
    assert found is not None
    assert found.tzinfo is UTC


@pytest.mark.parametrize("dialect", DIALECTS, ids=["sqlite", "postgresql"])
def test_a_time_without_a_zone_is_refused(dialect: Dialect) -> None:
    with pytest.raises(InvalidInput, match="no time zone"):
        UtcDateTime().process_bind_param(datetime(2026, 11, 18, 10), dialect)  # noqa: DTZ001 - that is the point
    assert UtcDateTime().process_bind_param(None, dialect) is None
    assert UtcDateTime().process_result_value(None, dialect) is None
