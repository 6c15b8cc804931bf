"""The base of every part of a digest's snapshot: frozen, JSON-able, readable by later versions."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A part of the snapshot; fields that a later version added are left out when an earlier one reads it."""

    model_config = ConfigDict(extra="ignore", frozen=True)
