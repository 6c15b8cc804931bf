"""A text in one language or several."""

from typing import Self

from pydantic import Field, model_validator

from config.base import Part, wrong
from config.places import Language

EVERY = "mul"  # ISO 639's word for several languages: a telephone number reads the same in all


class Wording(Part):
    """A text in the brand's first language (or in `language`), and the same in others."""

    text: str = Field(
        default="", description="The text, in the brand's first language unless `language` says otherwise."
    )
    language: Language | None = Field(
        default=None, description="The language of `text`, if not the brand's first; mul if it suits every language."
    )
    texts: dict[Language, str] = Field(
        default_factory=dict, description="The same in other languages, by language code."
    )

    def in_language(self, language: str, *, first: str) -> str | None:
        """Return the text in `language` or its main language (`pt` for `pt-BR`), or None where there is none.

        `first` is the brand's first language, in which `text` is written unless it says otherwise.
        """
        own = self.language or first
        if self.text and own == EVERY:
            return self.texts.get(language) or self.text
        known = {own: self.text, **self.texts} if self.text else dict(self.texts)
        by_main = {tag.partition("-")[0]: text for tag, text in reversed(known.items())}
        return known.get(language) or by_main.get(language.partition("-")[0])

    def languages(self, *, first: str) -> tuple[str, ...]:
        """Return the languages in which there is a text, the main one first."""
        own = (self.language or first,) if self.text else ()
        return tuple(dict.fromkeys((*own, *self.texts)))


class Worded(Wording):
    """A wording that has at least one text."""

    @model_validator(mode="after")
    def _need_text(self) -> Self:
        if not self.text and not any(self.texts.values()):
            raise wrong("There is no text.", "Write text: in the brand's first language, or texts: by language code.")
        return self
