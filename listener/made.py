"""Ids that Earnest made up, for rows that brought none or one too long to keep: no platform knows them."""

import re
from typing import Final

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

ROW: Final = "row-"
ROW_WIDTH: Final = 24
LONG: Final = "sha256:"
LONG_WIDTH: Final = 64
_MADE: Final = re.compile(f"{ROW}[0-9a-f]{{{ROW_WIDTH}}}|{LONG}[0-9a-f]{{{LONG_WIDTH}}}")


def is_made(external_id: str) -> bool:
    """Say whether Earnest made an id up; its platform, asked about it, would say that the post is gone."""
    return _MADE.fullmatch(external_id) is not None


def not_made(column: InstrumentedAttribute[str]) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that leave made-up ids out of a query."""
    return column.not_like(ROW + "_" * ROW_WIDTH), column.not_like(LONG + "_" * LONG_WIDTH)
