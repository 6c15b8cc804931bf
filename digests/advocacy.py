"""Who was an advocate at the end of a week: by what they said in the thirteen weeks up to it, and nothing else."""

from collections import defaultdict

from digests.material import Material, SpokeRow
from domain.time import Week
from people.rules import ADVOCACY_SPAN, speaks_well


def advocates_in(material: Material, week: Week) -> frozenset[int]:
    """Return the people who were advocates at the end of a week."""
    first, last = week.shift(1 - ADVOCACY_SPAN).monday, week.monday
    by_person: dict[int, list[SpokeRow]] = defaultdict(list)
    for row in material.spoke:
        if first <= row.week.monday <= last:
            by_person[row.person_id].append(row)
    return frozenset(person for person, rows in by_person.items() if _speaks_well(rows))


def _speaks_well(rows: list[SpokeRow]) -> bool:
    return speaks_well(
        praises=sum(row.praises for row in rows),
        weeks=len({row.week for row in rows if row.praises}),
        complaints=sum(row.complaints for row in rows),
    )
