"""The rules behind stage and tier, apart from any database so that they can be read and tested by themselves."""

from collections.abc import Collection

from config.brand.profile import Profile
from domain.labels import Stage, Tier

ADVOCACY_PRAISES = 3
ADVOCACY_WEEKS = 2
# Praise and complaints of so many weeks say whether somebody is an advocate; what is older doesn't.
ADVOCACY_SPAN = 13
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


def speaks_well(*, praises: int, weeks: int, complaints: int) -> bool:
    """Say whether so much praise, in so many weeks of the last thirteen, is more than one good day.

    Who complains as often as they praise doesn't recommend us, and no digest may say so.
    """
    return praises >= ADVOCACY_PRAISES and weeks >= ADVOCACY_WEEKS and praises > complaints


def tier_for(stage: Stage, *, followers: int, mentions: int) -> Tier:
    """Return somebody's tier by what can be seen from outside: an advocate or a loud voice is gold, a regular iron."""
    if stage is Stage.ADVOCACY or followers >= REACHES_MANY:
        return Tier.GOLD
    return Tier.IRON if mentions >= 2 else Tier.LEAD


def is_about(queries: Collection[str], rivals: Collection[str]) -> bool:
    """Say whether a mention is about the brand, by the queries that it matched, and not about rivals alone."""
    return not queries or any(name not in rivals for name in queries)


def rival_queries(profile: Profile) -> frozenset[str]:
    """Return the names of the queries that watch rivals: praise for a rival is no praise for the brand."""
    return frozenset(query.name for query in profile.queries if query.rival)
