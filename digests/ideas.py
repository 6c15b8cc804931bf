"""Ideas of customers, with who had them."""

from digests.frame import Frame
from digests.material import Material
from digests.sections import Section

MOST_LISTED = 10


class IdeaLine(Section):
    """One idea; its words and its author's name are filled in when the digest is shown."""

    mention_id: int
    person_id: int | None
    theme: str | None
    answered: bool
    # Whether an answer is wanted: they can be answered there, and didn't ask us not to.
    wanted: bool = True


class Ideas(Section):
    """The week's ideas, the newest first; `others` more aren't listed, `waiting` had no answer and may have one."""

    total: int
    listed: tuple[IdeaLine, ...]
    others: int
    credited: int
    waiting: int = 0


def compute_ideas(frame: Frame, material: Material) -> Ideas:
    """Return the ideas that customers had in the week, and how many had an answer."""
    rows = [row for row in material.ideas if frame.since <= row.posted_at < frame.until]
    listed = tuple(
        IdeaLine(
            mention_id=row.mention_id, person_id=row.person_id, theme=row.theme, answered=row.answered,
            wanted=frame.wants_answer(row),
        )
        for row in rows[:MOST_LISTED]
    )  # fmt: skip
    return Ideas(
        total=len(rows), listed=listed, others=len(rows) - len(listed), credited=sum(row.answered for row in rows),
        waiting=sum(frame.wants_answer(row) and not row.answered for row in rows),
    )  # fmt: skip
