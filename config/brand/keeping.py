"""How long a brand's posts are kept, where that differs from the operator's settings."""

from pydantic import Field

from config.base import Part
from config.durations import Duration
from config.names import PlatformName


class Keeping(Part):
    """How long this brand's posts are kept; the operator's retention where a line is left out."""

    mentions: Duration | None = Field(default=None, description="Mentions and what grew from them.")
    filed: Duration | None = Field(default=None, description="Mentions of intent other that nobody used.")
    platforms: dict[PlatformName, Duration] = Field(
        default_factory=dict,
        description="The longest that mentions of one platform are kept, such as reddit: 90d; it shortens the others.",
    )
