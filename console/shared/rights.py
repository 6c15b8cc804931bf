"""What each role may do at the desk; everybody who belongs to a brand may read all of it."""

from enum import StrEnum

from domain.labels import Role


class Right(StrEnum):
    """Something that not every member may do."""

    REVIEW = "review drafts"
    REVIEW_CASES = "review drafts of cases"
    WORK_CASES = "work on cases"
    CORRECT = "correct the model"
    KNOW = "change what is known of people"
    MEND = "mend replies and sources"
    MAIL = "resend digests"
    SETTLE = "edit the profile"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ADMIN: frozenset(Right),
    Role.COMMUNITY_MANAGER: frozenset(Right) - {Right.MAIL, Right.SETTLE},
    Role.SUPPORT: frozenset({Right.REVIEW_CASES, Right.WORK_CASES, Right.CORRECT, Right.KNOW}),
    Role.MARKETING: frozenset({Right.MAIL}),
}


def rights_of(roles: frozenset[Role]) -> frozenset[Right]:
    """Return everything that somebody with these roles may do."""
    return frozenset().union(*(RIGHTS[role] for role in roles))
