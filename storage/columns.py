"""Columns as the migrations write them; what stands here never changes, since they are run again on new databases."""

import sqlalchemy as sa


def one_of(*values: str, name: str) -> sa.Enum:
    """Return the type of a column of words that holds only these, kept by a CHECK constraint."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
