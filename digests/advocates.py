"""Who spoke well of the brand this week, what they said, and whether anybody thanked them."""

from collections import defaultdict

from digests.frame import Frame
from digests.material import Material, Said
from digests.sections import Section
from domain.labels import Intent

MOST_NAMED, MOST_QUOTED = 10, 2


class Speaker(Section):
    """Somebody who praised the brand; their name and words are filled in when the digest is shown."""

    person_id: int
    mention_ids: tuple[int, ...]
    praises: int
    advocate: bool
    new: bool
    thanked: bool


class Advocates(Section):
    """The people who praised the brand this week, advocates first; `others` more aren't listed."""

    total: int
    new: int
    speakers: tuple[Speaker, ...]
    others: int
    praising: int
    thanked: int


def compute_advocates(frame: Frame, material: Material) -> Advocates:
    """Return who praised the brand in the week: advocates, then the newest of the others."""
    until = frame.bounds(frame.week)[1]
    since_when = {row.person_id: row.since for row in material.advocates if row.since < until}
    by_person: dict[int, list[Said]] = defaultdict(list)
    for said in praise_of(frame, material):
        by_person[said.person_id].append(said)
    new = {person for person, since in since_when.items() if since >= frame.since}
    speakers = [
        _speaker(person, said, advocate=person in since_when, new=person in new) for person, said in by_person.items()
    ]
    speakers.sort(key=lambda s: (not s.advocate, not s.new, s.thanked, -s.praises, -max(s.mention_ids, default=0)))
    named = tuple(speakers[:MOST_NAMED])
    return Advocates(
        total=len(since_when), new=len(new), speakers=named, others=len(speakers) - len(named), praising=len(speakers),
        thanked=sum(speaker.thanked for speaker in speakers),
    )  # fmt: skip


def praise_of(frame: Frame, material: Material) -> list[Said]:
    """Return the week's praise of the brand, the newest first."""
    return [
        said for said in material.said
        if said.intent is Intent.PRAISE and said.posted_at >= frame.since and frame.is_own(said.queries)
    ]  # fmt: skip


def _speaker(person_id: int, said: list[Said], *, advocate: bool, new: bool) -> Speaker:
    best = sorted(said, key=lambda each: (each.toxic, not is_quotable(each), -each.posted_at.timestamp()))
    quoted = best[: MOST_QUOTED if advocate else 1]
    return Speaker(
        person_id=person_id,
        mention_ids=tuple(each.mention_id for each in quoted),
        praises=len(said),
        advocate=advocate,
        new=new,
        thanked=any(each.answered_at is not None for each in said),
    )


def is_quotable(said: Said) -> bool:
    """Say whether a post is long enough to say something and short enough to be read."""
    return 30 <= said.length <= 400
