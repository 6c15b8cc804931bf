"""Telling a transaction pooler from a server."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from runtime.pooling import is_pooled, shares_processes
from storage.database import Database
from tests import parts


class Scalar:
    def __init__(self, value: int) -> None:
        self._value = value

    def scalar(self) -> int:
        return self._value


class Client:
    """A client whose statements are served by whatever process `lend` gives."""

    def __init__(self, lend: Callable[[], int]) -> None:
        self._lend = lend

    def execute(self, _statement: sa.TextClause, /) -> Any:
        return Scalar(self._lend())


def test_a_pooler_that_reuses_the_last_process() -> None:
    assert shares_processes(Client(lambda: 7), Client(lambda: 7))


def test_a_pooler_that_goes_round() -> None:
    processes = iter([1, 2, 3, 1, 2, 2])
    assert shares_processes(Client(lambda: next(processes)), Client(lambda: next(processes)))


@pytest.mark.postgres
def test_a_server_gives_each_client_its_own(postgres_template: str) -> None:
    database = Database(parts.create_database(postgres_template, "pooling"))
    assert not is_pooled(database)
    database.close()
