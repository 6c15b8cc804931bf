"""What a profile's own canned responses would run into."""

from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import config.examples
from config.brand.profile import Profile
from responders.rehearsal import rehearse
from tests.unit.responders.makers import make_profile

TODAY = date(2026, 11, 18)
EXAMPLES = Path(config.examples.__file__).parent


def test_what_can_never_be_said_is_named() -> None:
    responses = [
        {"short_code": "boast", "intents": ["praise"], "text": "We guarantee it, {name}."},
        {"short_code": "late", "intents": ["question"], "text": "{fact:fair}"},
        {"short_code": "fine", "intents": ["praise"], "text": "Thank you, {name}!"},
    ]
    found = list(rehearse(make_profile(canned_responses=responses), TODAY))
    assert [(each.short_code, each.finding and each.finding.rule) for each in found] == [
        ("boast", "commitments"),
        ("late", None),
    ]


@pytest.mark.parametrize("name", ["brand", "demo/ploverday", "second/cap-aubray"])
def test_the_examples_can_be_said(name: str) -> None:
    profile = Profile.model_validate(YAML(typ="safe").load((EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8")))
    assert list(rehearse(profile, TODAY)) == []
