"""What the parts of a brand say of each other, and that checking never fails on any data."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from config.brand.checks import find_faults
from config.brand.profile import Profile
from config.checks import Checks, Problem
from tests.unit.config.samples import SMALL, brand, faults


def person(login: str, *roles: str) -> dict[str, Any]:
    return {"name": login.title(), "login": login, **({"roles": list(roles)} if roles else {})}


def only(data: dict[str, Any], checks: Checks = Checks()) -> tuple[str, str]:  # noqa: B008  (frozen)
    found = faults(data, checks)
    assert len(found) == 1, found
    return next(iter(found.items()))


def test_a_small_brand_has_no_fault() -> None:
    assert faults(SMALL) == {}


@pytest.mark.parametrize(
    ("names", "key"),
    [("products", "id"), ("facts", "id"), ("promises", "id"), ("gestures", "id"), ("goals", "id"), ("sources", "id"),
     ("canned_responses", "short_code")],
)  # fmt: skip
def test_ids_are_not_shared(names: str, key: str) -> None:
    path, message = only(brand(**{names: [{key: "a"}, {key: "b"}, {key: "a"}]}))
    assert path == f"{names}[2].{key}"
    assert f"taken by entry 1 of {names}" in message


def test_an_account_is_listed_once() -> None:
    accounts = [
        {"platform": "x", "handle": "@Mug"},
        {"platform": "y", "handle": "mug"},
        {"platform": "x", "handle": "mug"},
    ]
    assert only(brand(accounts=accounts))[0] == "accounts[2].handle"


def test_people_and_teams_are_on_the_staff() -> None:
    staff = {"people": [person("mia") | {"teams": ["shpo"]}], "teams": [{"id": "shop", "name": "Shop"}]}
    found = faults(brand(staff=staff, account_manager="mai"))
    assert "Did you mean mia?" in found["account_manager"]
    assert "Did you mean shop?" in found["staff.people[0].teams[0]"]
    assert "Nobody on the staff" in only(brand(account_manager="mia"))[1]


def test_nobody_becomes_admin_through_a_brands_file() -> None:
    assert only(brand(staff={"people": [person("mia", "admin", "support")]}))[0] == "staff.people[0].roles[0]"


def test_approvals_can_be_given() -> None:
    people = [person("mia", "community_manager"), person("jo"), person("al", "marketing")]
    assert faults(brand(approvals=2, staff={"people": people})) == {}
    assert "only 2 on the staff can" in only(brand(approvals=3, staff={"people": people}))[1]


def test_a_case_is_not_resolved_before_its_first_answer() -> None:
    sla = {"low": {"first_response": "8h", "next_response": "1h", "resolution": "4h"}}
    assert only(brand(sla=sla))[0] == "sla.low.resolution"


def test_gestures_are_paid_in_the_budgets_currency() -> None:
    gestures = [{"id": "a", "cost": "1 EUR"}, {"id": "b", "cost": "1 USD"}]
    assert only(brand(gestures=gestures, budget={"gestures": "10 EUR"}))[0] == "gestures[1].cost"
    assert faults(brand(gestures=gestures)) == {}


def test_somebody_is_there_on_some_day() -> None:
    week = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "closed")
    assert only(brand(opening_hours=week))[0] == "opening_hours"
    assert faults(brand(opening_hours=week | {"sun": "09:00-10:00"})) == {}


def test_unattended_replies_need_a_platform_that_is_answered() -> None:
    rule = {"intent": "praise", "platform": "mastodon", "short_codes": ["/thanks", "thx"]}
    canned = [{"short_code": "thanks"}]
    found = faults(brand(auto_send=[rule], canned_responses=canned))
    assert set(found) == {"auto_send[0].platform", "auto_send[0].short_codes[1]"}
    right = brand(auto_send=[rule | {"short_codes": []}], platforms={"mastodon": {}})
    assert faults(right) == {}
    assert set(faults(right | {"platforms": {"mastodon": {"answer": "by_hand"}}})) == {"auto_send[0].platform"}


def test_the_account_that_answers_is_the_brands() -> None:
    data = brand(platforms={"x": {"account": "@mug"}}, accounts=[{"platform": "y", "handle": "mug"}])
    assert only(data)[0] == "platforms.x.account"
    assert faults(data | {"accounts": [{"platform": "x", "handle": "Mug"}]}) == {}


def test_expressions_are_checked_by_who_knows_them() -> None:
    def parse(expression: str) -> list[Problem]:
        return [Problem(message="a quote isn't closed", mend="close it", offset=3)] if '"' in expression else []

    data = brand(queries=[{"name": "a", "expression": 'x "y'}, {"name": "b", "expression": "x"}])
    path, message = only(data, Checks(expression=parse))
    assert path == "queries[0].expression"
    assert message == "A quote isn't closed (at character 4). Close it."


def test_platforms_are_known_where_they_are_named() -> None:
    data = brand(platforms={"mastodn": {}}, accounts=[{"platform": "hn", "handle": "a"}],
                 queries=[{"name": "q", "expression": "q", "platforms": ["mastodon", "zzz"]}],
                 retention={"platforms": {"redit": "90d"}})  # fmt: skip
    found = faults(data, Checks(platforms=["mastodon", "hackernews"]))
    assert set(found) == {
        "platforms.mastodn", "accounts[0].platform", "queries[0].platforms[1]", "retention.platforms.redit"
    }  # fmt: skip
    assert "Did you mean mastodon?" in found["platforms.mastodn"]
    assert faults(data) == {}


class TagOptions(BaseModel):
    """What an imagined plug-in wants to know."""

    model_config = ConfigDict(extra="forbid")
    tag: str


@pytest.mark.parametrize(
    ("source", "path", "said"),
    [
        ({"type": "fed"}, "sources[0].type", "Did you mean feed?"),
        ({"type": "zebra"}, "sources[0].type", "Known: feed"),
        ({"type": "tags", "options": {"tga": "x", "tag": 3}}, "sources[0].options.tga", "Did you mean `tag`?"),
        ({"type": "tags", "options": {"tga": "x", "tag": 3}}, "sources[0].options.tag", "isn't text"),
        ({"type": "tags"}, "sources[0].options.tag", "`tag` is missing"),
        (
            {"type": "feed", "interval": "1h", "schedule": "0 * * * *"},
            "sources[0].schedule",
            "Keep interval or schedule.",
        ),
    ],
)
def test_sources_can_be_read_by_something(source: dict[str, Any], path: str, said: str) -> None:
    found = faults(brand(sources=[source]), Checks(sources={"tags": TagOptions, "plain": None}))
    assert said in found[path]


def test_an_unknown_type_passes_when_nobody_says_which_there_are() -> None:
    assert faults(brand(sources=[{"type": "zebra"}])) == {}
    assert (
        faults(brand(sources=[{"type": "tags", "options": {"tag": "x"}}]), Checks(sources={"tags": TagOptions})) == {}
    )


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["id", "praise", "2h", "1 EUR", "{x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
entries = st.dictionaries(
    st.sampled_from(["id", "text", "texts", "short_code", "platform", "platforms", "metric", "target", "cost", "roles",
                     "teams", "type", "options", "expression", "products", "people", "language", "handle", "answer"]),
    anything, max_size=4,
)  # fmt: skip


@settings(max_examples=150)
@given(
    st.dictionaries(
        st.sampled_from(list(Profile.model_fields)), anything | st.lists(entries, max_size=3) | entries, max_size=6
    )
)
def test_checking_never_fails_on_any_data(data: dict[str, Any]) -> None:
    checks = Checks(platforms=["x"], sources={"tags": TagOptions}, expression=lambda _: [])
    assert all(message for message in faults(data, checks).values())


def test_a_theme_that_is_not_on_the_list_is_told_and_refuses_nothing() -> None:
    responses = [{"short_code": "late", "themes": ["delivry", "teapots", "delivery"]}]
    checks = Checks(themes=["delivery", "price"])
    found = [fault for fault in find_faults(brand(canned_responses=responses), checks=checks) if fault.warning]
    assert [(fault.path[-1], fault.mend) for fault in found] == [
        (0, "Did you mean delivery?"),
        (1, "The list stands in docs/model.md."),
    ]
    assert not [fault for fault in find_faults(brand(canned_responses=responses)) if fault.warning]
