"""How the brand speaks."""

from enum import StrEnum

from pydantic import Field

from config.base import Part
from config.places import Language


class Formality(StrEnum):
    """How people are addressed where the language makes one choose: du or Sie, tú or usted."""

    INFORMAL = "informal"
    FORMAL = "formal"


class Emoji(StrEnum):
    """How readily a reply holds an emoji: `sparing` is at most one."""

    NEVER = "never"
    SPARING = "sparing"
    FREE = "free"


class Example(Part):
    """A reply that sounds right, for people and drafters to learn the voice from."""

    said: str = Field(min_length=1, description="What a customer wrote.")
    reply: str = Field(min_length=1, description="What the brand would answer.")
    language: Language | None = Field(default=None, description="Its language; the brand's first when left out.")


class Voice(Part):
    """How the brand speaks, to people and to drafters."""

    tone: tuple[str, ...] = Field(
        default=("warm", "plain", "honest"),
        description="A few words for how the brand sounds.",
    )
    do: tuple[str, ...] = Field(default=(), description="What a reply should do, one habit an entry.")
    dont: tuple[str, ...] = Field(default=(), description="What a reply must not do, one habit an entry.")
    avoid: tuple[str, ...] = Field(
        default=(),
        description="Words and phrases that never appear in a reply; a draft that holds one is refused.",
    )
    sign_off: str = Field(default="", description="What ends a reply, such as “Mia at Kestrel”; empty for none.")
    sign_offs: dict[Language, str] = Field(
        default_factory=dict,
        description="The sign-off in other languages, by language code.",
    )
    formality: dict[Language, Formality] = Field(
        default_factory=dict,
        description="How people are addressed, by language; informal where not said.",
    )
    emoji: Emoji = Field(default=Emoji.SPARING, description="How readily replies hold emoji.")
    examples: tuple[Example, ...] = Field(default=(), description="Replies that sound right.")

    def sign_off_in(self, language: str) -> str:
        """Return the sign-off for a language: its own, that of its main language, or the general one."""
        main = language.partition("-")[0]
        return self.sign_offs.get(language) or self.sign_offs.get(main) or self.sign_off
