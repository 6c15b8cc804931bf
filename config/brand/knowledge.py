"""What the brand sells, what it may state, what it may promise."""

from datetime import date

from pydantic import Field

from config.base import Part
from config.brand.wording import Worded
from config.names import Identifier
from config.places import WebAddress


class Product(Part):
    """Something the brand sells, and what people call it."""

    id: Identifier = Field(description="A short name that stays the same.")
    name: str = Field(min_length=1, description="Its name, as replies write it.")
    aliases: tuple[str, ...] = Field(default=(), description="Other words people use for it, misspellings too.")
    url: WebAddress | None = Field(default=None, description="Its page.")


class Fact(Worded):
    """Something true that a reply may state; what isn't listed is never stated."""

    id: Identifier = Field(description="The id that canned responses cite as {fact:ID}.")
    valid_until: date | None = Field(default=None, description="The last day it is true; never stated after it.")

    def holds_on(self, day: date) -> bool:
        """Say whether the fact may be stated on `day`."""
        return self.valid_until is None or day <= self.valid_until


class Promise(Worded):
    """Something the brand commits to and can keep; what isn't listed is never promised."""

    id: Identifier = Field(description="The id that canned responses cite as {promise:ID}.")
    valid_until: date | None = Field(default=None, description="The last day it may be given.")

    def holds_on(self, day: date) -> bool:
        """Say whether the promise may be given on `day`."""
        return self.valid_until is None or day <= self.valid_until
