"""What people praise and complain about, beside the week before, each theme with a quote."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from digests.advocates import is_quotable
from digests.coverage import cover
from digests.frame import Frame
from digests.material import Material, Said
from digests.models import caveat_of, mark_models
from digests.sections import Section
from domain.labels import Intent

# One person's word is no theme yet, and it might name them.
FEWEST_PEOPLE, MOST_THEMES, CANDIDATES = 2, 6, 3


class ThemeLine(Section):
    """A theme: how many people and mentions this week, how many people last week (None: no data), posts to quote."""

    theme: str
    people: int
    mentions: int
    before: int | None
    mention_ids: tuple[int, ...]


class Themes(Section):
    """What people praise and complain about; `unnamed` mentions have no theme that two people share.

    `compared` is False where this week itself may not stand beside another.
    """

    praised: tuple[ThemeLine, ...]
    complained: tuple[ThemeLine, ...]
    praised_unnamed: int
    complained_unnamed: int
    before_note: str
    compared: bool = True


def compute_themes(frame: Frame, material: Material) -> Themes:
    """Return the week's themes of praise and of complaint, those of most people first."""
    now, before = (cover(frame, material, week) for week in (frame.week, frame.week.shift(-1)))
    since, both = frame.since, now.comparable and before.comparable
    praised, praised_unnamed = _lines(frame, material, Intent.PRAISE, since, compared=both)
    complained, complained_unnamed = _lines(frame, material, Intent.COMPLAINT, since, compared=both)
    note = caveat_of(mark_models(frame, material)[frame.week]) if both else before.note
    return Themes(
        praised=praised, complained=complained, praised_unnamed=praised_unnamed, complained_unnamed=complained_unnamed,
        before_note=note, compared=now.comparable,
    )  # fmt: skip


def _lines(
    frame: Frame, material: Material, intent: Intent, since: datetime, *, compared: bool
) -> tuple[tuple[ThemeLine, ...], int]:  # fmt: skip
    own = [said for said in material.said if said.intent is intent and frame.is_own(said.queries)]
    now = [said for said in own if said.posted_at >= since]
    then = _people(said for said in own if said.posted_at < since)
    people, posts = _people(now), _posts(now)
    shared = sorted(
        (theme for theme in people if len(people[theme]) >= FEWEST_PEOPLE),
        key=lambda theme: (-len(people[theme]), -len(posts[theme]), theme),
    )[:MOST_THEMES]
    lines = tuple(
        ThemeLine(
            theme=theme, people=len(people[theme]), mentions=len(posts[theme]),
            before=len(then.get(theme, ())) if compared else None, mention_ids=_best(posts[theme]),
        )
        for theme in shared
    )  # fmt: skip
    named = {said.mention_id for theme in shared for said in posts[theme]}
    return lines, len(now) - len(named)


def _people(said: Iterable[Said]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for each in said:
        for theme in each.themes:
            found[theme].add(each.person_id)
    return found


def _posts(said: Iterable[Said]) -> dict[str, list[Said]]:
    found: dict[str, list[Said]] = defaultdict(list)
    for each in said:
        for theme in each.themes:
            found[theme].append(each)
    return found


def _best(said: list[Said]) -> tuple[int, ...]:
    """Choose whom to quote: no abuse, neither a grunt nor an essay, about this theme above all, the newest first."""
    ranked = sorted(
        (each for each in said if not each.toxic),
        key=lambda each: (not is_quotable(each), len(each.themes), -each.posted_at.timestamp()),
    )
    return tuple(each.mention_id for each in ranked[:CANDIDATES])
