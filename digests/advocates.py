"""Who spoke well of the brand this week, what they said, and whether anybody thanked them."""

from collections import defaultdict

from digests.advocacy import advocates_in
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
    # Whether a thank-you is wanted: they can be answered where they praised, and didn't ask us not to.
    wanted: bool = True

    @property
    def owed(self) -> bool:
        """True while a thank-you is owed."""
        return self.wanted and not self.thanked


class Advocates(Section):
    """The people who praised the brand this week, advocates first; `others` more aren't listed.

    `owed` had no thanks though they may be thanked, `owed_advocates` of them are advocates.
    """

    total: int
    new: int
    speakers: tuple[Speaker, ...]
    others: int
    praising: int
    thanked: int
    owed: int = 0
    owed_advocates: int = 0


def compute_advocates(frame: Frame, material: Material) -> Advocates:
    """Return who praised the brand in the week: advocates, then the newest of the others."""
    loyal = advocates_in(material, frame.week)
    new = loyal - advocates_in(material, frame.week.shift(-1))
    by_person: dict[int, list[Said]] = defaultdict(list)
    for said in praise_of(frame, material):
        by_person[said.person_id].append(said)
    speakers = [
        _speaker(frame, person, said, advocate=person in loyal, new=person in new) for person, said in by_person.items()
    ]
    speakers.sort(key=lambda s: (not s.advocate, not s.new, not s.owed, -s.praises, -max(s.mention_ids, default=0)))
    named = tuple(speakers[:MOST_NAMED])
    return Advocates(
        total=len(loyal), new=len(new), speakers=named, others=len(speakers) - len(named), praising=len(speakers),
        thanked=sum(speaker.thanked for speaker in speakers), owed=sum(speaker.owed for speaker in speakers),
        owed_advocates=sum(speaker.owed and speaker.advocate for speaker in speakers),
    )  # fmt: skip


def praise_of(frame: Frame, material: Material) -> list[Said]:
    """Return the week's praise of the brand, the newest first."""
    return [
        said for said in material.said
        if said.intent is Intent.PRAISE and said.posted_at >= frame.since and frame.is_own(said.queries)
    ]  # fmt: skip


def _speaker(frame: Frame, person_id: int, said: list[Said], *, advocate: bool, new: bool) -> Speaker:
    best = sorted(said, key=lambda each: (each.toxic, not is_quotable(each), -each.posted_at.timestamp()))
    quoted = best[: MOST_QUOTED if advocate else 1]
    return Speaker(
        person_id=person_id,
        mention_ids=tuple(each.mention_id for each in quoted),
        praises=len(said),
        advocate=advocate,
        new=new,
        thanked=any(each.answered_at is not None for each in said),
        wanted=any(frame.wants_answer(each) for each in said),
    )


def is_quotable(said: Said) -> bool:
    """Say whether a post is long enough to say something and short enough to be read."""
    return 30 <= said.length <= 400
