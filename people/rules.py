"""The rules behind stage and tier, apart from any database so that they can be read and tested by themselves."""

from config.brand.profile import Profile
from domain.labels import Stage, Tier

ADVOCACY_PRAISES = 3
ADVOCACY_WEEKS = 2
REACHES_MANY = 10_000
REGULAR = 5

_ORDER = tuple(Stage)


def stage_after(current: Stage, *, mentions: int, praises: int, complaints: int, is_advocate: bool) -> Stage:
    """Return where in the life cycle somebody stands; nobody falls back to an earlier stage by speaking once more.

    Who spoke once is reached; who came back is being developed; who came back often and doesn't mostly complain is
    retained; an advocate is an advocate.
    """
    if is_advocate:
        found = Stage.ADVOCACY
    elif mentions >= REGULAR and praises >= complaints:
        found = Stage.RETENTION
    elif mentions >= 2:
        found = Stage.DEVELOPMENT
    else:
        found = Stage.REACH
    return max(current, found, key=_ORDER.index)


def tier_for(stage: Stage, *, followers: int, mentions: int) -> Tier:
    """Return somebody's tier by what can be seen from outside: an advocate or a loud voice is gold, a regular iron."""
    if stage is Stage.ADVOCACY or followers >= REACHES_MANY:
        return Tier.GOLD
    return Tier.IRON if mentions >= 2 else Tier.LEAD


def rival_queries(profile: Profile) -> frozenset[str]:
    """Return the names of the queries that watch rivals: praise for a rival is no praise for the brand."""
    return frozenset(query.name for query in profile.queries if query.rival)
