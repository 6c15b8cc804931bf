"""Stage and tier never go the wrong way, and praise for a rival is told from praise for the brand."""

from hypothesis import given
from hypothesis import strategies as st

from config.brand.profile import Profile
from domain.labels import Stage, Tier
from people.rules import REACHES_MANY, REGULAR, is_about, rival_queries, speaks_well, stage_after, tier_for
from tests.rows import PROFILE

STAGES = list(Stage)
counts = st.integers(min_value=0, max_value=50)


@given(current=st.sampled_from(STAGES), mentions=counts, praises=counts, complaints=counts, advocate=st.booleans())
def test_nobody_falls_back(*, current: Stage, mentions: int, praises: int, complaints: int, advocate: bool) -> None:
    stage = stage_after(current, mentions=mentions, praises=praises, complaints=complaints, is_advocate=advocate)

    assert STAGES.index(stage) >= STAGES.index(current)
    assert (stage is Stage.ADVOCACY) == (advocate or current is Stage.ADVOCACY)


def test_stages_by_how_often_somebody_speaks() -> None:
    def after(mentions: int, praises: int = 0, complaints: int = 0) -> Stage:
        return stage_after(
            Stage.REACH, mentions=mentions, praises=praises, complaints=complaints, is_advocate=False
        )  # fmt: skip

    assert after(1) is Stage.REACH
    assert after(2) is Stage.DEVELOPMENT
    assert after(REGULAR, praises=3, complaints=2) is Stage.RETENTION
    assert after(REGULAR, praises=1, complaints=4) is Stage.DEVELOPMENT


@given(stage=st.sampled_from(STAGES), followers=st.integers(0, 10**7), mentions=st.integers(0, 100))
def test_no_rule_gives_platinum(stage: Stage, followers: int, mentions: int) -> None:
    tier = tier_for(stage, followers=followers, mentions=mentions)

    assert tier is not Tier.PLATINUM
    assert (tier is Tier.GOLD) == (stage is Stage.ADVOCACY or followers >= REACHES_MANY)


def test_rivals_are_told_from_the_brand() -> None:
    queries = [
        {"name": "brand", "expression": "tern"},
        {"name": "gull", "expression": "gull", "rival": "Gull", "purpose": "watch"},
    ]
    rivals = rival_queries(Profile.model_validate({**PROFILE, "queries": queries}))

    assert rivals == {"gull"}
    assert not is_about(["gull"], rivals)
    assert is_about(["gull", "brand"], rivals)
    assert is_about([], rivals)


@given(praises=counts, weeks=counts, complaints=counts)
def test_an_advocate_praises_again_and_again_and_more_than_they_complain(
    praises: int, weeks: int, complaints: int
) -> None:  # fmt: skip
    if speaks_well(praises=praises, weeks=weeks, complaints=complaints):
        assert praises >= 3
        assert weeks >= 2
        assert praises > complaints
    else:
        assert praises < 3 or weeks < 2 or praises <= complaints
